import ArgumentParser
import Core
import FastCGIServer
import Glibc
import Inference
import Jobs
import Synchronization

/// The process that asks models and streams their answers.
struct Turns: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Makes the answers that are queued.")

    @Option(
        help: ArgumentHelp(
            "How many answers are made at the same time. Otherwise TURN_THREADS says.",
            discussion: "Each takes a thread, which is started when it is needed."
        )
    )
    var threads: Int?

    func run() throws {
        let environment = try WorkerEnvironment()
        let signals = try SignalSource()
        let manager = ServiceManager.process
        let threads = threads ?? environment.settings[Setting.turnThreads]
        // Answers in channels come on top.
        environment.showCounters(pool: "turns", threads: threads, lines: threads + 256)
        var configuration = TurnsProcess.Configuration(databaseURL: environment.databaseURL, maximumTurns: threads)
        configuration.sign = manager.alive
        let turns = TurnsProcess(
            configuration,
            settings: environment.shared.settings,
            publisher: environment.shared.publisher,
            log: environment.log
        )
        let channels = channels(environment, threads: threads)
        FileLimit.raise()
        NativeThread.start("signals") {
            signals.wait()
            manager.stopping()
            turns.drain()
            channels.drain()
        }
        let end = Ending()
        NativeThread.start("channels") {
            channels.run()
            end.reach()
        }
        manager.ready()
        turns.run()
        end.wait()
        Glibc.exit(0)
    }

    /// Models' answers in channels are jobs, but wait for the same providers as all answers.
    private func channels(_ environment: WorkerEnvironment, threads: Int) -> JobsProcess {
        let answers = ChannelAnswers(
            settings: environment.shared.settings,
            publisher: environment.shared.publisher,
            log: environment.log
        )
        var configuration = JobsProcess.Configuration(databaseURL: environment.databaseURL, threads: threads)
        configuration.name = "swiftlet channels"
        return JobsProcess(configuration, kinds: [answers.kind], log: environment.log)
    }
}

/// Lets one thread wait for the end of another.
private final class Ending: Sendable {
    private let isReached = Mutex(false)
    private let condition = Condition()

    func reach() {
        isReached.withLock { $0 = true }
        condition.signal()
    }

    func wait() {
        condition.wait { isReached.withLock { $0 } }
    }
}
