import API
import Accounts
import Administration
import ArgumentParser
import Core
import Events
import Glibc
import HTTP
import Logging
import Outbound
import Postgres

/// The installation that a command works on, as the environment describes it.
struct Site {
    let settings: Settings
    let database: Connection
    private let command: String
    private let shared: Context.Shared

    /// The command's words stand in the audit trail.
    init(_ command: String) throws {
        let base = try Settings(source: Installation.source())
        self.command = "swiftlet \(command)"
        database = Connection(url: base[Setting.databaseURL], name: self.command, patience: .seconds(5))
        let live = LiveSettings(base: base)
        try live.reload(database)
        settings = live.current
        let publisher = Publisher(socketPath: base[Setting.eventsSocket])
        shared = Context.Shared(
            settings: live,
            publisher: publisher,
            log: Logger.json("swiftlet", level: .warning),
            accountHooks: Consequences.hooks(live, publisher)
        )
    }

    /// Makes a change under the name of the person at the terminal.
    func change<R>(_ body: (Context) throws -> R) throws -> R {
        let context = Context(
            request: Request(method: nil, path: ""),
            parameters: [:],
            database: database,
            http: HTTPClient(policy: .administrator),
            shared: shared
        )
        return try telling {
            try AuditActor.attribute(id: nil, name: Self.person, address: "", via: command, database) {
                try database.transaction { try body(context) }
            }
        }
    }

    /// Puts what goes wrong into words for a terminal.
    func telling<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as APIError {
            throw Failure(error.detail.string ?? error.detail.text)
        }
    }

    func account(_ name: String) throws -> Account {
        guard let account = try AccountStore.find(email: name, database) ?? AccountStore.find(name, database) else {
            throw Failure("There is no account “\(name)”.")
        }
        return account
    }

    /// Who called: by `sudo` if it was used.
    private static var person: String {
        if let name = getenv("SUDO_USER").map({ String(cString: $0) }), !name.isEmpty { return name }
        guard let entry = getpwuid(getuid()) else { return "uid \(getuid())" }
        return String(cString: entry.pointee.pw_name)
    }
}

/// A command that could not do its work; it ends with 1.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
