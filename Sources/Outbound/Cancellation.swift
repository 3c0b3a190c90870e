import CCurl
import Synchronization

/// Stops transfers from another thread, at once even while the other side is silent.
///
/// One object may serve several transfers, one after another or side by side. Once cancelled it stays so.
package final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        /// The addresses of the multi handles whose threads wait now.
        var waiting: [UInt] = []
    }

    private let state = Mutex(State())

    package init() {}

    package var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Marks as cancelled and wakes the threads that wait. Any thread may call it, any number of times.
    package func cancel() {
        state.withLock { state in
            state.isCancelled = true
            for address in state.waiting {
                // A handle is on the list only while its client is inside a transfer, so it can not be freed meanwhile.
                curl_multi_wakeup(UnsafeMutableRawPointer(bitPattern: address))
            }
        }
    }

    func attach(_ multi: UnsafeMutableRawPointer) {
        state.withLock { $0.waiting.append(UInt(bitPattern: multi)) }
    }

    func detach(_ multi: UnsafeMutableRawPointer) {
        state.withLock { state in
            guard let index = state.waiting.firstIndex(of: UInt(bitPattern: multi)) else { return }
            state.waiting.remove(at: index)
        }
    }
}
