import Postgres
import Testing

@Suite("Rows", .database)
struct RowTests {
    @Test("rows are a collection, and outlive the connection")
    func collection() throws {
        let rows = try TestDatabase.withSchema { connection in
            try connection.query("select n, 'row ' || n from generate_series(1, 5) n")
        }
        #expect(rows.count == 5)
        try #expect(rows.map { try $0.int(0) } == [1, 2, 3, 4, 5])
        try #expect(rows.last?.text(1) == "row 5")
        try #expect(rows.first?.int(0) == 1)
    }

    @Test("an empty result has no first row")
    func empty() throws {
        try TestDatabase.withSchema { connection in
            let rows = try connection.query("select 1 where false")
            #expect(rows.isEmpty)
            #expect(rows.first == nil)
            try #expect(connection.query("").isEmpty)
        }
    }

    @Test("null is nil for the optional accessors and an error for the others")
    func null() throws {
        try TestDatabase.withSchema { connection in
            let row = try connection.query("select null::text as title")[0]
            #expect(row.isNull(0))
            #expect(row.textOrNull(0) == nil)
            try #expect(row.intOrNull(0) == nil)
            try #expect(row.doubleOrNull(0) == nil)
            try #expect(row.boolOrNull(0) == nil)
            try #expect(row.bytesOrNull(0) == nil)
            #expect(row.withRaw(0) { $0.isEmpty })
            let error = #expect(throws: PostgresError.self) { try row.text(0) }
            #expect(error?.message == "Column 0 (title) is null")
            #expect(throws: PostgresError.self) { try row.int(0) }
            #expect(throws: PostgresError.self) { try row.bool(0) }
            #expect(throws: PostgresError.self) { try row.double(0) }
            #expect(throws: PostgresError.self) { try row.bytes(0) }
        }
    }

    @Test("a value of another type, or a column that is not there, is an error and no trap")
    func mismatch() throws {
        try TestDatabase.withSchema { connection in
            let row = try connection.query("select 'secret' as name, 9223372036854775808, 1.5, '-', ''")[
                0
            ]
            let error = #expect(throws: PostgresError.self) { try row.int(0) }
            #expect(error?.message == "Column 0 (name) is not an integer")
            for column in [1, 2, 3, 4, 5, -1, .max] {
                #expect(throws: PostgresError.self) { try row.int(column) }
            }
            #expect(throws: PostgresError.self) { try row.bool(0) }
            #expect(throws: PostgresError.self) { try row.double(0) }
            #expect(throws: PostgresError.self) { try row.bytes(0) }
            #expect(row.textOrNull(7) == nil)
        }
    }

    @Test("whole numbers of every type read as integers")
    func integerTypes() throws {
        try TestDatabase.withSchema { connection in
            let row = try connection.query(
                "select 7::smallint, 7::int, 7::numeric, count(*), sum(7::bigint) from pg_class"
            )[0]
            try #expect(row.int(0) == 7 && row.int(1) == 7 && row.int(2) == 7)
            try #expect(row.int(3) * 7 == row.int(4))
        }
    }

    @Test("raw bytes are the text as Postgres sent it")
    func raw() throws {
        try TestDatabase.withSchema { connection in
            let row = try connection.query("select '{\"a\":  \"é\"}'::json, ''")[0]
            #expect(row.withRaw(0) { Array($0) } == Array("{\"a\":  \"é\"}".utf8))
            #expect(row.withRaw(1) { $0.isEmpty })
        }
    }

    @Test("affected rows are counted")
    func affected() throws {
        try TestDatabase.withSchema { connection in
            try connection.script("create table t (n int)")
            try #expect(connection.execute("insert into t select generate_series(1, 10)") == 10)
            try #expect(connection.execute("update t set n = n where n > \(3)") == 7)
            try #expect(connection.execute("delete from t where n = \(99)") == 0)
            try #expect(connection.execute("create table u (n int)") == 0)
        }
    }
}
