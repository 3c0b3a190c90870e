import Foundation
import Postgres
import Testing

/// The real Postgres server that tests run against, named by the variable `TEST_DATABASE_URL`.
///
/// Each test gets a schema of its own with all migrations applied, so tests run side by side.
enum TestDatabase {
    static let url = ProcessInfo.processInfo.environment["TEST_DATABASE_URL"] ?? ""

    /// Tests create, change and delete as they like, so the server must be on this machine: a loopback address, or the folder of a unix socket.
    static var isAvailable: Bool {
        guard let host = URLComponents(string: url)?.host else { return false }
        let name = host.removingPercentEncoding ?? host
        return ["127.0.0.1", "localhost", "::1", "[::1]"].contains(name) || name.hasPrefix("/") && !name.contains(",")
    }

    private static let migrations = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "migrations").path

    /// Runs `body` with the name of a migrated schema, which is dropped afterwards.
    static func withSchema<R>(_ body: (String) throws -> R) throws -> R {
        let keeper = Connection(url: url, name: "swiftlet-tests")
        let schema = "swiftlet_test_\(Int(Date().timeIntervalSince1970))_\(UInt32.random(in: 0...UInt32.max))"
        // One extension serves all schemas; making it twice at once fails.
        try keeper.transaction {
            try keeper.execute("select pg_advisory_xact_lock(7731)")
            try keeper.script("create extension if not exists pg_trgm schema public; create schema \(schema)")
        }
        let result = Result {
            _ = try Migrator(connection: connect(schema), directory: migrations).migrate()
            return try body(schema)
        }
        try keeper.script("drop schema \(schema) cascade")
        return try result.get()
    }

    static func connect(_ schema: String) -> Connection {
        Connection(url: url, name: "swiftlet-tests", options: "-c search_path=\(schema),public")
    }
}

extension Trait where Self == ConditionTrait {
    /// The suite needs a Postgres server and is skipped without one.
    static var database: Self {
        .enabled(
            if: TestDatabase.isAvailable,
            "needs a Postgres server on this machine: set TEST_DATABASE_URL"
        )
    }
}
