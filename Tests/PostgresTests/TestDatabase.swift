import Foundation
import Postgres
import Testing

/// The real Postgres server that tests run against, named by the variable `TEST_DATABASE_URL`.
///
/// Each test gets a schema of its own through the connection's `search_path`, so tests run side by side. A server on another
/// machine is refused: tests create, change and delete as they like.
enum TestDatabase {
    static let url = ProcessInfo.processInfo.environment["TEST_DATABASE_URL"] ?? ""

    static var isAvailable: Bool { !url.isEmpty && isLocal(url) }

    struct RemoteServer: Error, CustomStringConvertible {
        let description = "TEST_DATABASE_URL must name a server on this machine"
    }

    /// A schema that lives as long as one test.
    struct Schema {
        let name: String
        var options: String { "-c search_path=\(name)" }

        /// Another connection that sees the same schema.
        func connect(name: String = "swiftlet-tests", statementLimit: Int = 500) -> Connection {
            Connection(
                url: TestDatabase.url,
                name: name,
                options: options,
                statementLimit: statementLimit
            )
        }
    }

    /// Runs `body` with a connection to an empty schema, which is dropped afterwards.
    static func withSchema<R>(_ body: (Connection) throws -> R) throws -> R {
        try withSchema { connection, _ in try body(connection) }
    }

    static func withSchema<R>(_ body: (Connection, Schema) throws -> R) throws -> R {
        guard isLocal(url) else { throw RemoteServer() }
        let keeper = Connection(url: url, name: "swiftlet-tests")
        try sweep(keeper)
        let stamp = Int(Date().timeIntervalSince1970)
        let schema = Schema(name: "swiftlet_test_\(stamp)_\(UInt32.random(in: 0...UInt32.max))")
        try keeper.script("create schema \(schema.name)")
        let result = Result { try body(schema.connect(), schema) }
        try keeper.script("drop schema \(schema.name) cascade")
        return try result.get()
    }

    /// Whether the URL names a server on this machine: a loopback address, or the folder of a unix socket.
    static func isLocal(_ url: String) -> Bool {
        guard let components = URLComponents(string: url), components.scheme?.hasPrefix("postgres") == true else {
            return false
        }
        let others = (components.queryItems ?? []).filter { $0.name.hasPrefix("host") }.map { $0.value ?? "" }
        return ([components.host ?? ""] + others).allSatisfy { host in
            let host = host.removingPercentEncoding ?? host
            return ["", "localhost", "127.0.0.1", "::1", "[::1]"].contains(host)
                || host.hasPrefix("/") && !host.contains(",")
        }
    }

    /// Drops what test runs that were killed left behind more than an hour ago.
    private static func sweep(_ keeper: Connection) throws {
        let old = Int(Date().timeIntervalSince1970) - 3600
        let schemas = try keeper.query(
            """
            select nspname from pg_namespace
            where nspname ~ '^swiftlet_test_[0-9]+_[0-9]+$' and split_part(nspname, '_', 3)::bigint < \(old)
            """
        )
        for schema in schemas { try keeper.script("drop schema if exists \(schema.text(0)) cascade") }
    }
}

extension Trait where Self == ConditionTrait {
    /// The suite needs a Postgres server and is skipped without one.
    static var database: Self {
        .enabled(if: TestDatabase.isAvailable, "needs a Postgres server on this machine: set TEST_DATABASE_URL")
    }
}
