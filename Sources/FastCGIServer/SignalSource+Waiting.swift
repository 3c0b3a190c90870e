import Glibc

extension SignalSource {
    /// Blocks until one of these signals has come; others that the source takes are ignored.
    package func wait(for wanted: [Int32] = [SIGTERM, SIGINT]) {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            _ = Glibc.poll(&poll, 1, -1)
            while let signal = next() {
                if wanted.contains(signal) { return }
            }
        }
    }
}
