import CPostgres
import Glibc

/// Ends another thread's wait. May be used from every thread, and from several at once.
package final class Waker: Sendable {
    let descriptor: Int32

    init() {
        descriptor = swiftlet_wake_descriptor()
    }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    /// Makes the current wait return at once, or the next one when none is under way.
    package func wake() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// Takes the call back.
    func reset() {
        var calls: UInt64 = 0
        _ = read(descriptor, &calls, 8)
    }
}
