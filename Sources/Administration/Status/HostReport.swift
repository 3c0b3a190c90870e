package import Core
package import Metrics

/// What one host tells of itself, as JSON: for the status page, and for the other hosts' status pages.
package struct HostReport {
    /// Threads of one process that are listed; their number is told in any case.
    private static let threadsListed = 200
    private static let slowListed = 20

    private let host: HostCounters
    private let name: String
    private let directory: String
    private let facts = HostFacts()

    package init(_ host: HostCounters, name: String, directory: String) {
        self.host = host
        self.name = name
        self.directory = directory
    }

    package var json: JSONValue {
        [
            "name": .string(name), "directory": .string(directory), "at": JSONValue(Clock.nowMilliseconds),
            "version": .string(Build.version), "draining": .bool(host.isDraining), "cores": JSONValue(facts.cores),
            "memory": JSONValue(facts.memory), "available_memory": JSONValue(facts.availableMemory),
            "load": JSONValue(facts.load), "pools": .array(pools), "processes": .array(host.processes.map(process)),
            "slow": .array(slow), "classes": .array(classes), "statements": statements,
            "providers": .array(providers), "models": .array(models), "answers": answers, "events": events,
            "streamd": daemon,
        ]
    }

    // MARK: - Processes

    private var pools: [JSONValue] {
        let queues = PoolQueues.now(host)
        return host.pools.map { pool in
            let processes = host.processes.filter { $0.pool == pool }
            let counts = host.all(.pool).first { $0.key.pool == pool }
            var json: JSONObject = ["name": .string(pool), "processes": JSONValue(processes.count)]
            json["threads"] = JSONValue(processes.reduce(0) { $0 + $1.limit })
            json["busy"] = JSONValue(processes.reduce(0) { $0 + $1.busy })
            json["peak"] = JSONValue(processes.map(\.peak).max() ?? 0)
            json["peak_ever"] = JSONValue(counts?[Column.Pool.peak] ?? 0)
            json["saturated"] = JSONValue(counts?[Column.Pool.saturated] ?? 0)
            json["served"] = JSONValue(counts?[Column.Pool.served] ?? 0)
            json["slow"] = JSONValue(counts?[Column.Pool.slow] ?? 0)
            json["memory"] = JSONValue(processes.reduce(0) { $0 + $1.memory.resident })
            json["queue"] = queue(of: pool, queues.filter { $0.pool == pool }.map(\.queue))
            return .object(json)
        }
    }

    private func queue(of pool: String, _ queues: [ListenQueue]) -> JSONValue {
        guard !queues.isEmpty else { return .null }
        let peak = host.all(.queue).filter { $0.key.label == pool }.map { $0[Column.Queue.peak] }.max() ?? 0
        let waiting = queues.reduce(0) { $0 + $1.waiting }
        return [
            "waiting": JSONValue(waiting), "limit": JSONValue(queues.map(\.limit).max() ?? 0),
            "peak": JSONValue(max(peak, waiting)),
        ]
    }

    private func process(_ process: ProcessState) -> JSONValue {
        [
            "pool": .string(process.pool), "pid": JSONValue(process.process), "phase": .string("\(process.phase)"),
            "version": .string(process.version), "started": JSONValue(process.start / 1_000_000),
            "memory": JSONValue(process.memory.resident), "busy": JSONValue(process.busy),
            "limit": JSONValue(process.limit), "peak": JSONValue(process.peak),
            "threads": .array(listed(process.threads).map(thread)),
        ]
    }

    /// As they stand in the process, so that each keeps its place on the page; where there are too many, those at work.
    private func listed(_ threads: [ThreadState]) -> [ThreadState] {
        if threads.count <= Self.threadsListed { return threads }
        return Array((threads.filter(\.isBusy) + threads.filter { !$0.isBusy }).prefix(Self.threadsListed))
    }

    private func thread(_ thread: ThreadState) -> JSONValue {
        let nanoseconds = max(0, Clock.monotonicNanoseconds - thread.since)
        return [
            "busy": .bool(thread.isBusy), "ms": JSONValue(nanoseconds / 1_000_000),
            "served": JSONValue(thread.served), "request": .string(thread.text),
        ]
    }

    private var slow: [JSONValue] {
        let all = host.processes.flatMap { process in process.slow.map { (pool: process.pool, slow: $0) } }
        return all.sorted { $0.slow.time > $1.slow.time }.prefix(Self.slowListed).map { entry($0.slow, $0.pool) }
    }

    private func entry(_ slow: SlowRequest, _ pool: String) -> JSONValue {
        [
            "at": JSONValue(slow.time / 1_000_000), "pool": .string(pool), "request": .string(slow.request),
            "status": JSONValue(slow.status), "ms": JSONValue(slow.duration / 1_000_000),
            "sql_ms": JSONValue(slow.database / 1_000_000), "statements": JSONValue(slow.statements),
            "upstream_ms": JSONValue(slow.upstream / 1_000_000), "sql": .string(slow.statement),
            "request_id": .string(slow.id),
        ]
    }

    // MARK: - Counts

    private var classes: [JSONValue] {
        host.all(.requests).map { line in
            [
                "pool": .string(line.key.pool), "class": .string(line.key.label), "count": JSONValue(line.count),
                "refused": JSONValue(line[Column.Requests.success + 2]),
                "failed": JSONValue(line[Column.Requests.success + 3]),
                "seconds": JSONValue(line.seconds), "p50_ms": Self.milliseconds(line, 0.5),
                "p95_ms": Self.milliseconds(line, 0.95),
                "buckets": .array(line.buckets.map { JSONValue($0) }),
            ]
        }
    }

    private static func milliseconds(_ line: SeriesValues, _ share: Double) -> JSONValue {
        line.quantile(share).map { JSONValue($0 * 1000) } ?? .null
    }

    private var statements: JSONValue {
        let lines = host.all(.statements)
        return [
            "count": JSONValue(lines.reduce(0) { $0 + $1.count }),
            "seconds": JSONValue(lines.reduce(0) { $0 + $1.seconds }),
            "failed": JSONValue(lines.reduce(0) { $0 + $1[Column.Statements.failures] }),
        ]
    }

    private var providers: [JSONValue] {
        host.all(.provider).map { line in
            let begun = line[Column.Provider.firstByteCount]
            return [
                "name": .string(line.key.label), "pool": .string(line.key.pool), "count": JSONValue(line.count),
                "unreachable": JSONValue(line[Column.Provider.unreachable]),
                "refused": JSONValue(line[Column.Provider.refused]), "seconds": JSONValue(line.seconds),
                "first_byte_ms": begun == 0 ? .null : JSONValue(line[Column.Provider.firstByteSum] / begun / 1_000_000),
            ]
        }
    }

    private var models: [JSONValue] {
        host.all(.model).map { line in
            [
                "name": .string(line.key.label), "pool": .string(line.key.pool),
                "answers": JSONValue(line[Column.Model.answers]),
                "prompt_tokens": JSONValue(line[Column.Model.promptTokens]),
                "completion_tokens": JSONValue(line[Column.Model.completionTokens]),
            ]
        }
    }

    private var answers: JSONValue {
        [
            "complete": JSONValue(host.total(.turns, Column.Turns.complete)),
            "failed": JSONValue(host.total(.turns, Column.Turns.failed)),
            "stopped": JSONValue(host.total(.turns, Column.Turns.stopped)),
            "interrupted": JSONValue(host.total(.turns, Column.Turns.interrupted)),
        ]
    }

    private var events: JSONValue {
        [
            "sent": JSONValue(host.total(.events, Column.Events.sent)),
            "dropped": JSONValue(host.total(.events, Column.Events.dropped)),
        ]
    }

    private var daemon: JSONValue {
        [
            "sockets": JSONValue(host.total(.daemonState, Column.DaemonState.sockets)),
            "rooms": JSONValue(host.total(.daemonState, Column.DaemonState.rooms)),
            "streams": JSONValue(host.total(.daemonState, Column.DaemonState.streams)),
            "events_sent": JSONValue(host.total(.daemon, Column.Daemon.eventsSent)),
            "events_received": JSONValue(host.total(.daemon, Column.Daemon.eventsReceived)),
            "dropped_slow": JSONValue(host.total(.daemon, Column.Daemon.droppedSlow)),
        ]
    }
}
