package import Metrics
package import Postgres

/// How many processes, threads and connections suit a machine and what it has done so far. Every number comes with its arithmetic, which
/// docs/tuning.md explains.
package struct Tuning: CustomStringConvertible {
    struct Proposal {
        let name: String
        let value: Int
        let reason: String
    }

    /// Requests below which the load says nothing.
    static let enough = 1000
    /// Megabytes of a worker and of each of its threads beyond the first, of an answer in the making, and of a connection inside Postgres.
    static let workerSize = 40
    static let threadSize = 4
    static let answerSize = 1
    static let connectionSize = 10

    let machine: HostFacts
    let seen: HostCounters
    let connectionLimit: Int?
    let hosts: Int

    /// What was seen are the counters of this host, empty ones when it has not run yet. The limit is that of Postgres without the connections kept for
    /// its superuser, nil when it can not be asked. The hosts share the database and are alike.
    package init(machine: HostFacts, seen: HostCounters, connectionLimit: Int?, hosts: Int) {
        self.machine = machine
        self.seen = seen
        self.connectionLimit = connectionLimit
        self.hosts = hosts
    }

    package static func connectionLimit(_ database: Connection) throws -> Int {
        try database.query(
            "select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
        )[0].int(0)
    }

    var proposals: [Proposal] {
        [webProcesses, webThreads, slowThreads, turnThreads, jobThreads]
    }

    // MARK: - The pools

    var webProcesses: Proposal {
        Proposal(
            name: "WEB_PROCESSES",
            value: machine.cores,
            reason: "one for each of the \(machine.cores) processors, so that each can be at work"
        )
    }

    /// A thread that waits for Postgres leaves its processor to others: 1 + waiting ÷ computing threads keep it busy.
    var webThreads: Proposal {
        let requests = seen.all(.requests).filter { $0.key.pool == "web" }
        let count = requests.reduce(0) { $0 + $1.count }
        guard count >= Self.enough else {
            return Proposal(
                name: "WEB_THREADS",
                value: 4,
                reason: "the usual number; \(count) requests say nothing yet"
            )
        }
        let total = requests.reduce(0) { $0 + $1.seconds }
        let waiting = min(
            seen.all(.statements).filter { $0.key.pool == "web" }.reduce(0) { $0 + $1.seconds },
            total * 0.95
        )
        let computing = max(total - waiting, 0.000_001)
        let wanted = Int((1 + waiting / computing).rounded(.up)) + 1
        let value = min(max(wanted, 2), 16)
        return Proposal(
            name: "WEB_THREADS",
            value: value,
            reason:
                "a request waits \(Self.milliseconds(waiting, count)) for Postgres and computes \(Self.milliseconds(computing, count)):"
                + " 1 + \(Self.short(waiting / computing)), rounded up, and one in reserve; between 2 and 16"
        )
    }

    /// The slow pool waits on other machines, so what counts is how many did so at once.
    var slowThreads: Proposal {
        let peak = seen.all(.pool).first { $0.key.pool == "slow" }?[Column.Pool.peak] ?? 0
        return Proposal(
            name: "SLOW_THREADS",
            value: min(max(16, peak * 2), 128),
            reason: "twice the \(peak) that were ever at work at once; between 16 and 128"
        )
    }

    /// An answer in the making is a thread that waits: memory is the limit.
    var turnThreads: Proposal {
        let peak = seen.all(.pool).first { $0.key.pool == "turns" }?[Column.Pool.peak] ?? 0
        let share = (machine.memory / 4) >> 20
        let room = max(32, share / Self.answerSize)
        return Proposal(
            name: "TURN_THREADS",
            value: min(max(256, peak * 2), room, 4096),
            reason:
                "twice the \(peak) answers that were ever made at once, at least 256; but no more than fit into a quarter of the memory, "
                + "\(share) MB at \(Self.answerSize) MB each"
        )
    }

    var jobThreads: Proposal {
        Proposal(name: "JOB_THREADS", value: max(8, machine.cores * 2), reason: "two for each processor, at least 8")
    }

    // MARK: - What it takes

    /// The connections of one host: by what holds them, with their number.
    var connections: [(holder: String, count: Int)] {
        [
            (
                "pool web: \(webProcesses.value) processes × \(webThreads.value) threads",
                webProcesses.value * webThreads.value
            ),
            ("pool slow: \(slowThreads.value) threads", slowThreads.value),
            ("pool password: \(machine.cores) threads, one for each processor", machine.cores),
            ("turns: 8 shared by all answers, 8 by those in channels, 2 that listen", 18),
            ("jobs: \(min(8, jobThreads.value)) shared by all threads, 1 that listens", min(8, jobThreads.value) + 1),
            ("the relay between hosts: 1 that asks, 1 that listens", 2),
            ("the report on the host", 1),
            ("a rolling restart: one more process of pool web", webThreads.value),
            ("commands of an administrator", 3),
        ]
    }

    var connectionsOfHost: Int { connections.reduce(0) { $0 + $1.count } }

    /// Megabytes of everything on one host but Postgres.
    var memory: Int {
        let threads = slowThreads.value + machine.cores + jobThreads.value
        // Slow, password, turns and jobs have a process each.
        return webProcesses.value * (Self.workerSize + webThreads.value * Self.threadSize) + 4 * Self.workerSize
            + threads * Self.threadSize + turnThreads.value * Self.answerSize
    }

    package var environment: String {
        proposals.map { "\($0.name)=\($0.value)" }.joined(separator: "\n")
    }

    package var description: String {
        let needed = connectionsOfHost * hosts
        var lines = ["Processes and threads of this host"]
        lines += proposals.map { "  \($0.name)=\($0.value)\n      \($0.reason)" }
        lines += ["", "Connections to Postgres"]
        lines += connections.map { "  \(Self.right($0.count))  \($0.holder)" }
        lines.append(
            "  \(Self.right(connectionsOfHost))  together\(hosts > 1 ? ", on each host; \(needed) on \(hosts)" : "")"
        )
        switch connectionLimit {
        case nil: lines.append("  The database does not answer, so its limit is not known.")
        case let limit? where limit < needed:
            lines.append(
                "  Postgres takes \(limit): set max_connections = \(needed + 3) or more (3 are its superuser's); each costs it about "
                    + "\(Self.connectionSize) MB, \(needed * Self.connectionSize) MB in all."
            )
        case let limit?: lines.append("  Postgres takes \(limit), which is enough.")
        }
        lines += ["", "Memory without Postgres"]
        lines.append(
            "  about \(memory) MB when all threads are in use, of \(machine.memory >> 20) MB: \(Self.workerSize) MB for each process, "
                + "\(Self.threadSize) MB for each thread, \(Self.answerSize) MB for each answer in the making"
        )
        if memory > machine.memory >> 20 { lines.append("  That is more than there is: lower TURN_THREADS.") }
        return (lines + [""] + observations).joined(separator: "\n")
    }

    /// What speaks for more, or for less, than there is.
    private var observations: [String] {
        var lines: [String] = []
        for pool in seen.all(.pool) where ["web", "slow"].contains(pool.key.pool) {
            let queue =
                seen.all(.queue).filter { $0.key.label == pool.key.pool }.map { $0[Column.Queue.peak] }.max() ?? 0
            lines.append(
                "Pool \(pool.key.pool): \(pool[Column.Pool.served]) requests, all threads of a process busy "
                    + "\(pool[Column.Pool.saturated]) times, longest queue \(queue), \(pool[Column.Pool.slow]) slow."
            )
        }
        if lines.isEmpty { return ["No load has been seen: run it again when the server has been used for a day."] }
        if machine.load > Double(machine.cores) {
            lines.append(
                "More wants to run (\(machine.load)) than there are processors (\(machine.cores)): more threads will not help."
            )
        }
        return lines
    }

    private static func milliseconds(_ seconds: Double, _ count: Int) -> String {
        "\(short(seconds * 1000 / Double(count))) ms"
    }

    private static func short(_ value: Double) -> String {
        "\((value * 100).rounded() / 100)"
    }

    private static func right(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: " ", count: max(0, 4 - text.count)) + text
    }
}
