import ArgumentParser
import Core

@main
struct Worker: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swiftlet-worker", abstract: "Answers requests, and makes the answers of models.", version: Build.version,
        subcommands: [Serve.self, Turns.self])
}
