import Administration
import ArgumentParser
import Core

/// Checks everything that the server stands on.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Checks configuration, database, providers, files, clock, disk and nginx, and says how to mend what is wrong.",
        discussion:
            "Run it as the server's user and with its environment. It ends with 1 when something must be mended."
    )

    @Option(help: "The directory with the numbered migrations.")
    var migrations = "migrations"

    @Option(help: "nginx's main configuration file, to see that the site is part of it.")
    var nginx = "/etc/nginx/nginx.conf"

    @Flag(help: "Prints [{check, state, found, remedy}].")
    var json = false

    func run() throws {
        let findings = Examination(migrations: migrations, nginx: nginx).run()
        if json {
            print(JSONValue.array(findings.map(\.json)).text)
        } else {
            for finding in findings { print(finding) }
        }
        if findings.contains(where: { $0.state == .bad }) { throw ExitCode.failure }
    }
}
