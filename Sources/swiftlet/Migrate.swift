import ArgumentParser
import Core
import Postgres

/// Brings the database's schema up to date.
struct Migrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Applies the migrations that are not applied yet.",
        discussion:
            "The address of the database comes from DATABASE_URL. Several at once are safe: one works, the others wait."
    )

    @Option(help: "The directory with the numbered migrations.")
    var migrations = Installation.migrations

    @Flag(help: "Only names what would be applied.")
    var dryRun = false

    func run() throws {
        let settings = try Settings(source: Installation.source())
        let connection = Connection(
            url: settings[Setting.databaseURL],
            name: "swiftlet migrate",
            patience: .seconds(30)
        )
        let migrator = Migrator(connection: connection, directory: migrations)
        let names = try dryRun ? migrator.pending() : migrator.migrate()
        print(
            names.isEmpty
                ? "The schema is up to date."
                : names.map { "\(dryRun ? "pending" : "applied"): \($0)" }.joined(separator: "\n")
        )
    }
}
