import API
import Accounts
import Administration
import Core
import Events
import Glibc
import Logging
import Metrics
import Postgres

/// What the processes of the worker have in common, read from the environment at start.
struct WorkerEnvironment: Sendable {
    let databaseURL: String
    /// What the environment says; administrators' changes are in `shared`.
    let settings: Settings
    let shared: Context.Shared
    let log: Logger
    private let dataDirectory: String

    /// - Throws: one error that names everything that is missing or wrong.
    init() throws {
        ProcessTuning.returnLargeBlocks()
        let base = try Settings(source: .process())
        if base[Setting.webUIAuth], base[Setting.webUISecretKey].isEmpty {
            throw MissingSecret()
        }
        log = Logger.json("worker", level: base.logLevel)
        databaseURL = base[Setting.databaseURL]
        settings = base
        dataDirectory = base[Setting.dataDirectory]
        let live = LiveSettings(base: base)
        let publisher = Publisher(socketPath: base[Setting.eventsSocket])
        shared = Context.Shared(
            settings: live,
            publisher: publisher,
            log: log,
            accountHooks: Consequences.hooks(live, publisher)
        )
    }

    /// Without the key anybody could sign tokens.
    struct MissingSecret: Error, CustomStringConvertible {
        let description =
            "WEBUI_SECRET_KEY is not set: it signs the tokens, and must be long, random and the same in all processes."
    }

    /// Shows what this process does to the others of its host, and takes part in telling other hosts.
    /// Besides the threads that do its work at the same time it may have others that are seen: `lines` is the number of all.
    func showCounters(pool: String, threads: Int, lines: Int? = nil) {
        do {
            try CounterPage.share(in: settings.counters.path, pool: pool, threads: lines ?? threads)
            CounterPage.process.setLimit(threads)
        } catch {
            log.warning("the counters of this process are not shown", metadata: ["error": "\(error)"])
        }
        startReporter()
    }

    func startReporter() {
        let url = databaseURL
        HostReporter(settings, log) { Connection(url: url, name: "swiftlet host report") }.start()
    }

    /// Where request bodies go that are too long for memory.
    func spoolDirectory() throws -> String {
        let path = "\(dataDirectory)/spool"
        mkdir(dataDirectory, 0o750)
        mkdir(path, 0o700)
        return path
    }
}
