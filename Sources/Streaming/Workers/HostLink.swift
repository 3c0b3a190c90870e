import NIOCore
import Wire

/// The worker that carries frames to the daemons of other hosts, and brings theirs.
final class HostLink {
    let worker: WorkerConnection
    /// Whether there are other hosts.
    var isOpen = false
    private unowned let hub: Hub
    private var calls: [UInt64: Call] = [:]
    private var lastCall: UInt64 = 0

    /// By how much a call is outwaited that another daemon times.
    private static let margin = TimeAmount.seconds(1)

    private struct Call {
        let correlation: UInt64
        weak var worker: WorkerConnection?
        let timeout: Scheduled<Void>
    }

    init(worker: WorkerConnection, hub: Hub) {
        self.worker = worker
        self.hub = hub
    }

    func carry(_ frame: EventFrame) {
        if isOpen { worker.send(frame) }
    }

    /// Asks a socket that is not here.
    /// - Returns: whether anybody is asked.
    func call(_ frame: EventFrame, from caller: WorkerConnection) -> Bool {
        guard isOpen, case .call(let correlation, let sid, let event, let milliseconds) = frame else { return false }
        lastCall += 1
        let id = lastCall
        let timer = hub.schedule(in: .milliseconds(Int64(milliseconds)) + Self.margin) { [weak self] in
            self?.answer(.noAnswer(correlation: id, reason: .timeout), to: id)
        }
        calls[id] = Call(correlation: correlation, worker: caller, timeout: timer)
        worker.send(.call(correlation: id, sid: sid, event: event, timeoutMilliseconds: milliseconds))
        return true
    }

    func answer(_ frame: EventFrame, to id: UInt64) {
        guard let call = calls.removeValue(forKey: id) else { return }
        call.timeout.cancel()
        switch frame {
        case .answer(_, let arguments): call.worker?.send(.answer(correlation: call.correlation, arguments: arguments))
        case .noAnswer(_, let reason): call.worker?.send(.noAnswer(correlation: call.correlation, reason: reason))
        default: break
        }
    }

    /// Nobody is asked any more.
    func close() {
        for id in Array(calls.keys) { answer(.noAnswer(correlation: id, reason: .disconnected), to: id) }
    }
}
