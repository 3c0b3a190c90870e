import Core
import HTTP
import Postgres

/// How often something may happen within a window of time that begins with the first time (a fixed window).
struct RateLimit {
    /// What is counted, such as `signin 203.0.113.7`.
    let bucket: String
    let limit: Int
    /// In seconds.
    let window: Int

    /// What is left of a limit.
    struct State: Equatable {
        let limit: Int
        let used: Int
        /// Seconds until everything is forgotten.
        let reset: Int

        var isSpent: Bool { used >= limit }
        var isExceeded: Bool { used > limit }

        /// The fields that draft-ietf-httpapi-ratelimit-headers names.
        var headers: [(name: String, value: String)] {
            [
                ("RateLimit-Limit", String(limit)), ("RateLimit-Remaining", String(max(0, limit - used))),
                ("RateLimit-Reset", String(reset)),
            ]
        }

        /// Tells what there was too much of, and when to come again.
        func refusal(_ what: String) -> APIError {
            var error = APIError(429, .string("Too many \(what). Please try again in \(reset) seconds."))
            error.headers = headers + [("Retry-After", String(reset))]
            return error
        }
    }
}

/// The counters, in Postgres, so that they hold across processes and hosts, and with its clock.
enum RateLimitStore {
    /// How much of each limit is used up, in their order. Costs one round trip.
    static func states(of limits: [RateLimit], _ database: Connection) throws -> [RateLimit.State] {
        let rows = try database.query(
            """
            select bucket, used, ceil(extract(epoch from resets_at - clock_timestamp()))::int from rate_limit
            where bucket = any(\(limits.map(\.bucket))) and resets_at > clock_timestamp()
            """
        )
        var found: [String: (used: Int, reset: Int)] = [:]
        for row in rows { found[try row.text(0)] = (try row.int(1), max(1, try row.int(2))) }
        return limits.map { limit in
            let now = found[limit.bucket]
            return RateLimit.State(limit: limit.limit, used: now?.used ?? 0, reset: now?.reset ?? limit.window)
        }
    }

    /// Counts one more time for each limit, and gives how they stand then.
    static func count(_ limits: [RateLimit], _ database: Connection) throws -> [RateLimit.State] {
        // In one order for all, so that two that count the same buckets do not wait for each other.
        let sorted = limits.sorted { $0.bucket < $1.bucket }
        let rows = try database.query(
            """
            insert into rate_limit as r (bucket, used, resets_at)
            select bucket, 1, clock_timestamp() + make_interval(secs => seconds)
            from unnest(\(sorted.map(\.bucket)), \(sorted.map(\.window))) as counted (bucket, seconds)
            on conflict (bucket) do update set
                used = case when r.resets_at > clock_timestamp() then r.used + 1 else 1 end,
                resets_at = case when r.resets_at > clock_timestamp() then r.resets_at else excluded.resets_at end
            returning r.bucket, r.used, ceil(extract(epoch from r.resets_at - clock_timestamp()))::int
            """
        )
        var found: [String: RateLimit.State] = [:]
        for row in rows {
            let bucket = try row.text(0)
            guard let limit = limits.first(where: { $0.bucket == bucket }) else { continue }
            found[bucket] = RateLimit.State(limit: limit.limit, used: try row.int(1), reset: max(1, try row.int(2)))
        }
        // A bucket that begins is the moment to remove some that have ended.
        if found.values.contains(where: { $0.used == 1 }) { try removeEnded(database) }
        return limits.compactMap { found[$0.bucket] }
    }

    static func forget(_ bucket: String, _ database: Connection) throws {
        try database.execute("delete from rate_limit where bucket = \(bucket)")
    }

    private static func removeEnded(_ database: Connection) throws {
        try database.execute(
            """
            delete from rate_limit where bucket in (
                select bucket from rate_limit where resets_at < clock_timestamp() limit 20 for update skip locked)
            """
        )
    }
}
