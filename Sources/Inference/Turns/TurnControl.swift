package import Outbound
import Synchronization

/// How other threads reach a running turn.
package final class TurnControl: Sendable {
    /// Cancels the transfer from the provider at once.
    package let cancellation = Cancellation()
    private let mustResync = Atomic<Bool>(false)

    package init() {}

    package var isStopped: Bool {
        cancellation.isCancelled
    }

    package func stop() {
        cancellation.cancel()
    }

    /// Makes the turn tell the whole text again.
    package func resync() {
        mustResync.store(true, ordering: .relaxed)
    }

    /// Whether a resync was asked for since the last call.
    func takeResync() -> Bool {
        mustResync.exchange(false, ordering: .relaxed)
    }
}
