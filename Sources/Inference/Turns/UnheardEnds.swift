import Core
import Synchronization

/// The ends of answers that no page of their account heard, because none was connected or streamd was away.
///
/// They are told to every socket of the account that joins within two minutes: a page that was cut off in the middle of an answer would
/// otherwise wait for its end for ever. They are kept in memory only, since a page that is loaded anew reads what is stored.
final class UnheardEnds: Sendable {
    private static let patience = Duration.seconds(120)
    /// Bytes of all events together; the oldest are forgotten first.
    private static let capacity = 16 << 20

    private struct End {
        let accountID: String
        /// Payloads of `chat-events`, in order.
        let events: [[UInt8]]
        let endedAt: ContinuousClock.Instant

        var size: Int { events.reduce(0) { $0 + $1.count } }
    }

    private let ends = Mutex<[End]>([])

    func put(_ events: [[UInt8]], of accountID: String) {
        let end = End(accountID: accountID, events: events, endedAt: .now)
        ends.withLock { ends in
            ends.removeAll { $0.endedAt < .now - Self.patience }
            ends.append(end)
            var size = ends.reduce(0) { $0 + $1.size }
            while size > Self.capacity { size -= ends.removeFirst().size }
        }
    }

    /// The events that a socket of this account should hear now.
    func events(of accountID: String) -> [[UInt8]] {
        ends.withLock { ends in
            ends.removeAll { $0.endedAt < .now - Self.patience }
            return ends.filter { $0.accountID == accountID }.flatMap(\.events)
        }
    }
}
