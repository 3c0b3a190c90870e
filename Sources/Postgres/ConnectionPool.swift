import Core
import Synchronization

/// A few connections for many threads that need one now and then, for a moment each.
package final class ConnectionPool: Sendable {
    private let make: @Sendable () -> Connection
    private let limit: Int
    private let state = Mutex(State())
    private let returned = Condition()

    private struct State {
        var idle: [Loan] = []
        var open = 0
    }

    /// - Parameters:
    ///   - limit: the most connections that are open at once; who comes later waits.
    ///   - make: called when one more is needed.
    package init(limit: Int, _ make: @escaping @Sendable () -> Connection) {
        self.limit = limit
        self.make = make
    }

    /// Lends a connection for the time of the closure, which must not keep it.
    package func use<R>(_ body: (Connection) throws -> R) rethrows -> R {
        let loan = borrow()
        defer { giveBack(loan) }
        return try body(loan.connection)
    }

    private func borrow() -> Loan {
        while true {
            let (loan, mayOpen) = state.withLock { state -> (Loan?, Bool) in
                if let idle = state.idle.popLast() { return (idle, false) }
                guard state.open < limit else { return (nil, false) }
                state.open += 1
                return (nil, true)
            }
            if let loan { return loan }
            if mayOpen { return Loan(connection: make()) }
            returned.wait(until: { state.withLock { !$0.idle.isEmpty } })
        }
    }

    private func giveBack(_ loan: Loan) {
        state.withLock { $0.idle.append(loan) }
        returned.signal()
    }
}

/// Unchecked: a connection is either idle in its pool or with one borrower, so no two threads ever have it.
private struct Loan: @unchecked Sendable {
    let connection: Connection
}
