import Core
import Crypto
import HTTP
import Postgres

/// Keeps people from trying passwords. What counts is failures: for an account and an address together, and for an address alone.
/// Nothing is counted for an account alone, since then anybody could lock its owner out.
///
/// The counters are looked at before the work and counted after it, so tries at the same moment can exceed a limit by the number of
/// threads that work on them.
struct SignInLimits {
    private let limits: [RateLimit]
    private let database: Connection

    /// The name is what visitors say who they are: an e-mail address, or a name in a directory.
    init(name: String, _ context: Context) throws {
        let settings = try context.settings
        let sender = ClientAddress.sender(context.request.client.address)
        let window = max(1, settings[Setting.signInWindow])
        // Of names only a hash is kept: people type passwords into the wrong field.
        let person = Digest.sha256Hex(name.lowercased()).prefix(32)
        limits = [
            RateLimit(bucket: "signin \(sender) \(person)", limit: settings[Setting.signInLimit], window: window),
            RateLimit(bucket: "signin \(sender)", limit: settings[Setting.signInAddressLimit], window: window),
        ].filter { $0.limit > 0 }
        database = context.database
    }

    /// Runs a check of credentials, which throws 400 when they are wrong.
    ///
    /// - Throws: 429 when too many were wrong already.
    func guarding<R>(_ check: () throws -> R) throws -> R {
        if limits.isEmpty { return try check() }
        let states = try RateLimitStore.states(of: limits, database)
        if let spent = states.first(where: \.isSpent) { throw spent.refusal("failed sign-ins") }
        do {
            let result = try check()
            if states[0].used > 0 { try RateLimitStore.forget(limits[0].bucket, database) }
            return result
        } catch var error as APIError where error.status == 400 {
            let left = try RateLimitStore.count(limits, database)
            if let nearest = left.min(by: { $0.limit - $0.used < $1.limit - $1.used }) {
                error.headers += nearest.headers
            }
            throw error
        }
    }
}

/// Keeps one address from making accounts without end.
enum SignUpLimit {
    /// - Throws: 429.
    static func count(_ context: Context) throws {
        let settings = try context.settings
        let limit = settings[Setting.signUpAddressLimit]
        if limit <= 0 { return }
        let bucket = "signup \(ClientAddress.sender(context.request.client.address))"
        let window = max(1, settings[Setting.signInWindow])
        let states = try RateLimitStore.count(
            [RateLimit(bucket: bucket, limit: limit, window: window)],
            context.database
        )
        if let state = states.first, state.isExceeded { throw state.refusal("sign-ups") }
    }
}
