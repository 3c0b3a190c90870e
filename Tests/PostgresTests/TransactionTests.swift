import Postgres
import Testing

@Suite("Transactions", .database)
struct TransactionTests {
    struct Refusal: Error {}

    private func withTable(_ body: (Connection, TestDatabase.Schema) throws -> Void) throws {
        try TestDatabase.withSchema { connection, schema in
            try connection.script("create table t (n int primary key)")
            try body(connection, schema)
        }
    }

    private func numbers(_ connection: Connection) throws -> [Int] {
        try connection.query("select n from t order by n").map { try $0.int(0) }
    }

    @Test("what returns is committed, what throws is undone")
    func commitAndRollback() throws {
        try withTable { connection, schema in
            let other = schema.connect()
            let result = try connection.transaction {
                try connection.execute("insert into t values (\(1))")
                #expect(connection.isInTransaction)
                try #expect(numbers(other) == [])
                return "done"
            }
            #expect(result == "done")
            #expect(!connection.isInTransaction)
            #expect(throws: Refusal.self) {
                try connection.transaction {
                    try connection.execute("insert into t values (\(2))")
                    throw Refusal()
                }
            }
            #expect(!connection.isInTransaction)
            try #expect(numbers(other) == [1])
        }
    }

    @Test("an inner transaction is undone alone")
    func nesting() throws {
        try withTable { connection, _ in
            try connection.transaction {
                try connection.execute("insert into t values (1)")
                try? connection.transaction {
                    try connection.execute("insert into t values (2)")
                    try connection.transaction { try connection.execute("insert into t values (3)") }
                    try connection.execute("insert into t values (1)")
                }
                try connection.transaction { try connection.execute("insert into t values (4)") }
            }
            try #expect(numbers(connection) == [1, 4])
        }
    }

    @Test("an outer rollback takes the inner transaction with it")
    func outerRollback() throws {
        try withTable { connection, _ in
            try? connection.transaction {
                try connection.transaction { try connection.execute("insert into t values (1)") }
                throw Refusal()
            }
            try #expect(numbers(connection) == [])
        }
    }

    @Test("actions run once after the outermost commit, in order, and may use the connection")
    func afterCommit() throws {
        try withTable { connection, schema in
            let other = schema.connect()
            var seen: [String] = []
            connection.afterCommit { seen.append("at once") }
            try connection.transaction {
                try connection.execute("insert into t values (1)")
                connection.afterCommit {
                    seen.append("outer \((try? numbers(other)) ?? []) \(connection.isInTransaction)")
                    try? connection.transaction { connection.afterCommit { seen.append("inside an action") } }
                }
                try connection.transaction { connection.afterCommit { seen.append("inner") } }
                try? connection.transaction {
                    connection.afterCommit { seen.append("never") }
                    throw Refusal()
                }
                #expect(seen == ["at once"])
            }
            #expect(seen == ["at once", "outer [1] false", "inside an action", "inner"])
            try? connection.transaction {
                connection.afterCommit { seen.append("never") }
                throw Refusal()
            }
            try connection.transaction {}
            #expect(seen.count == 4)
        }
    }

    @Test("a failed statement that was ignored can not turn into a silent rollback")
    func ignoredFailure() throws {
        try withTable { connection, _ in
            var isNotified = false
            let error = #expect(throws: PostgresError.self) {
                try connection.transaction {
                    connection.afterCommit { isNotified = true }
                    try connection.execute("insert into t values (1)")
                    _ = try? connection.execute("insert into t values (1)")
                }
            }
            #expect(error?.sqlState == "25P02")
            #expect(!isNotified)
            try #expect(numbers(connection) == [])
        }
    }

    @Test("a commit that fails is an error and runs no action")
    func failedCommit() throws {
        try withTable { connection, _ in
            try connection.script("create table u (n int references t deferrable initially deferred)")
            var isNotified = false
            let error = #expect(throws: PostgresError.self) {
                try connection.transaction {
                    connection.afterCommit { isNotified = true }
                    try connection.execute("insert into u values (5)")
                }
            }
            #expect(error?.isForeignKeyViolation == true)
            #expect(!isNotified && !connection.isInTransaction)
            try #expect(connection.query("select n from u").isEmpty)
        }
    }

    @Test("a body that commits by itself is found out")
    func strayCommit() throws {
        try withTable { connection, _ in
            let error = #expect(throws: PostgresError.self) {
                try connection.transaction { try connection.script("commit") }
            }
            #expect(error?.sqlState == "25P01")
            try #expect(numbers(connection) == [])
        }
    }

    @Test("a serialization failure is recognised")
    func serialization() throws {
        try withTable { connection, schema in
            try connection.script("insert into t values (1)")
            let other = schema.connect()
            let error = #expect(throws: PostgresError.self) {
                try connection.transaction {
                    try connection.script("set transaction isolation level repeatable read")
                    _ = try numbers(connection)
                    try other.execute("update t set n = 2")
                    try connection.execute("update t set n = 3")
                }
            }
            #expect(error?.isSerializationFailure == true)
            try #expect(numbers(connection) == [2])
        }
    }
}
