import API
import Accounts
import Administration
import ArgumentParser
import Core
import Events
import FastCGIServer
import Glibc
import HTTP
import Metrics
import Postgres

/// A FastCGI pool: a number of processes with a number of threads each, on one socket.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Answers FastCGI requests.")

    @Option(
        help:
            "The name of the pool, as logs and the database show it: web for what waits on nothing but the database, slow for what waits on other machines, password for what hashes passwords."
    )
    var pool = "web"

    @Option(help: "The unix socket to listen on, unless one is inherited.")
    var socket: String?

    @Option(help: "How many processes share the socket. Otherwise the settings say: WEB_PROCESSES, SLOW_PROCESSES.")
    var processes: Int?

    @Option(
        help: ArgumentHelp(
            "How many requests a process answers at the same time. Otherwise WEB_THREADS or the like says.",
            discussion: "Each thread has a database connection."
        )
    )
    var threads: Int?

    @Option(
        help:
            "After so many requests a process is replaced by a fresh one; 0 means never. Otherwise POOL_MAX_REQUESTS says."
    )
    var maximumRequests: Int?

    @Option(help: "Lets other processes have the processor first: 0, or up to 19.")
    var niceness: Int32 = 0

    func validate() throws {
        let counts = [processes ?? 1, threads ?? 1]
        guard counts.allSatisfy({ $0 > 0 }), maximumRequests ?? 0 >= 0 else {
            throw ValidationError("Processes and threads are positive numbers.")
        }
    }

    func run() throws {
        let environment = try WorkerEnvironment()
        guard let listener = try ListeningSocket.inherited() ?? socket.map({ try ListeningSocket.open(path: $0) })
        else {
            throw ValidationError("There is no inherited socket: --socket says where to listen.")
        }
        var configuration = PoolConfiguration(spoolDirectory: try environment.spoolDirectory())
        let settings = environment.settings
        let planned = size(settings)
        configuration.threads = max(1, threads ?? planned.threads)
        configuration.maximumRequests = max(0, maximumRequests ?? settings[Setting.poolMaximumRequests])
        configuration.counters = settings.counters
        configuration.pool = pool
        configuration.announcesEnd = pool == "web"
        configuration.endNotice = .seconds(max(0, settings[Setting.endNotice]))
        let slow = settings[Setting.slowRequest]
        // Never is a century.
        configuration.slowRequest = slow > 0 ? .milliseconds(slow) : .seconds(100 * 365 * 86400)
        let name = "swiftlet \(pool)"
        let status = try Pool.serve(
            listening: listener,
            processes: max(1, processes ?? planned.processes),
            configuration: configuration,
            logger: environment.log,
            makeResponder: { thread in
                if thread == 0 { environment.startReporter() }
                let database = Connection(url: environment.databaseURL, name: name)
                return ApplicationResponder(Application(database: database, shared: environment.shared))
            }
        )
        Glibc.exit(status)
    }

    /// What the settings say of this pool; one that has no settings of its own is of the size of the pool "web".
    private func size(_ settings: Settings) -> (processes: Int, threads: Int) {
        let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        return switch pool {
        case "slow": (settings[Setting.slowProcesses], settings[Setting.slowThreads])
        case "password": (1, settings[Setting.passwordThreads] ?? (cores + 1) / 2)
        default: (settings[Setting.webProcesses] ?? cores, settings[Setting.webThreads])
        }
    }
}

private final class ApplicationResponder: Responder {
    private let application: Application

    init(_ application: Application) {
        self.application = application
    }

    func respond(to request: Request) -> Response {
        application.respond(to: request)
    }

    var effort: RequestEffort { application.effort }
}
