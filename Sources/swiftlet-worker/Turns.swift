import ArgumentParser
import Core
import FastCGIServer
import Glibc
import Inference

/// The process that asks models and streams their answers.
struct Turns: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Makes the answers that are queued.")

    @Option(help: "How many answers are made at the same time; each takes a thread, which is started when it is needed.")
    var threads = 1024

    func run() throws {
        let environment = try WorkerEnvironment()
        let signals = try SignalSource()
        let turns = TurnsProcess(
            TurnsProcess.Configuration(databaseURL: environment.databaseURL, maximumTurns: threads),
            settings: environment.shared.settings, publisher: environment.shared.publisher, log: environment.log)
        FileLimit.raise()
        NativeThread.start("signals") {
            signals.wait()
            turns.drain()
        }
        turns.run()
        Glibc.exit(0)
    }
}
