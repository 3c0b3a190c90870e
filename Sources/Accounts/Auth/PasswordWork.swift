import Crypto
import Dispatch
import Foundation
import HTTP

/// The hashing of passwords, which costs tens of milliseconds of CPU and 19 MiB. A process does no more at a time than there are cores.
/// That a rush of sign-ins takes neither threads nor cores from all other requests is the work of a pool of its own with few threads.
enum PasswordWork {
    /// The reference's bcrypt sees no more of a password; longer ones are refused.
    static let maximumLength = 72

    private static let slots = DispatchSemaphore(value: max(1, ProcessInfo.processInfo.activeProcessorCount))

    /// - Throws: 400 for a password that is empty or too long.
    static func hash(_ password: String) throws -> String {
        guard password.utf8.count <= maximumLength else { throw APIError.badRequest(Detail.passwordTooLong) }
        guard !password.isEmpty else { throw APIError.badRequest(Detail.invalidPassword) }
        return try inTurn { try Password.hash(password) }
    }

    /// The hash is nil for an account that does not exist or has no password: that takes as long and is false.
    static func verify(_ password: String, against hash: String?) -> Bool {
        guard password.utf8.count <= maximumLength else { return false }
        return inTurn {
            guard let hash else {
                Password.verifyAgainstNothing(password)
                return false
            }
            return Password.verify(password, against: hash)
        }
    }

    private static func inTurn<R>(_ work: () throws -> R) rethrows -> R {
        slots.wait()
        defer { slots.signal() }
        return try work()
    }
}
