package import Core
package import Postgres

/// The model lists that providers gave last.
package enum ProviderStore {
    package struct Listing: Sendable {
        /// The provider's own entries; empty after a failure.
        package let models: [JSONValue]
        /// Seconds since the provider was asked.
        package let age: Double
    }

    /// By the connection's fingerprint.
    package static func listings(_ fingerprints: [String], _ database: Connection) throws -> [String: Listing] {
        guard !fingerprints.isEmpty else { return [:] }
        let rows = try database.query(
            """
            select connection, models::text, extract(epoch from clock_timestamp() - fetched_at)::float8
            from provider_models where connection = any(\(fingerprints))
            """
        )
        var listings: [String: Listing] = [:]
        for row in rows {
            let models = try row.textOrNull(1).map { try JSONValue(parsing: $0).array ?? [] } ?? []
            listings[try row.text(0)] = Listing(models: models, age: try row.double(2))
        }
        return listings
    }

    package static func version(_ database: Connection) throws -> Int {
        try database.query("select version from catalog_version").first?.int(0) ?? 0
    }

    /// Keeps what a provider answered, or why it did not. An unchanged list only gets a new time, without telling anybody.
    package static func save(_ fingerprint: String, models: JSONValue?, error: String?, _ database: Connection) throws {
        let text = models.map { VerbatimJSON($0.text) }
        let isKnown = try database.execute(
            """
            update provider_models set fetched_at = clock_timestamp(), error = \(error)
            where connection = \(fingerprint) and models::text is not distinct from (\(text)::json)::text
            """
        )
        guard isKnown == 0 else { return }
        try database.execute(
            """
            insert into provider_models (connection, models, error) values (\(fingerprint), \(text), \(error))
            on conflict (connection) do update set models = excluded.models, error = excluded.error, fetched_at = clock_timestamp()
            """
        )
    }
}
