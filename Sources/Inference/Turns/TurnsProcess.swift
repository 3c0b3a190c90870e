package import Accounts
import Core
import Crypto
package import Events
package import Logging
import Metrics
import Outbound
import Postgres
import Synchronization

/// The process that makes answers: takes turns off the queue as long as it has threads for them.
///
/// One loop waits for notifications and keeps the books; each running turn has a thread of its own, which mostly waits for a provider.
/// Threads are made as they are needed and kept for a while, so that the next turn finds one whose connection to the provider is still open.
package final class TurnsProcess: Sendable {
    package struct Configuration: Sendable {
        package var databaseURL: String
        /// The most turns that run at the same time.
        package var maximumTurns: Int
        /// Seconds that running turns have to end by themselves when the process is asked to stop.
        package var grace = 30.0
        /// Called in every round of the loop that takes turns, which is once a second at least.
        package var sign: @Sendable () -> Void = {}

        package init(databaseURL: String, maximumTurns: Int) {
            self.databaseURL = databaseURL
            self.maximumTurns = maximumTurns
        }
    }

    private let configuration: Configuration
    private let shared: TurnRunner.Shared
    private let threads: TurnThreads
    private let isDraining = Atomic<Bool>(false)
    private let waker = Mutex<Waker?>(nil)

    package init(_ configuration: Configuration, settings: LiveSettings, publisher: Publisher, log: Logger) {
        self.configuration = configuration
        let url = configuration.databaseURL
        let pool = ConnectionPool(limit: 8) { Connection(url: url, name: "swiftlet turns") }
        shared = TurnRunner.Shared(
            pool: pool,
            settings: settings,
            publisher: publisher,
            checkpoints: Checkpoints(pool: pool, log: log),
            owner: "turns-\(Random.hex(8))",
            log: log
        )
        threads = TurnThreads(shared, limit: configuration.maximumTurns)
    }

    /// Runs until `drain` was called and the running turns have ended, or their grace is over.
    package func run() {
        CounterPage.process.phase = .serving
        let listener = Listener(
            url: configuration.databaseURL,
            name: "swiftlet turns listener",
            channels: [TurnStore.queued, TurnStore.stop, TurnStore.resync, TurnStore.joined, "swiftlet_settings"]
        )
        waker.withLock { $0 = listener.waker }
        startChores()
        while !isDraining.load(ordering: .acquiring) {
            configuration.sign()
            do {
                let notifications = try listener.wait(timeoutMilliseconds: 1000)
                for notification in notifications { heed(notification) }
                try claim()
            } catch {
                shared.log.warning("the queue can not be read", metadata: ["error": "\(error)"])
                Clock.sleep(milliseconds: 500)
            }
        }
        let ended = threads.waitUntilIdle(seconds: configuration.grace)
        shared.checkpoints.write()
        if !ended {
            shared.log.warning(
                "answers in progress are left to the next process",
                metadata: ["turns": "\(threads.running)"]
            )
        }
    }

    /// Takes no more turns. Any thread may call it.
    package func drain() {
        isDraining.store(true, ordering: .releasing)
        CounterPage.process.phase = .draining
        waker.withLock { $0?.wake() }
    }

    private func heed(_ notification: Listener.Notification) {
        switch notification.channel {
        case TurnStore.stop: threads.control(ofTurn: notification.payload)?.stop()
        case TurnStore.resync:
            shared.publisher.expectStreamd()
            for control in threads.controls(ofAccount: notification.payload) { control.resync() }
        case TurnStore.joined:
            let parts = notification.payload.split(separator: " ").map(String.init)
            guard parts.count == 2 else { return }
            for event in shared.unheard.events(of: parts[0]) {
                shared.publisher.emit(TurnEvents.name, to: [parts[1]], payload: event)
            }
        case "swiftlet_settings": refreshProviders(.missing)
        default: break
        }
    }

    private func claim() throws {
        // As many as there are threads for; more are taken as soon as one ends, which wakes this loop.
        let free = threads.free
        guard free > 0 else { return }
        let turns = try shared.pool.use { try TurnStore.claim(limit: free, owner: shared.owner, $0) }
        // One that runs here already had its claim undone by a crash of the database.
        for turn in turns where threads.control(ofTurn: turn.id) == nil {
            threads.run(turn) { [weak self] in self?.waker.withLock { $0?.wake() } }
        }
    }

    /// What is to be done regularly, whatever the queue does.
    private func startChores() {
        NativeThread.start("checkpoints") { [self] in
            while !isDraining.load(ordering: .relaxed) || threads.running > 0 {
                Clock.sleep(milliseconds: Int(Checkpoints.interval * 1000))
                shared.checkpoints.write()
            }
        }
        NativeThread.start("leases") { [self] in
            // A process that has just come up leaves others the time to renew theirs: the database may have been away for all.
            var good = 0
            while !isDraining.load(ordering: .relaxed) || threads.running > 0 {
                do {
                    try renewAndTakeOver(mayTakeOver: good > TurnStore.lease / 2)
                    good += 1
                } catch {
                    good = 0
                }
                Clock.sleep(milliseconds: 1000)
            }
        }
        NativeThread.start("providers") { [self] in
            refreshProviders(.stale)
            while !isDraining.load(ordering: .relaxed) {
                Clock.sleep(milliseconds: 15_000)
                refreshProviders(.stale)
            }
        }
    }

    private func renewAndTakeOver(mayTakeOver: Bool) throws {
        let lost = try shared.pool.use { database in
            try TurnStore.renewLease(owner: shared.owner, database)
            return mayTakeOver ? try TurnStore.takeOver(owner: shared.owner, database) : []
        }
        guard !lost.isEmpty else { return }
        let runner = TurnRunner(shared)
        for turn in lost { runner.close(turn) }
    }

    /// Keeps the providers' lists of models fresh, so that no request has to wait for them.
    private func refreshProviders(_ need: ProviderFetch.Need) {
        do {
            try shared.pool.use { database in
                try shared.settings.refresh(toVersion: SettingsStore.version(database), database)
                try ProviderFetch.refresh(need, shared.settings.current, HTTPClient(policy: .administrator), database)
            }
        } catch {
            shared.log.warning("the lists of models could not be refreshed", metadata: ["error": "\(error)"])
        }
    }
}
