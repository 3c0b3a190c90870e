import Core
import Metrics

/// What the processes of this host have counted, for Prometheus.
extension PrometheusText {
    mutating func write(_ host: HostCounters) {
        gauge("swiftlet_build_info", "The release that runs.", versions(host))
        gauge("swiftlet_draining", "1 while this host is being taken out of service.", [([], host.isDraining ? 1 : 0)])
        writeRequests(host)
        writePools(host)
        writeTurns(host)
        writeDatabase(host)
        writeEvents(host)
    }

    private func versions(_ host: HostCounters) -> [(Labels, Int)] {
        Set(host.processes.map(\.version)).sorted().map { ([("version", $0)], 1) }
    }

    private mutating func writeRequests(_ host: HostCounters) {
        let requests = host.all(.requests)
        let statuses = ["2xx", "3xx", "4xx", "5xx"]
        counter(
            "swiftlet_http_requests",
            "Requests by pool, class of route and status.",
            requests.flatMap { line in
                statuses.enumerated().map { index, status in
                    (Self.routeLabels(line) + [("status", status)], line[Column.Requests.success + index])
                }
            }
        )
        histogram(
            "swiftlet_http_request_duration_seconds",
            "Time from a request's first byte at a worker to its answer.",
            requests,
            Self.routeLabels
        )
    }

    private static func routeLabels(_ line: SeriesValues) -> Labels {
        [("pool", line.key.pool), ("class", line.key.label)]
    }

    private mutating func writePools(_ host: HostCounters) {
        let pools = Dictionary(grouping: host.processes, by: \.pool).sorted { $0.key < $1.key }
        func each(_ value: ([ProcessState]) -> Int) -> [(Labels, Int)] {
            pools.map { ([("pool", $0.key)], value($0.value)) }
        }
        gauge("swiftlet_processes", "Living processes of each pool.", each(\.count))
        gauge(
            "swiftlet_threads",
            "Threads by what they do; of pools without a fixed number, those that may be started.",
            pools.flatMap { name, processes in
                let busy = processes.reduce(0) { $0 + $1.busy }
                let limit = processes.reduce(0) { $0 + $1.limit }
                return [
                    ([("pool", name), ("state", "busy")], busy),
                    ([("pool", name), ("state", "idle")], max(0, limit - busy)),
                ]
            }
        )
        let lines = host.all(.pool)
        func labels(_ line: SeriesValues) -> Labels { [("pool", line.key.pool)] }
        gauge(
            "swiftlet_threads_busy_peak",
            "The most threads of one process that were ever busy at once.",
            lines.map { (labels($0), $0[Column.Pool.peak]) }
        )
        counter(
            "swiftlet_threads_saturated",
            "How often the last free thread of a process was taken.",
            lines.map { (labels($0), $0[Column.Pool.saturated]) }
        )
        counter(
            "swiftlet_slow_requests",
            "Requests that took longer than SLOW_REQUEST_MS.",
            lines.map { (labels($0), $0[Column.Pool.slow]) }
        )
        gauge(
            "swiftlet_memory_resident_bytes",
            "Memory of all processes of a pool.",
            each { $0.reduce(0) { $0 + $1.memory.resident } }
        )
        gauge(
            "swiftlet_memory_largest_process_bytes",
            "Memory of the largest process of a pool.",
            each { $0.map(\.memory.resident).max() ?? 0 }
        )
        gauge(
            "swiftlet_process_start_time_seconds",
            "When the oldest process of a pool was started, in seconds since 1970.",
            each { ($0.map(\.start).min() ?? 0) / 1_000_000_000 }
        )
        writeQueues(host)
    }

    private mutating func writeQueues(_ host: HostCounters) {
        let queues = PoolQueues.now(host)
        gauge(
            "swiftlet_listen_queue",
            "Requests that wait for a thread of a pool.",
            queues.map { ([("pool", $0.pool)], $0.queue.waiting) }
        )
        gauge(
            "swiftlet_listen_queue_limit",
            "When so many wait, further ones are refused.",
            queues.map { ([("pool", $0.pool)], $0.queue.limit) }
        )
        gauge(
            "swiftlet_listen_queue_peak",
            "The longest queue that was seen, looking every two seconds.",
            host.all(.queue).map { ([("pool", $0.key.label)], $0[Column.Queue.peak]) }
        )
    }

    private mutating func writeTurns(_ host: HostCounters) {
        let turns = host.all(.turns)
        let outcomes = ["complete", "failed", "stopped", "interrupted"]
        counter(
            "swiftlet_answers",
            "Models' answers by how they ended.",
            turns.flatMap { line in
                outcomes.enumerated().map { ([("outcome", $1)], line[Column.Turns.complete + $0]) }
            }
        )
        histogram("swiftlet_answer_duration_seconds", "Time that an answer took to be made.", turns) { _ in [] }
        let jobs = host.all(.jobs)
        counter(
            "swiftlet_jobs_ended",
            "Jobs by kind and how they ended.",
            jobs.flatMap { line in
                ["done", "failed", "retried"].enumerated().map { index, outcome in
                    (
                        [("pool", line.key.pool), ("kind", line.key.label), ("outcome", outcome)],
                        line[Column.Jobs.done + index]
                    )
                }
            }
        )
        histogram("swiftlet_job_duration_seconds", "Time that a job took.", jobs) {
            [("pool", $0.key.pool), ("kind", $0.key.label)]
        }
        writeProviders(host)
    }

    private mutating func writeProviders(_ host: HostCounters) {
        let providers = host.all(.provider)
        func labels(_ line: SeriesValues) -> Labels { [("pool", line.key.pool), ("provider", line.key.label)] }
        histogram(
            "swiftlet_provider_request_duration_seconds",
            "Time from a question to a model provider to the end of its answer.",
            providers,
            labels
        )
        summary(
            "swiftlet_provider_first_byte_seconds",
            "Time from a question to a model provider to the first byte of its answer.",
            providers.map {
                (
                    labels($0), Double($0[Column.Provider.firstByteSum]) / 1e9,
                    $0[Column.Provider.firstByteCount]
                )
            }
        )
        counter(
            "swiftlet_provider_errors",
            "Questions that a provider did not answer (unreachable), or answered with a status of 400 or more (refused).",
            providers.flatMap {
                [
                    (labels($0) + [("reason", "unreachable")], $0[Column.Provider.unreachable]),
                    (labels($0) + [("reason", "refused")], $0[Column.Provider.refused]),
                ]
            }
        )
        let models = host.all(.model)
        counter(
            "swiftlet_tokens",
            "Tokens by model, as providers counted them.",
            models.flatMap { line in
                ["prompt", "completion"].enumerated().map { index, type in
                    (
                        [("pool", line.key.pool), ("model", line.key.label), ("type", type)],
                        line[Column.Model.promptTokens + index]
                    )
                }
            }
        )
        counter(
            "swiftlet_model_answers",
            "Answers that providers gave, by model; tasks such as titles are among them.",
            models.map { ([("pool", $0.key.pool), ("model", $0.key.label)], $0[Column.Model.answers]) }
        )
    }

    private mutating func writeDatabase(_ host: HostCounters) {
        let lines = host.all(.statements)
        func labels(_ line: SeriesValues) -> Labels { [("pool", line.key.pool)] }
        histogram("swiftlet_database_statement_duration_seconds", "Time that a statement took.", lines, labels)
        counter(
            "swiftlet_database_errors",
            "Statements that failed.",
            lines.map { (labels($0), $0[Column.Statements.failures]) }
        )
        counter(
            "swiftlet_database_connections_opened",
            "Connections that were opened.",
            lines.map { (labels($0), $0[Column.Statements.connections]) }
        )
    }

    private mutating func writeEvents(_ host: HostCounters) {
        let events = host.all(.events)
        counter(
            "swiftlet_events_sent",
            "Frames that processes sent to the daemon that holds clients' connections.",
            events.map { ([("pool", $0.key.pool)], $0[Column.Events.sent]) }
        )
        counter(
            "swiftlet_events_dropped",
            "Frames that were lost while that daemon was away.",
            events.map { ([("pool", $0.key.pool)], $0[Column.Events.dropped]) }
        )
        for (index, name, help) in Self.daemonStates {
            gauge(name, help, host.all(.daemonState).map { ([], $0[index]) })
        }
        for (index, name, help) in Self.daemonCounts {
            counter(name, help, host.all(.daemon).map { ([], $0[index]) })
        }
        counter(
            "swiftlet_streamd_clients_dropped",
            "Clients that were sent away: they did not read, sent too much, or fell silent.",
            host.all(.daemon).flatMap {
                [
                    ([("reason", "slow")], $0[Column.Daemon.droppedSlow]),
                    ([("reason", "unruly")], $0[Column.Daemon.droppedUnruly]),
                    ([("reason", "silent")], $0[Column.Daemon.droppedSilent]),
                ]
            }
        )
    }

    private static let daemonStates = [
        (Column.DaemonState.sessions, "swiftlet_streamd_sessions", "Open transports of Socket.IO clients."),
        (Column.DaemonState.sockets, "swiftlet_streamd_sockets", "Clients that are connected."),
        (Column.DaemonState.rooms, "swiftlet_streamd_rooms", "Rooms with members."),
        (Column.DaemonState.chats, "swiftlet_streamd_chats", "Chats over plain WebSockets."),
        (Column.DaemonState.streams, "swiftlet_streamd_streams", "Streamed answers that are open."),
        (Column.DaemonState.workers, "swiftlet_streamd_workers", "Processes that are connected."),
        (
            Column.DaemonState.questionsWaiting, "swiftlet_streamd_questions_waiting",
            "Questions that wait for a worker."
        ),
    ]

    private static let daemonCounts = [
        (Column.Daemon.sessionsOpened, "swiftlet_streamd_sessions_opened", "Sessions that were opened."),
        (Column.Daemon.eventsReceived, "swiftlet_streamd_events_received", "Events that clients sent."),
        (Column.Daemon.eventsSent, "swiftlet_streamd_events_sent", "Events that clients were sent."),
        (Column.Daemon.framesReceived, "swiftlet_streamd_frames_received", "Frames that processes sent."),
        (Column.Daemon.questionsFailed, "swiftlet_streamd_questions_failed", "Questions that no worker answered."),
    ]
}

/// The queues before the pools' sockets at this moment.
enum PoolQueues {
    static func now(_ host: HostCounters) -> [(pool: String, queue: ListenQueue)] {
        var seen: Set<Int> = []
        return host.processes.compactMap { process in
            guard process.listener > 0, seen.insert(process.listener).inserted,
                let queue = ListenQueue(inode: process.listener)
            else { return nil }
            return (process.pool, queue)
        }
    }
}
