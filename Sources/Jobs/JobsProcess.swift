import Core
package import Logging
import Metrics
import Outbound
import Postgres
import Synchronization

/// Takes jobs off the queue and runs them, each on a thread of its own, as many at the same time as its configuration says.
package final class JobsProcess: Sendable {
    package struct Configuration: Sendable {
        package var databaseURL: String
        /// For `search_path` and the like.
        package var databaseOptions: String?
        package var threads: Int
        /// As the database shows the connections.
        package var name = "swiftlet jobs"
        /// Seconds that running jobs have to end when the process is asked to stop.
        package var grace = 20.0
        /// Called in every round of the loop that takes jobs, which is once a second at least.
        package var sign: @Sendable () -> Void = {}

        package init(databaseURL: String, databaseOptions: String? = nil, threads: Int) {
            self.databaseURL = databaseURL
            self.databaseOptions = databaseOptions
            self.threads = threads
        }
    }

    private struct State {
        var running: [String: Int] = [:]
        var total: Int { running.values.reduce(0, +) }
    }

    private let configuration: Configuration
    private let kinds: [String: JobKind]
    private let pool: ConnectionPool
    private let log: Logger
    /// The process, as its jobs name it.
    private let owner = "jobs-\(UInt64.random(in: 0...UInt64.max))"
    private let state = Mutex(State())
    private let ended = Condition()
    private let isDraining = Atomic<Bool>(false)
    private let cancellation = Cancellation()
    private let waker = Mutex<Waker?>(nil)

    package init(_ configuration: Configuration, kinds: [JobKind], log: Logger) {
        self.configuration = configuration
        self.kinds = Dictionary(kinds.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
        self.log = log
        let (url, options, name) = (configuration.databaseURL, configuration.databaseOptions, configuration.name)
        pool = ConnectionPool(limit: max(2, min(8, configuration.threads))) {
            Connection(url: url, name: name, options: options)
        }
    }

    /// Runs until `drain` was called and the running jobs have ended, or their grace is over.
    package func run() {
        CounterPage.process.phase = .serving
        let listener = Listener(
            url: configuration.databaseURL,
            name: "\(configuration.name) listener",
            channels: [JobStore.queued],
            options: configuration.databaseOptions
        )
        waker.withLock { $0 = listener.waker }
        NativeThread.start("job leases") { [self] in keepLeases() }
        while !isDraining.load(ordering: .acquiring) {
            configuration.sign()
            do {
                // A second is also how exactly a job's time is kept.
                _ = try listener.wait(timeoutMilliseconds: 1000)
                if !isDraining.load(ordering: .acquiring) { try claim() }
            } catch {
                log.warning("the queue of jobs can not be read", metadata: ["error": "\(error)"])
                Clock.sleep(milliseconds: 500)
            }
        }
        if ended.wait(seconds: configuration.grace, until: { running == 0 }) { return }
        log.warning("jobs in progress are cut short; they will be tried again", metadata: ["jobs": "\(running)"])
        cancellation.cancel()
        _ = ended.wait(seconds: 5, until: { running == 0 })
    }

    /// Takes no more jobs. Any thread may call it.
    package func drain() {
        isDraining.store(true, ordering: .releasing)
        CounterPage.process.phase = .draining
        waker.withLock { $0?.wake() }
    }

    private var running: Int { state.withLock(\.total) }

    private func claim() throws {
        let (free, limit) = state.withLock { state in
            (kinds.mapValues { max(0, $0.limit - (state.running[$0.name] ?? 0)) }, configuration.threads - state.total)
        }
        let jobs = try pool.use { try JobStore.claim(free, limit: limit, owner: owner, $0) }
        for job in jobs { start(job) }
    }

    private func start(_ job: Job) {
        guard let kind = kinds[job.kind] else { return }
        state.withLock { $0.running[job.kind, default: 0] += 1 }
        let isStarted = NativeThread.start("job", stack: 4 << 20) { [self] in
            measure(job) { work(job, kind) }
            leave(job)
        }
        if isStarted { return }
        log.error("no thread for a job")
        settle(job) { try JobStore.giveBack([job.id], owner: owner, $0) }
        leave(job)
    }

    private func leave(_ job: Job) {
        state.withLock { $0.running[job.kind, default: 1] -= 1 }
        ended.signal()
        waker.withLock { $0?.wake() }
    }

    private func measure(_ job: Job, _ body: () -> Int) {
        let page = CounterPage.process
        let seat = page.takeLine()
        let start = Clock.monotonicNanoseconds
        seat?.line.begin(at: start)
        seat?.line.describe("job \(job.kind)")
        let outcome = body()
        let end = Clock.monotonicNanoseconds
        let jobs = page.series(.jobs, job.kind)
        jobs.observe(end - start)
        jobs.add(to: outcome)
        seat?.line.end(at: end)
        if let seat { page.giveBack(line: seat.index) }
    }

    /// - Returns: as what it counts, a column of `Column.Jobs`.
    private func work(_ job: Job, _ kind: JobKind) -> Int {
        let tools = JobTools(pool: pool, cancellation: cancellation)
        do {
            guard job.attempts <= kind.maximumAttempts else { throw JobRefusal("its process died each time") }
            try kind.run(job, tools)
            settle(job) { try JobStore.finish(job, owner: owner, $0) }
            return Column.Jobs.done
        } catch {
            return retryOrFail(job, kind, error, tools)
        }
    }

    private func retryOrFail(_ job: Job, _ kind: JobKind, _ error: any Error, _ tools: JobTools) -> Int {
        let reason = "\(error)"
        let metadata: Logger.Metadata = [
            "kind": "\(job.kind)", "job": "\(job.id)", "attempt": "\(job.attempts)", "error": "\(reason)",
        ]
        if !(error is JobRefusal), cancellation.isCancelled {
            settle(job) { try JobStore.giveBack([job.id], owner: owner, $0) }
            return Column.Jobs.retried
        }
        if !(error is JobRefusal), job.attempts < kind.maximumAttempts {
            log.info("a job will be tried again", metadata: metadata)
            let pause = JobKind.pause(afterAttempts: job.attempts)
            settle(job) { try JobStore.retry(job, in: pause, error: reason, owner: owner, $0) }
            return Column.Jobs.retried
        }
        log.warning("a job failed", metadata: metadata)
        do {
            try kind.abandon(job, tools)
        } catch {
            log.error(
                "what follows from a failed job was not done",
                metadata: ["kind": "\(job.kind)", "error": "\(error)"]
            )
        }
        settle(job) { try JobStore.fail(job, error: reason, owner: owner, $0) }
        return Column.Jobs.failed
    }

    /// Notes how a job ended, again and again while the database is away: another process would do the work a second time.
    private func settle(_ job: Job, _ write: (Connection) throws -> Void) {
        var pause = 100
        while true {
            do {
                return try pool.use(write)
            } catch let error as PostgresError where error.isConnectionLost && !cancellation.isCancelled {
                Clock.sleep(milliseconds: pause)
                pause = min(pause * 2, 2000)
            } catch {
                return log.error(
                    "the end of a job could not be noted",
                    metadata: ["kind": "\(job.kind)", "error": "\(error)"]
                )
            }
        }
    }

    private func keepLeases() {
        // A process that has just come up leaves others the time to renew theirs: the database may have been away for all.
        var good = 0
        while !isDraining.load(ordering: .relaxed) || running > 0 {
            do {
                try pool.use { database in
                    if running > 0 { try JobStore.renewLease(owner: owner, database) }
                    if good > JobStore.lease { try JobStore.tidy(database) }
                }
                good += 1
            } catch {
                good = 0
            }
            Clock.sleep(milliseconds: 1000)
        }
    }
}
