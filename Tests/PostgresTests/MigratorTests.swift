import Foundation
import Postgres
import Synchronization
import Testing

@Suite("Migrations", .database)
struct MigratorTests {
    private let folder = FileManager.default.temporaryDirectory.appending(
        path: "migrations-\(UUID().uuidString)"
    ).path

    private func withFiles(
        _ files: [String: String],
        _ body: (Connection, TestDatabase.Schema) throws -> Void
    ) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in files { try write(text, to: name) }
        try TestDatabase.withSchema(body)
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: folder).appending(path: name))
    }

    private func migrate(_ connection: Connection) throws -> [String] {
        try Migrator(connection: connection, directory: folder).migrate()
    }

    private func pending(_ connection: Connection) throws -> [String] {
        try Migrator(connection: connection, directory: folder).pending()
    }

    /// What the migrator says, which must name each of `parts`.
    private func expectRefusal(_ connection: Connection, naming parts: String...) {
        let error = #expect(throws: MigrationError.self) { try migrate(connection) }
        for part in parts {
            #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
        }
    }

    private let two = [
        "0001_a.sql": "create table a (n int);", "0002_b.sql": "insert into a values (1); -- ü",
    ]

    @Test("files are applied in order, once")
    func apply() throws {
        try withFiles(two) { connection, _ in
            try write("not for us", to: "README.md")
            try #expect(pending(connection) == ["0001_a", "0002_b"])
            try #expect(connection.query("select to_regclass('schema_migration')")[0].isNull(0))
            try #expect(migrate(connection) == ["0001_a", "0002_b"])
            try #expect(pending(connection) == [])
            try #expect(migrate(connection) == [])
            try write("insert into a values (2)", to: "0003_c.sql")
            try #expect(pending(connection) == ["0003_c"])
            try #expect(migrate(connection) == ["0003_c"])
            try #expect(connection.query("select n from a order by n").map { try $0.int(0) } == [1, 2])
            let rows = try connection.query(
                "select name, length(checksum), applied_at from schema_migration"
            )
            try #expect(rows.count == 3 && rows.allSatisfy { try $0.int(1) == 64 && !$0.isNull(2) })
        }
    }

    @Test("a file that was changed or renamed after it was applied is refused")
    func changed() throws {
        try withFiles(two) { connection, _ in
            _ = try migrate(connection)
            try write("create table a (n bigint);", to: "0001_a.sql")
            expectRefusal(connection, naming: "0001_a", "changed")
            #expect(throws: MigrationError.self) { try pending(connection) }
            try write("create table a (n int);", to: "0001_a.sql")
            try #expect(pending(connection) == [])
            try FileManager.default.moveItem(
                atPath: folder + "/0002_b.sql",
                toPath: folder + "/0002_z.sql"
            )
            expectRefusal(connection, naming: "0002_b", "0002_z")
        }
    }

    @Test("a broken file leaves nothing half-applied, and what came before it stays")
    func broken() throws {
        try withFiles(two) { connection, _ in
            try write("create table c (n int);\n-- ü\ninsert into nowhere values (1);", to: "0003_c.sql")
            expectRefusal(connection, naming: "0003_c.sql, line 3", "nowhere")
            try #expect(connection.query("select to_regclass('c')")[0].isNull(0))
            try #expect(pending(connection) == ["0003_c"])
            try write("create table c (n int);", to: "0003_c.sql")
            try #expect(migrate(connection) == ["0003_c"])
        }
    }

    @Test("a file that ends its transaction is refused")
    func commit() throws {
        try withFiles(["0001_a.sql": "create table a (n int); commit;"]) { connection, _ in
            expectRefusal(connection, naming: "0001_a.sql", "commit")
        }
    }

    @Test("the schema of a newer release is left alone")
    func newer() throws {
        try withFiles(two) { connection, _ in
            _ = try migrate(connection)
            try FileManager.default.removeItem(atPath: folder + "/0002_b.sql")
            try #expect(pending(connection) == [])
            try #expect(migrate(connection) == [])
        }
    }

    @Test("an entry without its predecessor is refused")
    func hole() throws {
        try withFiles(two) { connection, _ in
            _ = try migrate(connection)
            try connection.execute("delete from schema_migration where number = 1")
            expectRefusal(connection, naming: "0002_b", "0001_a")
        }
    }

    @Test(
        "numbers must run from 1 without gap or double",
        arguments: [
            (["0002_a.sql"], "number 1"), (["0001_a.sql", "0003_c.sql"], "number 2"),
            (["0001_a.sql", "0001_b.sql"], "Two migrations have number 1"), (["0000_a.sql"], "0000_a"),
            (["1_a.sql"], "not named"), (["0001.sql"], "not named"), (["0001_.sql"], "not named"),
            (["a.sql"], "not named"),
        ]
    )
    func numbering(files: [String], message: String) throws {
        try withFiles(Dictionary(uniqueKeysWithValues: files.map { ($0, "select 1") })) {
            connection,
            _ in
            expectRefusal(connection, naming: message)
            try #expect(connection.query("select to_regclass('schema_migration')")[0].isNull(0))
        }
    }

    @Test("a folder that is not there and a file that is no text are refused")
    func unreadable() throws {
        try withFiles([:]) { connection, _ in
            try #expect(migrate(connection) == [])
            try Data([0xFF, 0xFE]).write(to: URL(filePath: folder).appending(path: "0001_a.sql"))
            expectRefusal(connection, naming: "0001_a.sql", "text")
            let absent = Migrator(connection: connection, directory: folder + "/absent")
            #expect(throws: MigrationError.self) { try absent.migrate() }
        }
    }

    @Test("several migrators at once apply each file once between them")
    func concurrent() throws {
        try withFiles(two) { connection, schema in
            for number in 3...8 {
                try write("insert into a values (\(number))", to: "000\(number)_x.sql")
            }
            let folder = folder
            let group = DispatchGroup()
            let outcomes = Mutex<[Result<[String], any Error>]>([])
            for _ in 0..<4 {
                let thread = Thread {
                    let own = schema.connect()
                    let outcome = Result { try Migrator(connection: own, directory: folder).migrate() }
                    outcomes.withLock { $0.append(outcome) }
                    group.leave()
                }
                group.enter()
                thread.start()
            }
            group.wait()
            let applied = try outcomes.withLock { $0 }.flatMap { try $0.get() }
            #expect(applied.count == 8)
            #expect(Set(applied).count == 8)
            try #expect(connection.query("select count(*) from a")[0].int(0) == 7)
        }
    }
}
