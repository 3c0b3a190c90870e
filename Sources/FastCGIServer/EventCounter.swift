import CSystem
import Glibc

/// A count that threads raise and a poller waits for (eventfd).
final class EventCounter: Sendable {
    let descriptor: Int32

    init() throws {
        descriptor = try SystemCallError.check("eventfd", swiftlet_eventfd())
    }

    deinit {
        close(descriptor)
    }

    func raise() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// What was raised since the last time; 0 when nothing was.
    func take() -> Int {
        var count: UInt64 = 0
        return read(descriptor, &count, 8) == 8 ? Int(count) : 0
    }
}

/// Waits until one of the descriptors can be read.
enum Poll {
    /// - Parameters:
    ///   - descriptors: those to watch; negative ones are passed over.
    ///   - deadline: when to give up; nil waits without end.
    /// - Returns: the descriptors with something to read, or closed at the other end; none at the deadline or after a signal.
    static func wait(_ descriptors: [Int32], until deadline: ContinuousClock.Instant? = nil) -> Set<Int32> {
        var timeout: Int32 = -1
        if let deadline {
            let left = max(.zero, deadline - .now).components
            timeout = Int32(clamping: left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1)
        }
        var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        guard poll(&entries, nfds_t(entries.count), timeout) > 0 else { return [] }
        return Set(entries.filter { $0.revents != 0 }.map(\.fd))
    }
}
