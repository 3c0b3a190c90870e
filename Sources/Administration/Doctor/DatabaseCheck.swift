import Core
import Postgres

/// Postgres: whether it answers, is what we need, and agrees on the time.
struct DatabaseCheck {
    /// The oldest release that is tested.
    private static let oldest = 15
    private static let latestAnswer = 20.0
    /// Seconds that the clocks may be apart: leases and tokens are compared between them.
    private static let clockTolerance = 2.0

    private let database: Connection
    private let migrations: String

    init(_ database: Connection, migrations: String) {
        self.database = database
        self.migrations = migrations
    }

    func reach() -> Finding {
        do {
            _ = try database.query("select 1")
            let start = Clock.monotonicSeconds
            for _ in 0..<5 { _ = try database.query("select 1") }
            let milliseconds = (Clock.monotonicSeconds - start) * 1000 / 5
            let found = "answers in \(Self.short(milliseconds)) ms"
            if milliseconds < Self.latestAnswer { return .good("database", found) }
            return .doubtful(
                "database",
                found,
                "Every request asks it at least once: bring it nearer, or see what it is busy with."
            )
        } catch {
            return .bad(
                "database",
                "\(error)",
                "See that DATABASE_URL is right (swiftlet settings DATABASE), that Postgres runs, and that pg_hba.conf lets this user in."
            )
        }
    }

    func all() -> [Finding] {
        [
            check("Postgres", version), check("migrations", schema), check("clock", clock),
            check("connections", connections),
        ]
    }

    private func check(_ name: String, _ body: (String) throws -> Finding) -> Finding {
        do {
            return try body(name)
        } catch {
            return .bad(name, "\(error)", "See that this user may read the database.")
        }
    }

    private func version(_ name: String) throws -> Finding {
        let row = try database.query(
            "select current_setting('server_version_num')::int, current_setting('server_version'), current_setting('server_encoding')"
        )[0]
        let (number, text, encoding) = try (row.int(0), row.text(1), row.text(2))
        if encoding != "UTF8" {
            return .bad(name, "the encoding is \(encoding)", "Make the database anew with the encoding UTF8.")
        }
        if number < Self.oldest * 10_000 {
            return .bad(name, "version \(text)", "Upgrade to Postgres \(Self.oldest) or later.")
        }
        return .good(name, "version \(text)")
    }

    private func schema(_ name: String) throws -> Finding {
        let pending: [String]
        do {
            pending = try Migrator(connection: database, directory: migrations).pending()
        } catch {
            return .doubtful(
                name,
                "\(error)",
                "Name the directory with the migrations of this release by --migrations."
            )
        }
        if pending.isEmpty { return .good(name, "all are applied") }
        return .bad(name, "not applied: \(pending.joined(separator: ", "))", "Run: swiftlet migrate")
    }

    private func clock(_ name: String) throws -> Finding {
        let before = Double(Clock.nowNanoseconds)
        let server = try database.query("select extract(epoch from clock_timestamp())::float8")[0].double(0)
        let own = (before + Double(Clock.nowNanoseconds)) / 2e9
        let difference = server - own
        if abs(difference) <= Self.clockTolerance {
            return .good(name, "within \(Self.short(abs(difference) * 1000)) ms of the database's")
        }
        return .bad(
            name,
            "\(Self.short(abs(difference))) s \(difference > 0 ? "behind" : "ahead of") the database's",
            "Synchronise both (timedatectl set-ntp true); leases and tokens depend on it."
        )
    }

    private func connections(_ name: String) throws -> Finding {
        let row = try database.query(
            """
            select (select count(*) from pg_stat_activity where backend_type = 'client backend'),
                current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
            """
        )[0]
        let (used, limit) = try (row.int(0), row.int(1))
        let found = "\(used) of \(limit) in use"
        if used * 10 <= limit * 8 { return .good(name, found) }
        return .doubtful(
            name,
            found,
            "Raise max_connections in postgresql.conf; swiftlet tune says how many are needed."
        )
    }

    private static func short(_ value: Double) -> String {
        "\((value * 100).rounded() / 100)"
    }
}
