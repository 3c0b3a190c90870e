import Core
import Postgres

/// What every host told last. A host that has not spoken for a while is not shown.
enum HostStatusStore {
    /// Seconds after which a host is taken to be gone.
    static let patience = 10
    /// Seconds after which its row is removed.
    private static let retention = 60

    static func save(_ document: JSONValue, name: String, directory: String, _ database: Connection) throws {
        try database.execute(
            """
            insert into host_status (name, directory, seen_at, document)
            values (\(name), \(directory), clock_timestamp(), \(VerbatimJSON(document)))
            on conflict (name, directory) do update set seen_at = excluded.seen_at, document = excluded.document
            """
        )
        try database.execute(
            "delete from host_status where seen_at < clock_timestamp() - make_interval(secs => \(retention))"
        )
    }

    /// The other hosts' reports, in the order of their names.
    static func others(than name: String, directory: String, _ database: Connection) throws -> [JSONValue] {
        try database.query(
            """
            select document::text from host_status
            where seen_at > clock_timestamp() - make_interval(secs => \(patience))
                and (name, directory) <> (\(name), \(directory))
            order by name, directory
            """
        ).map { try JSONValue(parsing: $0.text(0)) }
    }
}
