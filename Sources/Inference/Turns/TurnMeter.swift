import Core
import Logging
import Metrics

/// How an answer ended.
enum TurnOutcome: String {
    case complete, failed, stopped, interrupted

    fileprivate var column: Int {
        switch self {
        case .complete: Column.Turns.complete
        case .failed: Column.Turns.failed
        case .stopped: Column.Turns.stopped
        case .interrupted: Column.Turns.interrupted
        }
    }
}

/// Shows which answers one thread makes, and counts them.
final class TurnMeter {
    private let page = CounterPage.process
    private let turns = CounterPage.process.series(.turns)
    private let seat: (index: Int, line: ThreadLine)?
    private let log: Logger

    init(_ log: Logger) {
        self.log = log
        seat = page.takeLine()
    }

    deinit {
        if let seat { page.giveBack(line: seat.index) }
    }

    /// One line of the log for each answer: by its request's id it can be followed from nginx to the provider.
    func measure(_ turn: Turn, _ body: () -> TurnOutcome) {
        let start = Clock.monotonicNanoseconds
        seat?.line.begin(at: start)
        seat?.line.describe("\(turn.kind.rawValue) \(turn.model)")
        let outcome = body()
        let end = Clock.monotonicNanoseconds
        seat?.line.end(at: end)
        turns.observe(end - start)
        count(outcome)
        log.info(
            "an answer was made",
            metadata: [
                "request_id": "\(turn.requestID)", "turn": "\(turn.id)", "model": "\(turn.model)",
                "outcome": "\(outcome.rawValue)", "duration_ms": "\((end - start) / 1_000_000)",
            ]
        )
    }

    func count(_ outcome: TurnOutcome) {
        turns.add(to: outcome.column)
    }
}
