import Accounts
import ArgumentParser
import Core

/// The accounts.
struct User: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Accounts: who they are and what they may do.",
        discussion:
            "An account is named by its e-mail address or its id. Passwords are typed, or piped in as one line.",
        subcommands: [Add.self, List.self, ResetPassword.self, SetRole.self, Delete.self]
    )

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Makes an account.")

        @Argument(help: "The e-mail address.")
        var email: String

        @Option(help: "The name that others see; without it the address.")
        var name: String?

        @Option(help: "pending, user or admin.")
        var role = Role.user

        @Flag(help: "Without a password: the account signs in by a directory or a provider.")
        var noPassword = false

        @Flag(help: "Prints {id, email, name, role} as JSON.")
        var json = false

        func run() throws {
            let site = try Site("user add")
            let password = noPassword ? nil : try NewPassword.read()
            let account = try site.change { context in
                try AccountStore.create(email: email, name: name ?? email, role: role, password: password, context)
            }
            if json {
                print(
                    JSONValue.object([
                        "id": .string(account.id), "email": .string(account.email), "name": .string(account.name),
                        "role": .string(account.role.rawValue),
                    ]).text
                )
            } else {
                print("\(account.email) is \(account.role.rawValue), with the id \(account.id).")
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists accounts, the oldest first.")

        @Argument(help: "Only accounts with this part in their name or address.")
        var part = ""

        @Option(help: "Only accounts of this role.")
        var role: Role?

        @Flag(help: "Prints JSON; times are seconds since 1970.")
        var json = false

        func run() throws {
            let site = try Site("user list")
            var table = Table(["email", "name", "role", "created", "last_active", "id"])
            for account in try AccountStore.summaries(matching: part, role: role, site.database) {
                table.add([
                    .string(account.email), .string(account.name), .string(account.role.rawValue),
                    account.createdAt.shown(asJSON: json), account.lastActiveAt.shown(asJSON: json),
                    .string(account.id),
                ])
            }
            table.show(asJSON: json)
        }
    }

    struct ResetPassword: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives an account a new password, and ends all its sessions."
        )

        @Argument(help: "E-mail address or id.")
        var account: String

        func run() throws {
            let site = try Site("user reset-password")
            let found = try site.account(account)
            let password = try NewPassword.read()
            try site.change { try AccountStore.resetPassword(of: found, to: password, $0) }
            print("\(found.email) has a new password. All sessions are ended.")
        }
    }

    struct SetRole: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Changes what an account is.")

        @Argument(help: "E-mail address or id.")
        var account: String

        @Argument(help: "pending, user or admin.")
        var role: Role

        func run() throws {
            let site = try Site("user set-role")
            let found = try site.account(account)
            try site.change { try AccountStore.setRole(role, of: found, $0) }
            print("\(found.email) is \(role.rawValue).")
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Deletes an account with all that is its own.")

        @Argument(help: "E-mail address or id.")
        var account: String

        @Flag(help: "Does not ask.")
        var yes = false

        func run() throws {
            let site = try Site("user delete")
            let found = try site.account(account)
            if !yes {
                print("Delete \(found.email) with all chats? Type the address: ", terminator: "")
                guard readLine() == found.email else { throw Failure("Nothing was deleted.") }
            }
            try site.change { try AccountStore.remove(found, $0) }
            print("\(found.email) is deleted.")
        }
    }
}

extension Role: ExpressibleByArgument {}

extension Int {
    /// Seconds since 1970: for people a date.
    func shown(asJSON: Bool) -> JSONValue {
        asJSON ? JSONValue(self) : .string(String(CalendarText.iso(milliseconds: self * 1000).prefix(19)) + "Z")
    }
}
