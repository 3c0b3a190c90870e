import Accounts
import ArgumentParser
import Core

/// Where people are signed in.
struct Sessions: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sessions: where accounts are signed in.",
        subcommands: [List.self, Revoke.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the sessions of an account.")

        @Argument(help: "E-mail address or id.")
        var account: String

        @Flag(help: "Prints JSON; times are seconds since 1970.")
        var json = false

        func run() throws {
            let site = try Site("sessions list")
            var table = Table(["id", "created", "last_used", "expires", "address", "user_agent"])
            for session in try SessionStore.all(of: site.account(account).id, site.database) {
                table.add([
                    .string(session.id), session.createdAt.shown(asJSON: json),
                    session.lastUsedAt?.shown(asJSON: json) ?? .null, session.expiresAt?.shown(asJSON: json) ?? .null,
                    .string(session.address), .string(session.userAgent),
                ])
            }
            table.show(asJSON: json)
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends sessions at once, with their open connections."
        )

        @Argument(help: "The id of one session.")
        var session: String?

        @Option(help: "All sessions of this account, by e-mail address or id.")
        var user: String?

        func validate() throws {
            guard (session == nil) != (user == nil) else {
                throw ValidationError("Name either a session or, with --user, an account.")
            }
        }

        func run() throws {
            let site = try Site("sessions revoke")
            if let user {
                let account = try site.account(user)
                try site.change {
                    try SessionStore.endAll(of: account.id, except: nil, $0)
                    try SessionStore.noteEnd(of: account.id, $0.database)
                }
                print("All sessions of \(account.email) are ended.")
            } else if let session {
                let owner = try site.change {
                    let owner = try SessionStore.end(session, of: nil, $0)
                    if let owner { try SessionStore.noteEnd(all: false, of: owner, $0.database) }
                    return owner
                }
                if owner == nil { throw Failure("There is no session “\(session)”.") }
                print("The session is ended.")
            }
        }
    }
}
