import HTTP
import Synchronization

/// What each thread of this process is doing. Threads write their own line with plain stores; whoever reads may see one that is
/// just being written, which is good enough for a status page.
package final class Scoreboard: Sendable {
    /// One thread's line.
    package struct Line: Sendable {
        package let thread: Int
        package let isBusy: Bool
        /// How long it has been in this state.
        package let duration: Duration
        /// The present or the last request, such as `GET /api/v1/chats`; at most 32 bytes of the path's first three segments, so
        /// that no id and no secret shows.
        package let request: String
        package let served: Int
    }

    let slots: [Slot]
    private let start = ContinuousClock.now

    init(threads: Int) {
        slots = (0..<threads).map { _ in Slot() }
    }

    package func lines() -> [Line] {
        let now = start.duration(to: .now)
        return slots.enumerated().map { index, slot in
            Line(
                thread: index,
                isBusy: slot.isBusy.load(ordering: .relaxed),
                duration: max(.zero, now - .nanoseconds(slot.since.load(ordering: .relaxed))),
                request: slot.request,
                served: slot.served.load(ordering: .relaxed)
            )
        }
    }

    /// Nanoseconds since the scoreboard was made.
    func time(_ instant: ContinuousClock.Instant) -> Int {
        let components = start.duration(to: instant).components
        return Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000)
    }

    final class Slot: Sendable {
        let isBusy = Atomic(false)
        let since = Atomic(0)
        let served = Atomic(0)
        /// The method and the beginning of the path, in 40 bytes; a word each, because words are what can be stored at once.
        private let word0 = Atomic<UInt64>(0)
        private let word1 = Atomic<UInt64>(0)
        private let word2 = Atomic<UInt64>(0)
        private let word3 = Atomic<UInt64>(0)
        private let word4 = Atomic<UInt64>(0)

        func begin(_ request: Request, at time: Int) {
            var text: (UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0)
            withUnsafeMutableBytes(of: &text) { buffer in
                var end = 0
                for byte in (request.method?.rawValue ?? "?").utf8 {
                    buffer[end] = byte
                    end += 1
                }
                buffer[end] = UInt8(ascii: " ")
                end += 1
                let limit = end + 32
                var slashes = 0
                for byte in request.path.utf8 {
                    if byte == UInt8(ascii: "/") { slashes += 1 }
                    if slashes > 3 || end == min(limit, buffer.count) { break }
                    buffer[end] = byte
                    end += 1
                }
            }
            word0.store(text.0, ordering: .relaxed)
            word1.store(text.1, ordering: .relaxed)
            word2.store(text.2, ordering: .relaxed)
            word3.store(text.3, ordering: .relaxed)
            word4.store(text.4, ordering: .relaxed)
            since.store(time, ordering: .relaxed)
            isBusy.store(true, ordering: .relaxed)
        }

        func end(at time: Int) {
            since.store(time, ordering: .relaxed)
            isBusy.store(false, ordering: .relaxed)
            served.add(1, ordering: .relaxed)
        }

        var request: String {
            let text = (
                word0.load(ordering: .relaxed), word1.load(ordering: .relaxed), word2.load(ordering: .relaxed),
                word3.load(ordering: .relaxed), word4.load(ordering: .relaxed)
            )
            return withUnsafeBytes(of: text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
    }
}
