import Administration
import ArgumentParser
import Core

/// The trail of administrative changes.
struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The audit trail: who changed which account, right or setting.",
        subcommands: [List.self, Verify.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows the newest entries.")

        @Option(help: "How many.")
        var last = 20

        @Option(help: "Only what this account did, by id.")
        var actor: String?

        @Option(help: "Only what was done to this account, group or setting, by id or name.")
        var subject: String?

        @Option(help: "Only such actions: setting.save, or all of account.")
        var action: String?

        @Flag(help: "Prints JSON, as the API gives it.")
        var json = false

        func validate() throws {
            guard (1...10_000).contains(last) else { throw ValidationError("--last is between 1 and 10000.") }
        }

        func run() throws {
            let filter = AuditStore.Filter(actor: actor, subject: subject, action: action)
            let entries = try AuditStore.list(filter, before: nil, limit: last, Site("audit list").database)
            if json {
                var writer = JSONWriter()
                writer.array(of: entries) { json, entry in entry.write(&json) }
                return print(String(decoding: writer.bytes, as: UTF8.self))
            }
            var table = Table(["id", "time", "actor", "address", "via", "action", "subject", "old", "new"])
            for entry in entries.reversed() {
                table.add([
                    JSONValue(entry.id), entry.createdAt.shown(asJSON: false), .string(entry.actor),
                    .string(entry.address),
                    .string(entry.via), .string(entry.action), .string(entry.subject), JSONValue(entry.old),
                    JSONValue(entry.new),
                ])
            }
            table.show(asJSON: false)
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks that no entry was changed, removed or slipped in.",
            discussion: """
                Prints a mark, NUMBER:HASH. Keep it where this server can not reach: whoever owns the database can write the whole trail \
                anew, and only a mark that is no longer on it shows that.
                """
        )

        @Option(help: "A mark of an earlier check, which must be on the trail.")
        var contains: String?

        func run() throws {
            let mark = try contains.map { text in
                guard let mark = AuditChain.Mark(text) else {
                    throw ValidationError("A mark is a number, a colon and 64 hexadecimal digits.")
                }
                return mark
            }
            switch try AuditChain.verify(contains: mark, Site("audit verify").database) {
            case .whole(let end): print("The audit trail is whole: \(end)")
            case .broken(let problem): throw Failure(problem)
            }
        }
    }
}
