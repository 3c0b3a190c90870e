import CPostgres
import Core
import Glibc
import Logging
package import Metrics

/// One connection to Postgres, for one thread. It connects at the first use, and again after it was lost.
///
/// Every statement is prepared once per connection and takes one round trip from then on.
///
/// **After a lost connection.** Outside a transaction a statement is sent again on a new connection when that is harmless:
/// when the loss is found before sending or while preparing, or when the statement is a plain `select`. (So a function
/// with side effects that a bare `select` calls may run twice; inside `transaction` it can not.) A write that got no answer
/// throws an error with `isConnectionLost`, since it may have been carried out. Inside a transaction every loss throws.
package final class Connection {
    private let endpoint: Endpoint
    private let patience: Duration
    private var statements: StatementCache
    private var pointer: OpaquePointer?

    /// How many transactions are open, one inside the other.
    var depth = 0
    var actionsAfterCommit: [() -> Void] = []
    /// What its statements took since the caller set this anew.
    package var effort = RequestEffort()

    /// - Parameters:
    ///   - url: `postgresql://…` or another form that libpq takes.
    ///   - name: The `application_name`, which administrators see in `pg_stat_activity`.
    ///   - options: Server settings in libpq's form, such as `-c statement_timeout=30s -c search_path=a`.
    ///   - patience: How long to try connecting while the server refuses.
    ///   - statementLimit: How many prepared statements to keep.
    package init(
        url: String,
        name: String,
        options: String? = nil,
        patience: Duration = .seconds(2),
        statementLimit: Int = 500
    ) {
        endpoint = Endpoint(url: url, name: name, options: options)
        self.patience = patience
        statements = StatementCache(limit: statementLimit)
    }

    deinit {
        if let pointer { PQfinish(pointer) }
    }

    /// Runs a statement and returns its rows.
    package func query(_ sql: SQL) throws -> Rows {
        try timed(sql.text) {
            do {
                return try run(sql)
            } catch let error as PostgresError where error.isStaleStatement {
                forget(sql)
                // In a transaction the error has ended it, and nothing can be run again.
                if depth > 0 { throw error }
                return try run(sql)
            }
        }
    }

    /// Runs a statement and returns how many rows it touched.
    @discardableResult
    package func execute(_ sql: SQL) throws -> Int {
        try query(sql).affected
    }

    /// Runs several statements, separated by semicolons, as one unit. Nothing is bound and nothing is sent twice.
    package func script(_ text: String) throws {
        _ = try command(text)
        if depth == 0, status != PQTRANS_IDLE {
            close()
            throw PostgresError(
                sqlState: "25001",
                message: "The script left a transaction open, which was rolled back"
            )
        }
    }

    /// Sends a notification, at commit when in a transaction. The payload is limited to 7999 bytes by Postgres.
    package func notify(channel: String, payload: String) throws {
        _ = try query("select pg_notify(\(channel), \(payload))")
    }

    /// Ends the connection. The next use opens another.
    package func close() {
        if let pointer { PQfinish(pointer) }
        pointer = nil
        statements.removeAll()
    }

    /// How many statements are prepared on the current connection.
    var preparedCount: Int { statements.count }

    // MARK: - Running

    private func timed<R>(_ text: String, _ body: () throws -> R) throws -> R {
        let start = Clock.monotonicNanoseconds
        defer {
            let taken = Clock.monotonicNanoseconds - start
            effort.database += taken
            effort.statements += 1
            if taken > effort.slowest {
                effort.slowest = taken
                effort.slowestStatement = text
            }
            Self.statements.observe(taken)
        }
        do {
            return try body()
        } catch {
            Self.statements.add(to: Column.Statements.failures)
            throw error
        }
    }

    private static let statements = CounterPage.process.series(.statements)

    private func run(_ sql: SQL) throws -> Rows {
        if sql.isSelect {
            return try retryingOnce { try send(sql, as: prepare(sql)) }
        }
        let statement = try retryingOnce { try prepare(sql) }
        return try send(sql, as: statement)
    }

    /// Runs something that is harmless to run twice, again if the connection was lost meanwhile.
    func retryingOnce<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as PostgresError where error.isConnectionLost && depth == 0 && isLost {
            Logger.postgres.info(
                "The database connection was lost and is opened again",
                metadata: ["error": "\(error)"]
            )
            return try body()
        }
    }

    /// Whether there was a connection, now known to be broken.
    private var isLost: Bool { pointer.map { PQstatus($0) != CONNECTION_OK } ?? false }

    private func prepare(_ sql: SQL) throws -> StatementCache.Statement {
        let connection = try live()
        if let statement = statements.find(sql) { return statement }
        guard sql.parameters.count <= Int(UInt16.max) else {
            throw PostgresError(
                sqlState: "54023",
                message: "A statement takes at most \(UInt16.max) values"
            )
        }
        if let oldest = statements.evict() { deallocate(oldest) }
        let name = statements.nextName()
        let types = sql.parameters.map(\.type.rawValue)
        _ = try answer(PQprepare(connection, name, sql.text, Int32(types.count), types))
        return statements.insert(sql, name: name)
    }

    private func send(_ sql: SQL, as statement: StatementCache.Statement) throws -> Rows {
        guard let pointer else { throw PostgresError.connectionLost("Not connected") }
        let count = sql.parameters.count
        let result = sql.bytes.withUnsafeBytes { bytes in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count) { numbers in
                    for (index, parameter) in sql.parameters.enumerated() {
                        let value =
                            parameter.offset < 0 ? nil : bytes.baseAddress?.advanced(by: parameter.offset)
                        values.initializeElement(at: index, to: value?.assumingMemoryBound(to: CChar.self))
                        numbers.initializeElement(at: index, to: Int32(clamping: parameter.length))
                        numbers.initializeElement(at: count + index, to: parameter.type.isBinary ? 1 : 0)
                    }
                    return PQexecPrepared(
                        pointer,
                        statement.name,
                        Int32(count),
                        values.baseAddress,
                        numbers.baseAddress,
                        numbers.baseAddress.map { $0 + count },
                        0
                    )
                }
            }
        }
        return Rows(try answer(result))
    }

    /// Runs text without values by the simple protocol.
    func command(_ text: String) throws -> Answer {
        try timed(text) { try answer(PQexec(live(), text)) }
    }

    private func answer(_ result: OpaquePointer?) throws -> Answer {
        guard let pointer else { throw PostgresError.connectionLost("Not connected") }
        guard let result else { throw PostgresError(result: nil, connection: pointer) }
        let answer = Answer(result)
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            return answer
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            // The connection is in the middle of a transfer that nobody will carry out.
            close()
            throw PostgresError(sqlState: "0A000", message: "COPY is not supported")
        default:
            throw PostgresError(result: result, connection: pointer)
        }
    }

    private func forget(_ sql: SQL) {
        guard let statement = statements.find(sql) else { return }
        statements.remove(statement)
        deallocate(statement)
    }

    /// Frees a statement on the server. A failure costs a little memory there; its name is never used again.
    private func deallocate(_ statement: StatementCache.Statement) {
        guard let pointer, status != PQTRANS_INERROR,
            let result = PQexec(pointer, "deallocate \(statement.name)")
        else { return }
        PQclear(result)
    }

    // MARK: - The connection

    /// The state of the transaction as the server told it last.
    var status: PGTransactionStatusType { PQtransactionStatus(pointer) }

    /// A connection that was alive a moment ago, opened if need be.
    private func live() throws -> OpaquePointer {
        if let pointer {
            if depth > 0 {
                guard PQstatus(pointer) == CONNECTION_OK else {
                    throw PostgresError.connectionLost("The connection was lost earlier in this transaction")
                }
                return pointer
            }
            if Self.isAlive(pointer) { return pointer }
            Logger.postgres.info("The idle database connection has ended and is opened again")
        } else if depth > 0 {
            throw PostgresError.connectionLost("The connection was lost earlier in this transaction")
        }
        close()
        let connection = try endpoint.connect(patience: patience)
        Self.statements.add(to: Column.Statements.connections)
        pointer = connection
        return connection
    }

    /// Whether an idle connection still stands. The end of a connection makes its socket readable, so one system call tells.
    private static func isAlive(_ pointer: OpaquePointer) -> Bool {
        while PQstatus(pointer) == CONNECTION_OK {
            var descriptor = pollfd(fd: PQsocket(pointer), events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, 0) > 0 else { return true }
            // Something arrived unasked: a changed setting, a farewell, or the end itself, which fails the next reading.
            guard PQconsumeInput(pointer) == 1 else { return false }
            _ = PQisBusy(pointer)
        }
        return false
    }
}
