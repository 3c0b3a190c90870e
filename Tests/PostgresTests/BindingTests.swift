import Postgres
import Testing

@Suite("Binding values", .database)
struct BindingTests {
    @Test(
        "text comes back as it went in",
        arguments: [
            "", "plain", "'; drop table t; --", "\\x41", "$1", "{a,\"b\"}", "line\nbreak\ttab", "é漢字👩‍👩‍👧",
            "\u{FEFF}bom",
            String(repeating: "long ", count: 100_000),
        ]
    )
    func text(value: String) throws {
        try TestDatabase.withSchema { connection in
            try #expect(connection.query("select \(value)")[0].text(0) == value)
            try #expect(connection.query("select \(value[...])")[0].text(0) == value)
            try #expect(connection.query("select \(value)::text = any(\([value, "other"]))")[0].bool(0))
        }
    }

    @Test("NUL characters are left out of text, which goes on after them")
    func nul() throws {
        try TestDatabase.withSchema { connection in
            try #expect(connection.query("select \("a\0b\0")")[0].text(0) == "ab")
            try #expect(connection.query("select (\(["a\0b"]))[1]")[0].text(0) == "ab")
        }
    }

    @Test("integers reach from the lowest to the highest", arguments: [0, 1, -1, .max, .min])
    func integers(value: Int) throws {
        try TestDatabase.withSchema { connection in
            let row = try connection.query(
                "select \(value), \(Int64(value)), \(Int32(truncatingIfNeeded: value))"
            )[0]
            try #expect(row.int(0) == value)
            try #expect(row.int(1) == value)
            try #expect(row.int(2) == Int(Int32(truncatingIfNeeded: value)))
        }
    }

    @Test(
        "doubles keep every bit",
        arguments: [0, -0.1, 1e300, .leastNonzeroMagnitude, .infinity, -.infinity, 1.0 / 3]
    )
    func doubles(value: Double) throws {
        try TestDatabase.withSchema { connection in
            try #expect(connection.query("select \(value)")[0].double(0) == value)
            try #expect(connection.query("select \(Double.nan)")[0].double(0).isNaN)
        }
    }

    @Test("booleans, nulls and arrays")
    func others() throws {
        try TestDatabase.withSchema { connection in
            let row = try connection.query(
                """
                select \(true), \(false), \(nil as String?), \(nil as Int?), \(3 as Int?), \(nil as [UInt8]?),
                    (\([1, -2, 3]))[2], cardinality(\([] as [String])), array_to_json(\(["a\"\\,{}", "", "NULL"]))
                """
            )[0]
            try #expect(row.bool(0))
            try #expect(!row.bool(1))
            #expect(row.isNull(2) && row.isNull(3) && row.isNull(5))
            try #expect(row.int(4) == 3)
            try #expect(row.int(6) == -2)
            try #expect(row.int(7) == 0)
            try #expect(row.text(8) == #"["a\"\\,{}","","NULL"]"#)
        }
    }

    @Test("byte strings hold every byte", arguments: [[], [0], Array(0...255)])
    func bytes(value: [UInt8]) throws {
        try TestDatabase.withSchema { connection in
            let row = try connection.query("select \(value), octet_length(\(value))")[0]
            try #expect(row.bytes(0) == value)
            try #expect(row.int(1) == value.count)
        }
    }

    @Test("JSON is stored as json or jsonb and compares as such")
    func json() throws {
        try TestDatabase.withSchema { connection in
            try connection.script("create table t (a json, b jsonb)")
            let text = #"{"z": 1,  "a": ["é", null]}"#
            try connection.execute("insert into t values (\(VerbatimJSON(text)), \(RawJSON(text)))")
            let row = try connection.query("select a, b, b = \(RawJSON(text)), b -> 'a' ->> 0 from t")[0]
            try #expect(row.text(0) == text)
            try #expect(row.text(1) == #"{"a": ["é", null], "z": 1}"#)
            try #expect(row.bool(2))
            try #expect(row.text(3) == "é")
        }
    }

    @Test("the escape of NUL is left out of JSON, and only that")
    func jsonNul() throws {
        try TestDatabase.withSchema { connection in
            let text = #"{"a":"x\u0000y\\u0000\u0000\u00e9\n"}"#
            let row = try connection.query("select \(RawJSON(text)) ->> 'a'")[0]
            try #expect(row.text(0) == "xy\\u0000é\n")
        }
    }

    @Test("invalid JSON is an error that does not repeat it")
    func invalidJSON() throws {
        try TestDatabase.withSchema { connection in
            let error = #expect(throws: PostgresError.self) {
                try connection.query("select \(RawJSON("{secret"))")
            }
            #expect(error?.sqlState == "22P02")
            #expect(error.map { "\($0)" }?.contains("secret") == false)
        }
    }

    @Test("more values than the protocol can carry are refused")
    func tooManyValues() throws {
        try TestDatabase.withSchema { connection in
            let list = SQL.join((0...65535).map { "\($0)" }, separator: ",")
            let error = #expect(throws: PostgresError.self) {
                try connection.query("select 1 where 1 in (\(list))")
            }
            #expect(error?.sqlState == "54023")
            try #expect(connection.query("select 1").count == 1)
        }
    }
}
