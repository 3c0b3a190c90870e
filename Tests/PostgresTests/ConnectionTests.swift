import Postgres
import Testing

@Suite("Connections", .database)
struct ConnectionTests {
    @Test("the session has the settings that the product relies on")
    func settings() throws {
        try TestDatabase.withSchema { _, schema in
            let connection = Connection(
                url: TestDatabase.url,
                name: "tests é",
                options: "\(schema.options) -c statement_timeout=1234ms"
            )
            let row = try connection.query(
                """
                select current_setting('TimeZone'), current_setting('client_encoding'),
                    current_setting('statement_timeout'), current_schema
                """
            )[0]
            try #expect(row.text(0) == "UTC")
            try #expect(row.text(1) == "UTF8")
            try #expect(row.text(2) == "1234ms")
            try #expect(row.text(3) == schema.name)
            let named = Connection(url: TestDatabase.url, name: "web 3")
            try #expect(named.query("select current_setting('application_name')")[0].text(0) == "web 3")
        }
    }

    @Test("a violated unique constraint is recognised, without the value in the message")
    func uniqueViolation() throws {
        try TestDatabase.withSchema { connection in
            try connection.script("create table t (email text constraint t_email_key unique)")
            try connection.execute("insert into t values (\("me@example.org"))")
            let error = #expect(throws: PostgresError.self) {
                try connection.execute("insert into t values (\("me@example.org"))")
            }
            #expect(error?.isUniqueViolation == true)
            #expect(error?.constraint == "t_email_key")
            #expect(error?.isConnectionLost == false)
            #expect(error.map { "\($0)" }?.contains("example.org") == false)
            try #expect(connection.query("select count(*) from t")[0].int(0) == 1)
        }
    }

    @Test(
        "no value appears in a message",
        arguments: [
            "select \("hunter2")::bigint", "select \("hunter2")::timestamptz",
            "select \("99hunter2")::int",
            "select to_date(\("hunter2"), 'YYYY')", "select \("hunter2")::jsonb",
            "select (\("hunter2 9"))::uuid",
        ] as [SQL]
    )
    func noValues(sql: SQL) throws {
        try TestDatabase.withSchema { connection in
            let error = #expect(throws: PostgresError.self) { try connection.query(sql) }
            #expect(error?.sqlState.hasPrefix("22") == true)
            #expect(error.map { "\($0)" }?.contains("hunter2") == false)
        }
    }

    @Test("a mistaken statement leaves the connection usable")
    func mistake() throws {
        try TestDatabase.withSchema { connection in
            let error = #expect(throws: PostgresError.self) { try connection.query("selec 1") }
            #expect(error?.sqlState == "42601")
            #expect(error?.position == 1)
            #expect(throws: PostgresError.self) { try connection.query("select 1; select 2") }
            #expect(throws: PostgresError.self) { try connection.script("copy pg_class to stdout") }
            #expect(throws: PostgresError.self) { try connection.script("begin; select 1") }
            try #expect(connection.query("select 1")[0].int(0) == 1)
        }
    }

    @Test("a statement over its time is cancelled and says so")
    func timeout() throws {
        let connection = Connection(
            url: TestDatabase.url,
            name: "tests",
            options: "-c statement_timeout=20ms"
        )
        let error = #expect(throws: PostgresError.self) {
            try connection.query("select pg_sleep(\(30))")
        }
        #expect(error?.isCancelled == true)
    }

    @Test("a malformed URL and a server that is not there are told apart, and no password is shown")
    func unreachable() {
        let malformed = Connection(url: "postgresql://u:hunter2@[::1/x", name: "tests")
        let error = #expect(throws: PostgresError.self) { try malformed.query("select 1") }
        #expect(error?.isConnectionLost == false)
        #expect(error.map { "\($0)" }?.contains("hunter2") == false)

        let absent = Connection(
            url: "postgresql://u:hunter2@127.0.0.1:1/x",
            name: "tests",
            patience: .milliseconds(120)
        )
        let refused = #expect(throws: PostgresError.self) { try absent.query("select 1") }
        #expect(refused?.isConnectionLost == true)
        #expect(refused.map { "\($0)" }?.contains("hunter2") == false)
    }

    @Test("the same text with values of another type is another statement")
    func types() throws {
        try TestDatabase.withSchema { connection in
            try #expect(connection.query("select pg_typeof(\(1))::text")[0].text(0) == "bigint")
            try #expect(connection.query("select pg_typeof(\("1"))::text")[0].text(0) == "text")
            try #expect(connection.query("select pg_typeof(\(2))::text")[0].text(0) == "bigint")
            #expect(
                try connection.query("select count(*) from pg_prepared_statements where not from_sql")[0]
                    .int(0) == 3
            )
        }
    }

    @Test("beyond the limit the statement that rested longest is deallocated")
    func eviction() throws {
        try TestDatabase.withSchema { _, schema in
            let connection = schema.connect(statementLimit: 3)
            for number in 1...10 {
                try #expect(connection.query("select \(unsafe: "\(number)")")[0].int(0) == number)
                try #expect(connection.query("select 'kept'").count == 1)
            }
            let names = try connection.query(
                "select statement from pg_prepared_statements order by prepare_time"
            )
            .map { try $0.text(0) }
            #expect(names.count == 3)
            #expect(names.contains("select 'kept'"))
            #expect(names.contains("select 10"))
        }
    }

    @Test("a statement whose plan or preparation is gone is prepared again")
    func stale() throws {
        try TestDatabase.withSchema { connection in
            try connection.script("create table t (a int); insert into t values (1)")
            try #expect(connection.query("select * from t")[0].int(0) == 1)
            try connection.script("alter table t alter a type text")
            try #expect(connection.query("select * from t")[0].text(0) == "1")
            try connection.script("deallocate all")
            try #expect(connection.query("select * from t")[0].text(0) == "1")
            try connection.script("deallocate all")
            try #expect(connection.execute("insert into t values (\("2"))") == 1)
            try #expect(connection.query("select * from t").count == 2)
        }
    }
}
