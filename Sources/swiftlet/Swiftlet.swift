import ArgumentParser
import Core

@main
struct Swiftlet: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The administrator's command.",
        discussion: "It ends with 0 when all went well, 1 when it did not, and 64 when it was called wrongly.",
        version: Build.version,
        subcommands: [
            Migrate.self, User.self, Sessions.self, SettingsCommand.self, Audit.self, Status.self, Doctor.self,
            Tune.self, Drain.self,
        ]
    )
}
