import Postgres
import Testing

@Suite("Lost connections", .database)
struct ReconnectionTests {
    /// Ends the server's side of a connection, as an administrator or a restart does, and waits until it is gone.
    private func terminate(_ connection: Connection, by killer: Connection) throws {
        let process = try connection.query("select pg_backend_pid()")[0].int(0)
        try end(process, by: killer)
    }

    private func end(_ process: Int, by killer: Connection) throws {
        try #expect(killer.query("select pg_terminate_backend(\(process)::int, 10000)")[0].bool(0))
    }

    @Test(
        "an idle connection that ended is replaced unnoticed, for reads, writes, scripts and transactions"
    )
    func idle() throws {
        try TestDatabase.withSchema { connection, schema in
            let killer = schema.connect()
            try connection.script("create table t (n int)")
            for number in 1...2 {
                try terminate(connection, by: killer)
                try #expect(connection.query("select \(number)")[0].int(0) == number)
                try terminate(connection, by: killer)
                try #expect(connection.execute("insert into t values (\(number))") == 1)
                try terminate(connection, by: killer)
                try connection.transaction { try connection.execute("insert into t values (\(number))") }
                try terminate(connection, by: killer)
                try connection.script("insert into t values (0)")
            }
            try #expect(connection.query("select count(*) from t")[0].int(0) == 6)
        }
    }

    @Test("in a transaction the loss is an error, all is undone, and the next statement works")
    func insideTransaction() throws {
        try TestDatabase.withSchema { connection, schema in
            let killer = schema.connect()
            try connection.script("create table t (n int)")
            var isNotified = false
            let error = #expect(throws: PostgresError.self) {
                try connection.transaction {
                    connection.afterCommit { isNotified = true }
                    try connection.execute("insert into t values (1)")
                    try terminate(connection, by: killer)
                    _ = try? connection.query("select 1")
                    // Nothing may run outside the transaction that was lost.
                    try connection.execute("insert into t values (2)")
                }
            }
            #expect(error?.isConnectionLost == true)
            #expect(!isNotified && !connection.isInTransaction)
            try #expect(connection.query("select count(*) from t")[0].int(0) == 0)
        }
    }

    @Test("a loss that the body hides is found at the commit")
    func hidden() throws {
        try TestDatabase.withSchema { connection, schema in
            let killer = schema.connect()
            try connection.script("create table t (n int)")
            let error = #expect(throws: PostgresError.self) {
                try connection.transaction {
                    try connection.execute("insert into t values (1)")
                    try terminate(connection, by: killer)
                    _ = try? connection.transaction { try connection.execute("insert into t values (2)") }
                }
            }
            #expect(error?.isConnectionLost == true)
            try #expect(connection.query("select count(*) from t")[0].int(0) == 0)
        }
    }

    @Test("a write that lost its connection half-way is not sent again; a read is, once")
    func midway() throws {
        try TestDatabase.withSchema { connection, schema in
            try connection.script(
                "create sequence attempts; create table t (n int); grant usage on sequence attempts to current_user"
            )
            let error = #expect(throws: PostgresError.self) {
                try connection.execute(
                    "insert into t select nextval('attempts') from pg_terminate_backend(pg_backend_pid()), pg_sleep(1)"
                )
            }
            #expect(error?.isConnectionLost == true)
            try #expect(connection.query("select count(*) from t")[0].int(0) == 0)
            let again = #expect(throws: PostgresError.self) {
                try connection.query(
                    "select nextval('attempts'), pg_terminate_backend(pg_backend_pid()), pg_sleep(1)"
                )
            }
            #expect(again?.isConnectionLost == true)
            try #expect(connection.query("select last_value from attempts")[0].int(0) == 2)
        }
    }

    @Test("a closed connection opens again")
    func closed() throws {
        try TestDatabase.withSchema { connection in
            try #expect(connection.query("select 1").count == 1)
            connection.close()
            connection.close()
            try #expect(connection.query("select 1").count == 1)
        }
    }
}
