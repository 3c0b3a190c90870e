import ArgumentParser
import Core

@main
struct Swiftlet: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The administrator's command.", version: Build.version, subcommands: [Migrate.self])
}
