import Accounts
import ArgumentParser
import Core
import FastCGIServer
import Glibc
import Hosts
import Jobs
import Outbound

/// The process for work in the background.
struct JobsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "Does the work that is queued for the background."
    )

    @Option(help: "How many jobs run at the same time; each takes a thread. Otherwise JOB_THREADS says.")
    var threads: Int?

    func run() throws {
        let environment = try WorkerEnvironment()
        let signals = try SignalSource()
        let manager = ServiceManager.process
        let threads = threads ?? environment.settings[Setting.jobThreads]
        environment.showCounters(pool: "jobs", threads: threads)
        var configuration = JobsProcess.Configuration(databaseURL: environment.databaseURL, threads: threads)
        configuration.sign = manager.alive
        let jobs = JobsProcess(
            configuration,
            kinds: [WebhookDelivery.kind(usersPolicy: environment.usersPolicy)],
            log: environment.log
        )
        let hosts = HostRelay(
            HostRelay.Configuration(
                databaseURL: environment.databaseURL,
                eventsSocket: environment.shared.settings.current[Setting.eventsSocket]
            ),
            log: environment.log
        )
        NativeThread.start("signals") {
            signals.wait()
            manager.stopping()
            hosts.stop()
            jobs.drain()
        }
        NativeThread.start("hosts") { hosts.run() }
        manager.ready()
        jobs.run()
        Glibc.exit(0)
    }
}

extension WorkerEnvironment {
    /// Where an address may lead that a user chose. Administrators can open their own network to users, and that is looked up anew.
    var usersPolicy: @Sendable (JobTools) throws -> EgressPolicy {
        { [shared] tools in
            try tools.withDatabase { try shared.settings.refresh(toVersion: SettingsStore.version($0), $0) }
            return .guarded(allowPrivate: shared.settings.current[Setting.enableRAGLocalWebFetch])
        }
    }
}
