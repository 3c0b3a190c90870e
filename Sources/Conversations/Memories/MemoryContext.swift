package import Accounts
package import Core
package import Logging
package import Outbound
package import Postgres

/// What a model is told of an account's memories.
package enum MemoryContext {
    private static let count = 3
    /// Seconds; an answer waits no longer for the service of embeddings, and goes by words.
    private static let limit = 10.0

    /// The memories nearest to a text, numbered and with their dates, to be put before a model:
    ///
    ///     User Context:
    ///     1. [2025-03-01] I live in Lisbon.
    ///
    /// Blocks while the text (`query`, what the account asked last) is embedded, and holds no connection of the pool meanwhile.
    /// Nil when there are no memories.
    package static func text(
        for account: Account,
        query: String,
        _ settings: Settings,
        _ http: HTTPClient,
        _ pool: ConnectionPool,
        log: Logger,
        wake: Cancellation? = nil
    ) throws -> String? {
        guard try pool.use({ try MemoryStore.hasAny(account.id, $0) }) else { return nil }
        let search = MemorySearch(
            account: account,
            settings: settings,
            http: http,
            database: pool,
            log: log,
            limit: limit,
            wake: wake
        )
        return text(of: try search.nearest(to: query, count: count).map(\.memory))
    }

    static func text(of memories: [Memory]) -> String? {
        if memories.isEmpty { return nil }
        let lines = memories.enumerated().map { index, memory in
            "\(index + 1). [\(LocalTime(seconds: memory.createdAt).date)] \(memory.content)\n"
        }
        return "User Context:\n" + lines.joined()
    }
}
