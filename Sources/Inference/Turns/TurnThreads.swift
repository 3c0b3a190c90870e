import Core
import Synchronization

/// The threads that run turns. The one that became idle last gets the next turn, because its connection to the provider is the freshest.
final class TurnThreads: Sendable {
    /// Seconds after which an idle thread ends.
    private static let patience = 60.0

    private struct Running {
        let accountID: String
        let control: TurnControl
    }

    private struct State {
        var running: [String: Running] = [:]
        var idle: [Seat] = []
    }

    /// Where an idle thread waits for its next turn.
    private final class Seat: Sendable {
        let next = Mutex<Job?>(nil)
        let called = Condition()
    }

    private struct Job: Sendable {
        let turn: Turn
        let control: TurnControl
        let whenDone: @Sendable () -> Void
    }

    private let shared: TurnRunner.Shared
    private let limit: Int
    private let state = Mutex(State())
    private let ended = Condition()

    init(_ shared: TurnRunner.Shared, limit: Int) {
        self.shared = shared
        self.limit = limit
    }

    var running: Int { state.withLock { $0.running.count } }
    var free: Int { state.withLock { max(0, limit - $0.running.count) } }

    func control(ofTurn id: String) -> TurnControl? {
        state.withLock { $0.running[id]?.control }
    }

    func controls(ofAccount id: String) -> [TurnControl] {
        state.withLock { $0.running.values.filter { $0.accountID == id }.map(\.control) }
    }

    func run(_ turn: Turn, whenDone: @escaping @Sendable () -> Void) {
        let job = Job(turn: turn, control: TurnControl(), whenDone: whenDone)
        if turn.isStopped { job.control.stop() }
        let seat = state.withLock { state in
            state.running[turn.id] = Running(accountID: turn.accountID, control: job.control)
            return state.idle.popLast()
        }
        if let seat {
            seat.next.withLock { $0 = job }
            seat.called.signal()
        } else if !NativeThread.start("turn", stack: 512 << 10, { [self] in work(first: job) }) {
            // Its process is alive and renews its lease, so nobody would take it over.
            shared.log.error("no thread for a turn; it is put back into the queue")
            state.withLock { _ = $0.running.removeValue(forKey: turn.id) }
            TurnRunner(shared).release(turn)
        }
    }

    /// - Returns: whether all turns ended in time.
    func waitUntilIdle(seconds: Double) -> Bool {
        ended.wait(seconds: seconds) { running == 0 }
    }

    private func work(first: Job) {
        let runner = TurnRunner(shared)
        var next: Job? = first
        let seat = Seat()
        while let job = next {
            runner.run(job.turn, control: job.control)
            state.withLock { state in
                state.running[job.turn.id] = nil
                state.idle.append(seat)
            }
            ended.signal()
            job.whenDone()
            next = wait(on: seat)
        }
    }

    private func wait(on seat: Seat) -> Job? {
        let isCalled = { seat.next.withLock { $0 != nil } }
        _ = seat.called.wait(seconds: Self.patience, until: isCalled)
        // Whoever takes the seat off the list decides: either a job is on its way, or this thread ends.
        let isMine = state.withLock { state in
            guard let index = state.idle.firstIndex(where: { $0 === seat }) else { return false }
            state.idle.remove(at: index)
            return true
        }
        if isMine { return nil }
        seat.called.wait(until: isCalled)
        return seat.next.withLock { job in
            defer { job = nil }
            return job
        }
    }
}
