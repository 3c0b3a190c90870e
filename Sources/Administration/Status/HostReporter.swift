package import Core
package import Logging
package import Metrics
package import Postgres

/// Looks after the counters of this host and tells the other hosts of it, from one of its processes: whichever is first, and another one when that ends.
package struct HostReporter: Sendable {
    private static let interval = 2000

    private let directory: CounterDirectory
    private let name: String
    private let log: Logger
    private let connect: @Sendable () -> Connection

    package init(_ settings: Settings, _ log: Logger, connect: @escaping @Sendable () -> Connection) {
        directory = settings.counters
        name = settings.nameOfHost
        self.log = log
        self.connect = connect
    }

    /// Runs as long as the process, on a thread of its own.
    package func start() {
        NativeThread.start("host report") {
            while true {
                if let keeper = directory.becomeKeeper() { withExtendedLifetime(keeper, report) }
                Clock.sleep(milliseconds: Self.interval)
            }
        }
    }

    /// Until the process ends.
    private func report() {
        let database = connect()
        var wasGood = true
        while true {
            do {
                try reportOnce(database)
                wasGood = true
            } catch {
                // Once is enough while the database is away.
                if wasGood { log.warning("the state of this host could not be told", metadata: ["error": "\(error)"]) }
                wasGood = false
            }
            Clock.sleep(milliseconds: Self.interval)
        }
    }

    package func reportOnce(_ database: Connection) throws {
        try directory.fold()
        let host = try directory.read()
        for (pool, queue) in PoolQueues.now(host) {
            CounterPage.process.series(.queue, pool).raise(Column.Queue.peak, to: queue.waiting)
        }
        let report = HostReport(host, name: name, directory: directory.path)
        try HostStatusStore.save(report.json, name: name, directory: directory.path, database)
    }
}

extension Settings {
    package var counters: CounterDirectory {
        CounterDirectory(self[Setting.countersDirectory])
    }

    package var nameOfHost: String {
        let name = self[Setting.hostName]
        return name.isEmpty ? HostFacts.name : name
    }
}
