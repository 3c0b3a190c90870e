/// Password hashes: argon2id for new ones, and the bcrypt hashes that an Open WebUI database holds.
package enum Password {
    /// The longest password that is hashed or checked, in bytes. Longer ones are refused before any work.
    package static let maximumLength = 1024

    /// How a new hash is made.
    package enum Scheme: Sendable {
        /// The default: memory-hard, with the parameters of `Argon2`.
        case argon2id
        /// `$2b$12$…`, which Open WebUI 0.6.32 reads too. It sees the first 72 bytes of a password.
        case bcrypt
    }

    package enum Failure: Error, Equatable {
        /// The password holds a NUL or is longer than `maximumLength`.
        case unusablePassword
        /// The library refused, in practice for want of memory.
        case hashingFailed
    }

    /// A hash of a random password, made once. It belongs to no account.
    package static let decoy = (try? hash(Random.urlSafe(24))) ?? ""

    /// Returns a self-describing hash (`$argon2id$v=19$…` or `$2b$12$…`) with a fresh salt.
    ///
    /// - Throws: `Failure`.
    package static func hash(_ password: String, scheme: Scheme = .argon2id) throws -> String {
        guard isUsable(password) else { throw Failure.unusablePassword }
        let hash =
            switch scheme {
            case .argon2id: Argon2.hash(password)
            case .bcrypt: Bcrypt.hash(password)
            }
        guard let hash else { throw Failure.hashingFailed }
        return hash
    }

    /// Whether `password` is the one that `hash` was made from. False for a hash of an unknown kind, for a broken one,
    /// and for one whose parameters would cost an unreasonable amount of memory or time.
    package static func verify(_ password: String, against hash: String) -> Bool {
        guard isUsable(password) else { return false }
        if let settings = Argon2(hash: hash) { return settings.verify(password) }
        if let settings = Bcrypt(hash: hash) { return settings.verify(password) }
        return false
    }

    /// Spends the time of a check and answers nothing: for accounts that do not exist, so that the time of an answer
    /// does not tell which accounts do.
    package static func verifyAgainstNothing(_ password: String) {
        _ = verify(password, against: decoy)
    }

    /// Whether a hash should be replaced, after a successful check, by a new one of this scheme.
    package static func needsRehash(_ hash: String, scheme: Scheme = .argon2id) -> Bool {
        switch scheme {
        case .argon2id: Argon2(hash: hash)?.isCurrent != true
        case .bcrypt: Bcrypt(hash: hash)?.isCurrent != true
        }
    }

    /// Both libraries take C strings, in which a NUL would cut the password short without a word.
    private static func isUsable(_ password: String) -> Bool {
        password.utf8.count <= maximumLength && !password.utf8.contains(0)
    }
}
