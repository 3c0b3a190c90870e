import ArgumentParser
import Core

@main
struct Worker: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swiftlet-worker",
        abstract: "Answers requests, makes the answers of models, and works in the background.",
        version: Build.version,
        subcommands: [Serve.self, Turns.self, JobsCommand.self]
    )
}
