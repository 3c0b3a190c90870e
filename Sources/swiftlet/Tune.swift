import Administration
import ArgumentParser
import Core
import Metrics
import Postgres

/// Proposes how many processes and threads there should be.
struct Tune: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Proposes processes, threads and Postgres connections for this machine and the load it has seen.",
        discussion: "It changes nothing. The arithmetic is in its output, and explained in docs/tuning.md."
    )

    @Option(help: "How many hosts share the database.")
    var hosts = 1

    @Flag(help: "Prints the proposal as lines of an environment file.")
    var environment = false

    func validate() throws {
        if hosts < 1 { throw ValidationError("--hosts is at least 1.") }
    }

    func run() throws {
        let settings = try Settings(source: .process())
        // A server that was never started has no counters yet; then the machine alone is looked at.
        let seen = (try? settings.counters.read()) ?? HostCounters()
        let database = Connection(
            url: settings[Setting.databaseURL],
            name: "swiftlet tune",
            options: "-c statement_timeout=5s",
            patience: .zero
        )
        let limit = try? Tuning.connectionLimit(database)
        let tuning = Tuning(machine: HostFacts(), seen: seen, connectionLimit: limit, hosts: hosts)
        print(environment ? tuning.environment : tuning.description)
    }
}
