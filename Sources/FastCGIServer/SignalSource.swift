import CSystem
import Glibc

/// Signals as something to poll (signalfd). No handler runs, so none can interrupt a request.
///
/// Make it at the start of `main`, before any other thread: threads inherit that these signals are blocked.
package final class SignalSource: Sendable {
    let descriptor: Int32

    /// What a serving process obeys.
    package static let serving = [SIGTERM, SIGINT, SIGHUP, SIGUSR2]

    package init(_ signals: [Int32] = serving) throws {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        descriptor = try SystemCallError.check("signalfd", swiftlet_signalfd(&set))
    }

    deinit {
        close(descriptor)
    }

    /// The next signal that has come, or nil.
    package func next() -> Int32? {
        var information = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        return read(descriptor, &information, size) == size ? Int32(information.ssi_signo) : nil
    }
}
