package import Core
import Glibc
package import Logging

/// Keeps the processes of a pool alive. It serves nothing itself: it hands its listening socket to child processes, starts another
/// when one ends, and replaces them one by one without refusing a request.
///
/// - SIGTERM, SIGINT: all drain; the supervisor ends after the last.
/// - SIGHUP: passed on, so that each reloads its settings.
/// - SIGUSR2: rolling restart, with the executable that now lies at the path. A new process must serve before an old one drains;
///   if it does not get that far, the old ones stay.
package final class Supervisor {
    package struct Configuration: Sendable {
        package var processes: Int
        package var executable: String
        package var arguments: [String]
        /// A process that ends sooner than this is started again only after a pause, which doubles each time up to the longest.
        package var shortLife: Duration = .seconds(5)
        package var shortestPause: Duration = .milliseconds(200)
        package var longestPause: Duration = .seconds(10)
        /// How long a new process may take until it serves, in a rolling restart.
        package var startDeadline: Duration = .seconds(60)
        /// A process that has not drained by then is killed.
        package var drainDeadline: Duration = .seconds(35)
        /// How long the processes still serve after the first order to end; a second one ends the wait.
        package var notice: Duration = .zero
        /// Called at that order.
        package var onNotice: @Sendable () -> Void = {}

        package init(processes: Int, executable: String, arguments: [String]) {
            self.processes = processes
            self.executable = executable
            self.arguments = arguments
        }
    }

    private struct Child {
        let process: ChildProcess
        let slot: Int
        var isServing = false
        /// False once there is nothing more to learn from `readyDescriptor`.
        var isReporting = true
        /// Set once it was told to drain.
        var killAt: ContinuousClock.Instant?
    }

    /// One of the `processes` places that must be filled.
    private struct Slot {
        var failures = 0
        var startAt: ContinuousClock.Instant? = .now
    }

    /// A rolling restart under way: the slots still to come, and the process that is to take over the first of them.
    private struct Rollout {
        var slots: [Int]
        var candidate: pid_t?
        var deadline: ContinuousClock.Instant
    }

    private let listener: Int32
    private let configuration: Configuration
    private let logger: Logger
    private let manager: ServiceManager
    private var slots: [Slot]
    private var children: [Child] = []
    private var rollout: Rollout?
    private var isStopping = false
    /// Whether the service manager knows that the pool serves.
    private var isReady = false
    private var stopAt: ContinuousClock.Instant?

    package init(
        listening listener: Int32,
        configuration: Configuration,
        logger: Logger = Logger(label: "pool"),
        manager: ServiceManager = .none
    ) {
        self.listener = listener
        self.configuration = configuration
        self.logger = logger
        self.manager = manager
        slots = Array(repeating: Slot(), count: configuration.processes)
    }

    /// Returns when it was told to stop and the last child has ended.
    package func run(signals: SignalSource) {
        run(waitingOn: signals.descriptor) { signals.next() }
    }

    /// - Parameters:
    ///   - descriptor: readable when there is a signal.
    ///   - nextSignal: the next one, or nil.
    func run(waitingOn descriptor: Int32, nextSignal: () -> Int32?) {
        while !(isStopping && children.isEmpty) {
            manager.alive()
            startDue()
            stepRollout()
            reportReady()
            let watched =
                [descriptor] + children.map(\.process.endDescriptor)
                + children.filter(\.isReporting).map(\.process.readyDescriptor)
            let readable = Poll.wait(watched, until: nextDeadline)
            for index in children.indices
            where children[index].isReporting && readable.contains(children[index].process.readyDescriptor) {
                children[index].isReporting = false
                children[index].isServing = children[index].process.takeReport()
            }
            for child in children where readable.contains(child.process.endDescriptor) { collect(child) }
            while let signal = nextSignal() { obey(signal) }
            stopIfDue()
            killOverdue()
        }
    }

    /// The pool serves as soon as one process does, and again when a rolling restart is over, however it went.
    private func reportReady() {
        guard !isReady, !isStopping, rollout == nil, children.contains(where: \.isServing) else { return }
        isReady = true
        manager.ready()
    }

    private func obey(_ signal: Int32) {
        switch signal {
        case SIGTERM, SIGINT:
            if stopAt == nil { configuration.onNotice() }
            stopAt = stopAt == nil ? .now + configuration.notice : .now
            stopIfDue()
        case SIGHUP:
            // One that does not serve yet reads its settings anyway, and may not be prepared for the signal.
            for child in children where child.isServing { child.process.send(SIGHUP) }
        case SIGUSR2 where !isStopping:
            logger.info("rolling restart begins")
            if let candidate = rollout?.candidate { drain { $0.process.id == candidate } }
            rollout = Rollout(slots: Array(slots.indices), candidate: nil, deadline: .now)
            isReady = false
            manager.reloading()
        default: break
        }
    }

    private func stopIfDue() {
        guard !isStopping, let stopAt, stopAt <= .now else { return }
        manager.stopping()
        isStopping = true
        rollout = nil
        drain { _ in true }
    }

    private func drain(_ isMeant: (Child) -> Bool) {
        for index in children.indices where isMeant(children[index]) && children[index].killAt == nil {
            children[index].process.send(SIGTERM)
            children[index].killAt = .now + configuration.drainDeadline
        }
    }

    private func startDue() {
        guard !isStopping else { return }
        for index in slots.indices {
            guard let due = slots[index].startAt, due <= .now else { continue }
            slots[index].startAt = nil
            if !start(in: index) { postpone(index) }
        }
    }

    private func start(in slot: Int) -> Bool {
        do {
            let process = try ChildProcess(
                executable: configuration.executable,
                arguments: configuration.arguments,
                listener: listener
            )
            children.append(Child(process: process, slot: slot))
            logger.debug("a process was started", metadata: ["pid": "\(process.id)", "slot": "\(slot)"])
            return true
        } catch {
            logger.error("a process can not be started", metadata: ["error": "\(error)", "slot": "\(slot)"])
            return false
        }
    }

    private func postpone(_ slot: Int) {
        slots[slot].failures += 1
        let pause = configuration.shortestPause * (1 << min(slots[slot].failures - 1, 16))
        slots[slot].startAt = .now + min(pause, configuration.longestPause)
    }

    private func collect(_ child: Child) {
        guard let end = child.process.collect() else { return }
        children.removeAll { $0.process.id == child.process.id }
        if child.process.id == rollout?.candidate {
            logger.error("rolling restart given up", metadata: ["pid": "\(child.process.id)", "end": "\(end)"])
            rollout = nil
        } else if child.killAt == nil {
            report(child, end)
            if child.process.start.duration(to: .now) < configuration.shortLife {
                postpone(child.slot)
            } else {
                slots[child.slot] = Slot()
            }
        }
    }

    private func report(_ child: Child, _ end: ChildProcess.End) {
        let metadata: Logger.Metadata = ["pid": "\(child.process.id)", "slot": "\(child.slot)", "end": "\(end)"]
        if case .exit(0) = end {
            logger.info("a process ended", metadata: metadata)
        } else {
            logger.error("a process died", metadata: metadata)
        }
    }

    private func stepRollout() {
        guard var current = rollout else { return }
        if let candidate = current.candidate {
            if children.contains(where: { $0.process.id == candidate && $0.isServing }) {
                let slot = current.slots.removeFirst()
                drain { $0.slot == slot && $0.process.id != candidate }
                slots[slot] = Slot(startAt: nil)
                current.candidate = nil
            } else if current.deadline <= .now {
                logger.error(
                    "rolling restart given up: a new process does not serve",
                    metadata: ["pid": "\(candidate)"]
                )
                drain { $0.process.id == candidate }
                rollout = nil
                return
            }
        }
        if current.candidate == nil {
            guard let slot = current.slots.first else {
                logger.info("rolling restart done")
                rollout = nil
                return
            }
            guard start(in: slot) else {
                rollout = nil
                return
            }
            current.candidate = children.last?.process.id
            current.deadline = .now + configuration.startDeadline
        }
        rollout = current
    }

    private func killOverdue() {
        for index in children.indices {
            guard let limit = children[index].killAt, limit <= .now else { continue }
            logger.error("a process did not drain and is killed", metadata: ["pid": "\(children[index].process.id)"])
            children[index].process.send(SIGKILL)
            children[index].killAt = .now + .seconds(1)
        }
    }

    private var nextDeadline: ContinuousClock.Instant? {
        let starts = isStopping ? [] : slots.compactMap(\.startAt)
        let rolloutDeadline = rollout.flatMap { $0.candidate == nil ? nil : $0.deadline }
        let stop = isStopping ? nil : stopAt
        let others = [stop, rolloutDeadline, manager.signInterval.map { ContinuousClock.now + $0 }].compactMap { $0 }
        return (starts + children.compactMap(\.killAt) + others).min()
    }
}
