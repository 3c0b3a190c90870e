import API
import Accounts
import ArgumentParser
import Core
import Events
import FastCGIServer
import Glibc
import HTTP
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

    @Option(help: "How many processes share the socket.")
    var processes = 1

    @Option(help: "How many requests a process answers at the same time; each thread has a database connection.")
    var threads = 4

    @Option(help: "After so many requests a process is replaced by a fresh one; 0 means never.")
    var maximumRequests = 0

    @Option(help: "Lets other processes have the processor first: 0, or up to 19.")
    var niceness: Int32 = 0

    func run() throws {
        let environment = try WorkerEnvironment()
        if niceness > 0 { ProcessTuning.yield(niceness: niceness) }
        guard let listener = try ListeningSocket.inherited() ?? socket.map({ try ListeningSocket.open(path: $0) })
        else {
            throw ValidationError("There is no inherited socket: --socket says where to listen.")
        }
        var configuration = PoolConfiguration(spoolDirectory: try environment.spoolDirectory())
        configuration.threads = threads
        configuration.maximumRequests = maximumRequests
        let name = "swiftlet \(pool)"
        let status = try Pool.serve(
            listening: listener,
            processes: processes,
            configuration: configuration,
            logger: environment.log,
            makeResponder: { _ in
                let database = Connection(url: environment.databaseURL, name: name)
                return ApplicationResponder(Application(database: database, shared: environment.shared))
            }
        )
        Glibc.exit(status)
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
}
