import Core
import HTTP
import Postgres

/// The rates at which an API key, an account and an address may send requests, as far as the administrator set any.
package enum RequestLimits {
    private static let minute = 60

    /// Counts a request, after its sender was found out. Nothing is asked of the database while no limit is set.
    ///
    /// - Returns: the headers that tell the client what is left.
    /// - Throws: 429.
    package static func count(_ context: Context) throws -> [(name: String, value: String)] {
        let settings = context.shared.settings.current
        let perKey = settings[Setting.apiKeyRateLimit]
        let perAccount = settings[Setting.accountRateLimit]
        let perAddress = settings[Setting.addressRateLimit]
        if max(perKey, perAccount, perAddress) <= 0 { return [] }
        var limits: [RateLimit] = []
        if let caller = context.identifiedCaller {
            if perAccount > 0 { limits.append(limit("account \(caller.account.id)", perAccount)) }
            if perKey > 0, case .apiKey = caller.credential { limits.append(limit("key \(caller.account.id)", perKey)) }
        }
        if perAddress > 0, !context.request.client.isInternal {
            limits.append(limit("address \(ClientAddress.sender(context.request.client.address))", perAddress))
        }
        if limits.isEmpty { return [] }
        let states = try RateLimitStore.count(limits, context.database)
        guard let nearest = states.min(by: { $0.limit - $0.used < $1.limit - $1.used }) else { return [] }
        if nearest.isExceeded { throw nearest.refusal("requests") }
        return nearest.headers
    }

    private static func limit(_ bucket: String, _ limit: Int) -> RateLimit {
        RateLimit(bucket: bucket, limit: limit, window: minute)
    }
}
