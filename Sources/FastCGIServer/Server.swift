import CFastCGI
package import Core
import Glibc
package import Logging
package import Metrics
import Synchronization

/// Serves FastCGI requests from one listening socket on a fixed number of threads, until it is told to drain.
///
///     let server = try Server(listening: socket, configuration: configuration, logger: logger) { thread in
///         try Application(thread)
///     }
///     let outcome = try server.run(signals: SignalSource())
///
/// Several processes may share the socket. A request that makes a process trap costs that process and what was in flight in it; a
/// `Supervisor` starts another.
package final class Server: Sendable {
    package enum Outcome: Sendable, Equatable {
        /// Everything in flight was answered.
        case drained
        /// The deadline passed while so many threads still were at work; the process should exit without further ado.
        case overdue(threads: Int)
    }

    package let scoreboard: Scoreboard
    let listener: Int32
    let configuration: PoolConfiguration
    let logger: Logger
    let makeResponder: @Sendable (_ thread: Int) throws -> any Responder
    let stopping: EventCounter
    private let finished: EventCounter
    private let draining = Atomic(false)
    private let accepted = Atomic(0)
    private let ready = Atomic(0)
    private let manager: ServiceManager
    private let onReady: @Sendable () -> Void

    /// Bytes of address space; JSON of 128 levels is read, compared and released by recursion.
    private static let stackSize = 8 << 20

    /// - Parameters:
    ///   - listener: a listening socket; it is made non-blocking and stays the caller's.
    ///   - configuration: threads and limits.
    ///   - logger: for slow and failed requests.
    ///   - manager: is told when the process serves and when it drains, and that it lives.
    ///   - page: where it is told what the threads do; it has room for all of them.
    ///   - onReady: called once, when all threads have their responders.
    ///   - makeResponder: called on each thread; when it throws it is called again a little later.
    /// - Throws: when the process has no descriptor left, or `listener` is none.
    package init(
        listening listener: Int32,
        configuration: PoolConfiguration,
        logger: Logger = Logger(label: "fastcgi"),
        manager: ServiceManager = .none,
        page: CounterPage? = nil,
        onReady: @escaping @Sendable () -> Void = {},
        makeResponder: @escaping @Sendable (_ thread: Int) throws -> any Responder
    ) throws {
        self.listener = listener
        self.configuration = configuration
        self.logger = logger
        self.manager = manager
        self.onReady = onReady
        self.makeResponder = makeResponder
        let page = page ?? CounterPage(pool: configuration.pool, threads: configuration.threads)
        page.setListener(listener)
        scoreboard = Scoreboard(page, threads: configuration.threads)
        stopping = try EventCounter()
        finished = try EventCounter()
        Self.initializeLibrary
        let flags = try SystemCallError.check("fcntl", fcntl(listener, F_GETFL))
        _ = try SystemCallError.check("fcntl", fcntl(listener, F_SETFL, flags | O_NONBLOCK))
        SpoolFile.sweep(configuration.spoolDirectory)
    }

    package var isDraining: Bool {
        draining.load(ordering: .relaxed)
    }

    /// Accepts no more; what is in flight is still answered. May be called from anywhere and more than once.
    package func drain() {
        guard !draining.exchange(true, ordering: .relaxed) else { return }
        scoreboard.page.phase = .draining
        manager.stopping()
        stopping.raise()
    }

    /// Serves until `drain`, the maximum number of requests, or a signal.
    ///
    /// - Parameters:
    ///   - signals: SIGTERM and SIGINT drain, SIGHUP reloads, others are ignored; nil leaves signals alone.
    ///   - notice: how long it still serves after the first signal to end; a second one ends the wait.
    ///   - onNotice: called at that signal, on this thread.
    ///   - reload: called on this thread.
    /// - Returns: whether everything was answered.
    /// - Throws: when the threads can not be started.
    package func run(
        signals: SignalSource? = nil,
        notice: Duration = .zero,
        onNotice: () -> Void = {},
        reload: @Sendable () -> Void = {}
    ) throws -> Outcome {
        var running = 0
        for index in 0..<configuration.threads {
            let isRunning = NativeThread.start("worker-\(index)", stack: Self.stackSize) { [self] in
                WorkerThread(self, index: index).run()
                finished.raise()
            }
            guard isRunning else {
                drain()
                throw SystemCallError("pthread_create", EAGAIN)
            }
            running += 1
        }
        var deadline: ContinuousClock.Instant?
        var end: ContinuousClock.Instant?
        while running > 0 {
            if let end, end <= .now { drain() }
            if deadline == nil, isDraining { deadline = .now + configuration.drainDeadline }
            if let deadline, deadline <= .now { return .overdue(threads: running) }
            // Once it drains, the stop event is up for good and would end every wait.
            let stop = deadline == nil ? stopping.descriptor : -1
            manager.alive()
            let until = [deadline ?? end, manager.signInterval.map { ContinuousClock.now + $0 }].compactMap { $0 }.min()
            _ = Poll.wait([finished.descriptor, stop, signals?.descriptor ?? -1], until: until)
            running -= finished.take()
            while let signal = signals?.next() {
                switch signal {
                case SIGTERM, SIGINT:
                    if end == nil { onNotice() }
                    end = end == nil ? .now + notice : .now
                case SIGHUP: reload()
                default: break
                }
            }
        }
        return .drained
    }

    func countRequest() {
        let count = accepted.add(1, ordering: .relaxed).newValue
        if configuration.maximumRequests > 0, count >= configuration.maximumRequests { drain() }
    }

    func threadIsReady() {
        guard ready.add(1, ordering: .acquiringAndReleasing).newValue == configuration.threads else { return }
        if !isDraining { scoreboard.page.phase = .serving }
        manager.ready()
        onReady()
    }

    /// Sleeps, but not beyond the beginning of the end.
    func sleep(_ duration: Duration) {
        _ = Poll.wait([stopping.descriptor], until: .now + duration)
    }

    /// libfcgi takes over SIGPIPE, SIGTERM and SIGUSR1 when it is initialised; this gives them back. A client that left is told by
    /// the result of a write.
    private static let initializeLibrary: Void = {
        FCGX_Init()
        signal(SIGPIPE, SIG_IGN)
        signal(SIGTERM, SIG_DFL)
        signal(SIGUSR1, SIG_DFL)
    }()
}
