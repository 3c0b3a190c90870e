import CPostgres
import Logging

extension Connection {
    /// Whether statements run inside a transaction opened by `transaction`.
    package var isInTransaction: Bool { depth > 0 }

    /// Runs `body` in a transaction: commits when it returns, rolls back when it throws. Inside a transaction it sets a
    /// savepoint instead, so that what an inner body did can be undone alone.
    ///
    /// - Throws: what `body` throws, or `PostgresError`. After a lost connection nothing was committed, except when the loss
    ///   hit the commit itself, whose outcome is then unknown.
    @discardableResult
    package func transaction<R>(_ body: () throws -> R) throws -> R {
        depth == 0 ? try outermost(body) : try nested(body)
    }

    /// Runs `action` after the outermost commit, or at once when there is no transaction. A rollback drops it.
    package func afterCommit(_ action: @escaping () -> Void) {
        if depth == 0 {
            action()
        } else {
            actionsAfterCommit.append(action)
        }
    }

    private func outermost<R>(_ body: () throws -> R) throws -> R {
        // Beginning twice on two connections is harmless: the lost one did nothing.
        _ = try retryingOnce { try command("begin") }
        depth = 1
        let result: R
        do {
            result = try body()
            try commit()
        } catch {
            abandon()
            throw error
        }
        depth = 0
        let actions = actionsAfterCommit
        actionsAfterCommit = []
        for action in actions { action() }
        return result
    }

    private func commit() throws {
        switch status {
        case PQTRANS_INTRANS:
            _ = try command("commit")
        case PQTRANS_INERROR:
            // Postgres would answer a commit with a silent rollback.
            throw PostgresError(
                sqlState: "25P02",
                message: "A statement of this transaction failed, so that it can not be committed"
            )
        case PQTRANS_IDLE:
            throw PostgresError(
                sqlState: "25P01",
                message: "A statement of this transaction has ended it already"
            )
        default:
            throw PostgresError.connectionLost("The connection was lost before the commit")
        }
    }

    /// Rolls back. When even that fails the connection is given up, and with it the transaction.
    private func abandon() {
        actionsAfterCommit = []
        do {
            if status != PQTRANS_IDLE { _ = try command("rollback") }
        } catch {
            Logger.postgres.debug(
                "Rollback failed, closing the connection",
                metadata: ["error": "\(error)"]
            )
            close()
        }
        depth = 0
    }

    private func nested<R>(_ body: () throws -> R) throws -> R {
        let name = "level\(depth)"
        _ = try command("savepoint \(name)")
        depth += 1
        let actions = actionsAfterCommit.count
        defer { depth -= 1 }
        do {
            let result = try body()
            _ = try command("release savepoint \(name)")
            return result
        } catch {
            actionsAfterCommit.removeLast(actionsAfterCommit.count - actions)
            // When this fails too the transaction stays failed, and its commit says so.
            _ = try? command("rollback to savepoint \(name); release savepoint \(name)")
            throw error
        }
    }
}
