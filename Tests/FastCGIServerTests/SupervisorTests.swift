import Foundation
import HTTP
import Synchronization
import Testing

@testable import Core
@testable import FastCGIServer

/// The children are shell scripts that say when they begin, are ready and get signals.
@Suite(.timeLimit(.minutes(2))) struct SupervisorTests {
    /// A supervisor on a thread of its own, which gets its signals through a pipe.
    private final class Supervised: Sendable {
        let pool: ServingPool
        private let signals: (read: Int32, write: Int32)
        private let ended = Slot<Bool>()

        static let start = "echo start $$ $SWIFTLET_SUPERVISOR >> events; "
        static let serve =
            "trap 'echo hup >> events' HUP; trap 'echo term $$ >> events; exit 0' TERM; echo ready >> events; "
            + "printf r >&3; while :; do sleep 0.02; done"

        init(
            processes: Int,
            script: String,
            manager: ServiceManager = .none,
            _ change: @Sendable (inout Supervisor.Configuration) -> Void = { _ in }
        ) throws {
            pool = try ServingPool()
            var ends: [Int32] = [0, 0]
            #expect(pipe(&ends) == 0)
            signals = (ends[0], ends[1])
            _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
            _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
            _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
            try script.write(toFile: pool.directory + "/child", atomically: true, encoding: .utf8)
            var plan = Supervisor.Configuration(
                processes: processes,
                executable: "/bin/sh",
                arguments: ["-c", "cd \(pool.directory) && . ./child"]
            )
            plan.shortestPause = .milliseconds(20)
            change(&plan)
            let configuration = plan
            let (listener, logger, reading, ended) = (pool.listener, pool.log.logger, ends[0], ended)
            NativeThread.start("test-supervisor") {
                let supervisor = Supervisor(
                    listening: listener,
                    configuration: configuration,
                    logger: logger,
                    manager: manager
                )
                supervisor.run(waitingOn: reading) {
                    var byte: UInt8 = 0
                    return read(reading, &byte, 1) == 1 ? Int32(byte) : nil
                }
                ended.put(true)
            }
        }

        deinit {
            send(SIGTERM)
            _ = ended.wait()
            close(signals.read)
            close(signals.write)
        }

        func send(_ signal: Int32) {
            var byte = UInt8(signal)
            _ = write(signals.write, &byte, 1)
        }

        func end() -> Bool {
            ended.wait() ?? false
        }

        var events: [String] {
            ((try? String(contentsOfFile: pool.directory + "/events", encoding: .utf8)) ?? "")
                .split(separator: "\n").map(String.init)
        }

        func count(_ kind: String) -> Int {
            events.count { $0.hasPrefix(kind) }
        }

        var processes: [pid_t] {
            events.filter { $0.hasPrefix("start") }.compactMap { pid_t($0.split(separator: " ")[1]) }
        }

        /// Waits until something has become true; a minute is forever.
        func eventually(_ condition: () -> Bool) -> Bool {
            for _ in 0..<6000 {
                if condition() { return true }
                usleep(10_000)
            }
            return false
        }
    }

    private static let serving = Supervised.start + Supervised.serve

    @Test func childrenAreStartedSignalledAndCollected() throws {
        let supervised = try Supervised(processes: 2, script: Self.serving)
        #expect(supervised.eventually { supervised.count("ready") == 2 })
        #expect(supervised.events.contains { $0.hasSuffix(" \(getpid())") })
        // SIGHUP only reaches those that said they serve, so it is repeated until both have it.
        #expect(
            supervised.eventually {
                supervised.send(SIGHUP)
                return supervised.count("hup") >= 2
            }
        )
        supervised.send(SIGTERM)
        #expect(supervised.end())
        #expect(supervised.count("term") == 2)
        #expect(supervised.processes.allSatisfy { kill($0, 0) != 0 })
    }

    @Test func aChildThatDiesIsReplaced() throws {
        let supervised = try Supervised(processes: 2, script: Self.serving)
        #expect(supervised.eventually { supervised.count("ready") == 2 })
        let victim = try #require(supervised.processes.first)
        #expect(kill(victim, SIGKILL) == 0)
        #expect(supervised.eventually { supervised.count("ready") == 3 })
        supervised.send(SIGTERM)
        #expect(supervised.end())
        #expect(supervised.count("term") == 2)
        #expect(supervised.pool.log.lines.contains { $0.contains("a process died") && $0.contains("signal 9") })
    }

    @Test func childrenThatDieAtOnceAreNotStartedWithoutPause() throws {
        let supervised = try Supervised(processes: 1, script: Supervised.start + "exit 3") {
            $0.shortestPause = .milliseconds(1)
            $0.longestPause = .seconds(3600)
        }
        #expect(supervised.eventually { supervised.count("start") >= 4 })
        supervised.send(SIGINT)
        // It must not wait for the start that is due in a long time.
        #expect(supervised.end())
        #expect(supervised.pool.log.lines.contains { $0.contains("exit status 3") })
    }

    @Test func theServiceManagerFollowsThePool() throws {
        let directory = NSTemporaryDirectory() + "swiftlet-notify-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let notifications = try NotifySocket(path: directory + "/notify")
        let environment = ["NOTIFY_SOCKET": directory + "/notify", "WATCHDOG_USEC": "40000"]
        let supervised = try Supervised(
            processes: 2,
            script: Self.serving,
            manager: ServiceManager { environment[$0] }
        )
        #expect(supervised.eventually { notifications.states == ["READY"] })
        supervised.send(SIGUSR2)
        #expect(supervised.eventually { notifications.states == ["READY", "RELOADING", "READY"] })
        // The supervisor says that it lives while nothing else happens.
        let signs = notifications.signs
        #expect(supervised.eventually { notifications.signs >= signs + 3 })
        supervised.send(SIGTERM)
        #expect(supervised.end())
        #expect(notifications.states == ["READY", "RELOADING", "READY", "STOPPING"])
    }

    @Test func rollingRestart() throws {
        let supervised = try Supervised(processes: 2, script: Self.serving)
        #expect(supervised.eventually { supervised.count("ready") == 2 })
        let old = supervised.processes
        supervised.send(SIGUSR2)
        #expect(supervised.eventually { supervised.count("term") == 2 })
        #expect(supervised.eventually { supervised.pool.log.lines.contains("info rolling restart done") })
        let new = supervised.processes.filter { !old.contains($0) }
        #expect(new.count == 2)
        #expect(new.allSatisfy { kill($0, 0) == 0 })
        // One after the other, and each new one was ready before an old one was told to go.
        let kinds = supervised.events.map { $0.prefix(5) }.filter { $0 != "start" }
        #expect(
            kinds == ["ready", "ready", "ready", "term ", "ready", "term "]
                || kinds == ["ready", "ready", "ready", "ready", "term ", "term "]
        )
    }

    @Test func aRollingRestartThatFailsKeepsTheOldOnes() throws {
        let supervised = try Supervised(processes: 2, script: Self.serving)
        #expect(supervised.eventually { supervised.count("ready") == 2 })
        let old = supervised.processes
        try "exit 4".write(toFile: supervised.pool.directory + "/child", atomically: true, encoding: .utf8)
        supervised.send(SIGUSR2)
        #expect(
            supervised.eventually { supervised.pool.log.lines.contains { $0.contains("rolling restart given up") } }
        )
        #expect(old.allSatisfy { kill($0, 0) == 0 })
        #expect(supervised.count("term") == 0)
        supervised.send(SIGTERM)
        #expect(supervised.end())
    }

    @Test func aCandidateThatDoesNotServeIsGivenUp() throws {
        let supervised = try Supervised(processes: 1, script: Self.serving) { $0.startDeadline = .milliseconds(200) }
        #expect(supervised.eventually { supervised.count("ready") == 1 })
        try "exec sleep 600".write(toFile: supervised.pool.directory + "/child", atomically: true, encoding: .utf8)
        supervised.send(SIGUSR2)
        #expect(supervised.eventually { supervised.pool.log.lines.contains { $0.contains("does not serve") } })
        #expect(supervised.count("term") == 0)
        #expect(kill(try #require(supervised.processes.first), 0) == 0)
        supervised.send(SIGTERM)
        #expect(supervised.end())
    }

    @Test func aChildThatDoesNotDrainIsKilled() throws {
        let script = Supervised.start + "trap '' TERM; echo ready >> events; printf r >&3; while :; do sleep 0.02; done"
        let supervised = try Supervised(processes: 1, script: script) { $0.drainDeadline = .milliseconds(100) }
        #expect(supervised.eventually { supervised.count("ready") == 1 })
        supervised.send(SIGTERM)
        #expect(supervised.end())
        #expect(supervised.processes.allSatisfy { kill($0, 0) != 0 })
        #expect(supervised.pool.log.lines.contains { $0.contains("is killed") })
    }

    @Test func aProgramThatIsNotThere() throws {
        let supervised = try Supervised(processes: 1, script: "") { $0.executable = "/nonexistent/program" }
        #expect(supervised.eventually { supervised.pool.log.lines.count >= 2 })
        #expect(supervised.pool.log.lines.allSatisfy { $0.contains("can not be started") })
        supervised.send(SIGTERM)
        #expect(supervised.end())
    }

    @Test func childrenGetTheSocketAsStandardInput() throws {
        let supervised = try Supervised(
            processes: 1,
            script: "readlink /proc/self/fd/0 >> events; " + Self.serving
        )
        #expect(supervised.eventually { supervised.count("ready") == 1 })
        #expect(supervised.events.first?.hasPrefix("socket:[") == true)
    }
}
