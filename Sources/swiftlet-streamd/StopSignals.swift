import Glibc

/// SIGTERM and SIGINT, taken by one thread that waits for them.
struct StopSignals {
    private let set: sigset_t

    /// Blocks the signals in this thread and in those it starts.
    init() {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        self.set = set
        // Tells services to read their settings again; this one has none that change.
        signal(SIGHUP, SIG_IGN)
    }

    func wait() {
        var set = set
        var signal: Int32 = 0
        sigwait(&set, &signal)
    }
}
