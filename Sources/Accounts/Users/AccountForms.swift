import Core
import HTTP

/// What an admin writes into an account: `{role, name, email, profile_image_url, password?}`.
struct AccountEdit {
    let role: Role
    let name: String
    let email: String
    let profileImageURL: String
    /// Nil leaves the password.
    let password: String?

    init(_ form: Form) throws {
        role = try form.role("role")
        name = try form.name("name")
        email = try form.string("email").lowercased()
        profileImageURL = try form.string("profile_image_url")
        password = try form.optionalString("password").flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// What people write of themselves: `{name, profile_image_url, bio?, gender?, date_of_birth?}`. What is left out becomes null.
struct Profile {
    let name: String
    let profileImageURL: String
    let bio: String?
    let gender: String?
    /// `YYYY-MM-DD`.
    let dateOfBirth: String?

    init(_ form: Form) throws {
        profileImageURL = try form.picture("profile_image_url")
        name = try form.name("name")
        bio = try form.optionalString("bio")
        gender = try form.optionalString("gender")
        dateOfBirth = try form.optionalDate("date_of_birth")
    }
}

extension Form {
    /// The length, in characters, of the reference's column.
    private static let longestName = 255

    func name(_ key: String) throws -> String {
        let name = try string(key)
        guard name.unicodeScalars.count <= Self.longestName else {
            throw APIError.invalid(
                "string_too_long",
                at: ["body", .string(key)],
                "String should have at most \(Self.longestName) characters"
            )
        }
        return name
    }

    func role(_ key: String) throws -> Role {
        let text = try string(key)
        guard let role = Role(rawValue: text) else {
            throw APIError.invalid(
                "literal_error",
                at: ["body", .string(key)],
                "Input should be 'pending', 'user' or 'admin'",
                input: .string(String(text.prefix(64)))
            )
        }
        return role
    }

    /// The input is not repeated: it may be megabytes.
    func picture(_ key: String) throws -> String {
        let url = try string(key)
        guard ProfilePicture.isAcceptable(url) else { throw Self.unacceptablePicture(key) }
        return url
    }

    static func unacceptablePicture(_ key: String) -> APIError {
        .invalid(
            "value_error",
            at: ["body", .string(key)],
            "Value error, a picture is a PNG, JPEG, GIF or WebP image as a data URL, or an http or https URL"
        )
    }

    func optionalDate(_ key: String) throws -> String? {
        guard let text = try optionalString(key) else { return nil }
        guard Self.isDate(text) else {
            throw APIError.invalid(
                "date_from_datetime_parsing",
                at: ["body", .string(key)],
                "Input should be a valid date in the form YYYY-MM-DD",
                input: .string(String(text.prefix(64)))
            )
        }
        return text
    }

    private static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), year >= 1,
            (1...12).contains(month)
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        return (1...days).contains(day)
    }
}
