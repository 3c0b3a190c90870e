import Core
import Postgres
import Synchronization
import Testing

/// Runs several transactions at the same time in every order that their statements can take, one statement after the other.
///
/// Who waits for a lock is passed over until he has it. So the orders are those that the locks allow: all of them, not those that
/// chance would show.
struct Orders {
    typealias Action<Subject> = @Sendable (Subject, Connection) throws -> Void

    let server: TestServer
    /// Whether plain reads are no steps of their own; see `Gate`.
    var letsReadsPass = false

    /// More than this many orders would take too long: then the transactions lock too late.
    static let limit = 400

    /// Tries each order with a subject of its own, made by `prepare`. Each action runs in a thread and on a connection of its own; `check`
    /// looks at what came of it, and gets the actions' errors, nil for those that ended well.
    ///
    /// - Returns: the number of orders.
    @discardableResult
    func all<Subject: Sendable>(
        of actions: [Action<Subject>],
        prepare: () throws -> Subject,
        check: (Subject, [(any Error)?]) throws -> Void
    ) throws -> Int {
        let observer = server.connect()
        var choices: [Int] = []
        var count = 0
        while true {
            let subject = try prepare()
            let outcome = try run(actions, subject, choices, observer)
            try check(subject, outcome.errors)
            count += 1
            var taken = outcome.taken
            while let last = taken.last, last.choice + 1 >= last.of { taken.removeLast() }
            guard !taken.isEmpty else { return count }
            try #require(count < Self.limit, "too many orders")
            choices = taken.map(\.choice)
            choices[choices.count - 1] += 1
        }
    }

    /// Runs the actions once. Where several may go on, the next of the choices tells which one does; after the last it is the first.
    private func run<Subject: Sendable>(
        _ actions: [Action<Subject>],
        _ subject: Subject,
        _ choices: [Int],
        _ observer: Connection
    ) throws -> (taken: [(choice: Int, of: Int)], errors: [(any Error)?]) {
        let condition = Condition()
        let gates = try actions.map { _ in try Gate(condition: condition, letsReadsPass: letsReadsPass) }
        defer { for gate in gates { gate.close() } }
        let results = Mutex<[Int: Result<Void, any Error>]>([:])
        for (index, action) in actions.enumerated() {
            let url = gates[index].url
            NativeThread.start("action-\(index)", stack: 8 << 20) { [server] in
                let connection = server.connect(url: url)
                let result = Result { try action(subject, connection) }
                connection.close()
                results.withLock { $0[index] = result }
                condition.signal()
            }
        }
        let isFinished = { (index: Int) in results.withLock { $0[index] != nil } }
        var taken: [(choice: Int, of: Int)] = []
        while true {
            let isSettled = { actions.indices.allSatisfy { isFinished($0) || gates[$0].state == .waiting } }
            while !condition.wait(seconds: 0.003, until: isSettled) {
                let busy = actions.indices.filter { !isFinished($0) && gates[$0].state != .waiting }
                let othersWait = gates.indices.contains { !isFinished($0) && gates[$0].state == .waiting }
                if othersWait, try busy.allSatisfy({ try isBlocked(gates[$0], observer) }) { break }
            }
            let ready = actions.indices.filter { !isFinished($0) && gates[$0].state == .waiting }
            if ready.isEmpty {
                if actions.indices.allSatisfy(isFinished) { break }
                continue
            }
            let wanted = taken.count < choices.count ? choices[taken.count] : 0
            let choice = min(wanted, ready.count - 1)
            taken.append((choice, ready.count))
            gates[ready[choice]].release()
        }
        let errors = results.withLock { results in
            actions.indices.map { index -> (any Error)? in
                if case .failure(let error) = results[index] { error } else { nil }
            }
        }
        return (taken, errors)
    }

    private func isBlocked(_ gate: Gate, _ observer: Connection) throws -> Bool {
        guard gate.state == .running else { return false }
        return try observer.query("select cardinality(pg_blocking_pids(\(gate.process)::int)) > 0")[0].bool(0)
    }
}
