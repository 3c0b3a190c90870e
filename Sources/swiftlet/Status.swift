import Administration
import ArgumentParser
import Core
import Glibc
import Postgres

/// What the server is doing.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows every thread of every process on every host, the queues, slow requests, and what to tune.",
        discussion:
            "The counters of this host are read where its processes keep them (SWIFTLET_COUNTERS_DIR), those of other hosts from the database."
    )

    @Flag(help: "Prints JSON, as /status.json gives it.")
    var json = false

    @Option(help: ArgumentHelp("Shows it anew every so many seconds, until Ctrl-C.", valueName: "seconds"))
    var watch: Int?

    func validate() throws {
        if let watch, watch < 1 { throw ValidationError("--watch is at least 1.") }
    }

    func run() throws {
        let settings = try Settings(source: .process())
        let database = Connection(
            url: settings[Setting.databaseURL],
            name: "swiftlet status",
            options: "-c statement_timeout=5s",
            patience: .zero
        )
        while true {
            let status = try document(settings, database)
            if watch != nil { print("\u{1B}[2J\u{1B}[H", terminator: "") }
            print(json ? status.text + "\n" : "\(StatusText(status))", terminator: "")
            guard let watch else { return }
            fflush(nil)
            sleep(UInt32(watch))
        }
    }

    /// Without the database there is still this host to be seen.
    private func document(_ settings: Settings, _ database: Connection) throws -> JSONValue {
        do {
            return try StatusDocument(settings, database).json
        } catch let error as PostgresError {
            let words = Array("swiftlet: the database does not answer: \(error)\n".utf8)
            _ = write(STDERR_FILENO, words, words.count)
            return try StatusDocument(settings, nil).json
        }
    }
}
