import Core
import Synchronization
import Wire

/// What the threads of a relay share while the link to the daemon stands: the router, and the frames that wait to be sent.
final class HostSession: Sendable {
    struct Item {
        let target: HostRouter.Target
        let frame: EventFrame
    }

    struct Batch {
        let items: [Item]
        /// Frames were dropped before these.
        let isIncomplete: Bool
    }

    /// Bytes of events that may wait while the database is slow.
    private static let maximumWaiting = 64 << 20

    private struct State {
        var router = HostRouter()
        var items: [Item] = []
        var bytes = 0
        var isIncomplete = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let changed = Condition()

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Takes what the daemon says.
    func put(_ frames: [EventFrame]) {
        state.withLock { state in
            for frame in frames {
                guard let (target, frame) = state.router.route(frame) else { continue }
                guard state.bytes < Self.maximumWaiting else {
                    state.isIncomplete = true
                    continue
                }
                state.items.append(Item(target: target, frame: frame))
                state.bytes += frame.weight
            }
        }
        changed.signal()
    }

    /// Waits for something to send; nil when the session is over.
    func take() -> Batch? {
        changed.wait { state.withLock { !$0.items.isEmpty || $0.isIncomplete || $0.isClosed } }
        return state.withLock { state in
            if state.isClosed { return nil }
            defer {
                state.items = []
                state.bytes = 0
                state.isIncomplete = false
            }
            return Batch(items: state.items, isIncomplete: state.isIncomplete)
        }
    }

    func close() {
        state.withLock { $0.isClosed = true }
        changed.signal()
    }

    func receive(_ frame: EventFrame, from host: String) -> EventFrame? {
        state.withLock { $0.router.receive(frame, from: host) }
    }

    func lose(_ host: String) -> [EventFrame] {
        state.withLock { $0.router.lose(host) }
    }
}

extension EventFrame {
    /// About how many bytes the frame holds.
    fileprivate var weight: Int {
        switch self {
        case .emit(_, _, let event, let attachments): event.count + attachments.reduce(200) { $0 + $1.count }
        case .call(_, _, let bytes, _), .streamWrite(_, let bytes), .answer(_, let bytes), .incoming(_, _, let bytes):
            bytes.count + 200
        default: 200
        }
    }
}
