import Core
package import Postgres

/// What all hosts have in common: the queues in Postgres, and Postgres itself.
package struct SharedState: Sendable {
    struct Turns: Sendable {
        var queued = 0
        var running = 0
        /// Milliseconds since the oldest one was queued.
        var oldestQueued = 0
        var oldestRunning = 0
    }

    struct Jobs: Sendable {
        let kind: String
        /// Due, and taken by nobody yet.
        let waiting: Int
        /// To be done later.
        let planned: Int
        let running: Int
        let failed: Int
        /// Milliseconds that the oldest one waits.
        let oldest: Int
    }

    private(set) var turns = Turns()
    private(set) var jobs: [Jobs] = []
    private(set) var sockets = 0
    private(set) var connections = 0
    private(set) var activeConnections = 0
    private(set) var connectionLimit = 0

    package init(_ database: Connection) throws {
        let row = try database.query(
            """
            select count(*) filter (where state = 'queued'), count(*) filter (where state = 'running'),
                coalesce((extract(epoch from clock_timestamp() - min(queued_at) filter (where state = 'queued')) * 1000)::bigint, 0),
                coalesce((extract(epoch from clock_timestamp() - min(queued_at) filter (where state = 'running')) * 1000)::bigint, 0),
                (select count(*) from socket_session),
                (select count(*) from pg_stat_activity where backend_type = 'client backend'),
                (select count(*) from pg_stat_activity where backend_type = 'client backend' and state = 'active'),
                current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
            from turn
            """
        )[0]
        turns = try Turns(queued: row.int(0), running: row.int(1), oldestQueued: row.int(2), oldestRunning: row.int(3))
        sockets = try row.int(4)
        connections = try row.int(5)
        activeConnections = try row.int(6)
        connectionLimit = try row.int(7)
        jobs = try database.query(
            """
            select kind,
                count(*) filter (where owner is null and failed_at is null and run_at <= clock_timestamp()),
                count(*) filter (where owner is null and failed_at is null and run_at > clock_timestamp()),
                count(*) filter (where owner is not null and failed_at is null), count(*) filter (where failed_at is not null),
                greatest(0, coalesce((extract(epoch from clock_timestamp()
                    - min(run_at) filter (where owner is null and failed_at is null)) * 1000)::bigint, 0))
            from job group by kind order by kind
            """
        ).map { row in
            try Jobs(
                kind: row.text(0),
                waiting: row.int(1),
                planned: row.int(2),
                running: row.int(3),
                failed: row.int(4),
                oldest: row.int(5)
            )
        }
    }

    var json: JSONValue {
        [
            "turns": [
                "queued": JSONValue(turns.queued), "running": JSONValue(turns.running),
                "oldest_queued_ms": JSONValue(turns.oldestQueued), "oldest_running_ms": JSONValue(turns.oldestRunning),
            ],
            "jobs": .array(
                jobs.map { job in
                    [
                        "kind": .string(job.kind), "waiting": JSONValue(job.waiting), "planned": JSONValue(job.planned),
                        "running": JSONValue(job.running), "failed": JSONValue(job.failed),
                        "oldest_ms": JSONValue(job.oldest),
                    ]
                }
            ),
            "sockets": JSONValue(sockets),
            "database": [
                "connections": JSONValue(connections), "active": JSONValue(activeConnections),
                "limit": JSONValue(connectionLimit),
            ],
        ]
    }
}

extension PrometheusText {
    /// The same on every host.
    mutating func write(_ shared: SharedState) {
        gauge(
            "swiftlet_turns",
            "Answers that wait, and those that are being made; of all hosts.",
            [([("state", "queued")], shared.turns.queued), ([("state", "running")], shared.turns.running)]
        )
        gauge(
            "swiftlet_turns_oldest_seconds",
            "Since when the oldest of them has been asked for.",
            seconds: [
                ([("state", "queued")], Double(shared.turns.oldestQueued) / 1000),
                ([("state", "running")], Double(shared.turns.oldestRunning) / 1000),
            ]
        )
        gauge(
            "swiftlet_jobs",
            "Jobs in the queue by kind; of all hosts.",
            shared.jobs.flatMap { job in
                [("waiting", job.waiting), ("planned", job.planned), ("running", job.running), ("failed", job.failed)]
                    .map { ([("kind", job.kind), ("state", $0.0)], $0.1) }
            }
        )
        gauge(
            "swiftlet_jobs_oldest_seconds",
            "How long the oldest job that is due has waited.",
            seconds: shared.jobs.map { ([("kind", $0.kind)], Double($0.oldest) / 1000) }
        )
        gauge("swiftlet_sockets", "Clients with an open socket; of all hosts.", [([], shared.sockets)])
        gauge(
            "swiftlet_database_connections",
            "Clients of the Postgres server, whatever they are.",
            [([], shared.connections)]
        )
        gauge(
            "swiftlet_database_connections_limit",
            "How many clients the Postgres server takes.",
            [([], shared.connectionLimit)]
        )
    }
}
