package import Core
import HTTP

/// What the administrator asks of a new password. Without settings any is taken, as by the reference.
package struct PasswordRules {
    private let minimumLength: Int
    private let minimumKinds: Int

    package init(_ settings: Settings) {
        minimumLength = settings[Setting.passwordMinimumLength]
        minimumKinds = min(4, settings[Setting.passwordMinimumKinds])
    }

    /// - Throws: 400 that says what is missing.
    package func check(_ password: String) throws {
        guard password.count >= minimumLength else {
            throw APIError.badRequest("The password must have at least \(minimumLength) characters.")
        }
        guard Self.kinds(of: password) >= minimumKinds else {
            throw APIError.badRequest(
                "The password must have \(minimumKinds) of these: capital letters, small letters, digits, other characters."
            )
        }
    }

    private static func kinds(of password: String) -> Int {
        var kinds: Set<Int> = []
        for character in password {
            kinds.insert(character.isUppercase ? 0 : character.isLowercase ? 1 : character.isNumber ? 2 : 3)
        }
        return kinds.count
    }
}
