package import Core
package import Postgres

/// The queue of jobs. Whoever takes one out holds it by a lease that has to be renewed.
package enum JobStore {
    /// Notified when a job is queued.
    package static let queued = "swiftlet_jobs"

    /// Seconds after which a process that has not renewed its lease is taken to be dead.
    static let lease = 15
    /// Seconds for which a failed job is kept, for whoever looks after the server.
    private static let retention = 7 * 24 * 3600

    /// Queues a job as a part of the caller's transaction.
    ///
    /// Jobs of one lane run one after the other, in the order in which they were queued; and while one of them waits to be
    /// tried again, so do the others. `delay` is how many seconds to wait at least.
    package static func enqueue(
        _ kind: String,
        _ payload: JSONValue,
        lane: String? = nil,
        delay: Double = 0,
        _ database: Connection
    ) throws {
        try enqueue(kind, [(payload, lane)], delay: delay, database)
    }

    package static func enqueue(
        _ kind: String,
        _ jobs: [(payload: JSONValue, lane: String?)],
        delay: Double = 0,
        _ database: Connection
    ) throws {
        guard !jobs.isEmpty else { return }
        // An empty text stands for no lane: arrays have no nulls here.
        try database.execute(
            """
            insert into job (kind, payload, lane, run_at)
            select \(kind), new.payload::json, nullif(new.lane, ''), clock_timestamp() + make_interval(secs => \(delay))
            from unnest(\(jobs.map(\.payload.text)), \(jobs.map { $0.lane ?? "" }))
                with ordinality as new (payload, lane, place) order by new.place
            """
        )
        try database.notify(channel: queued, payload: kind)
    }

    /// Takes jobs that are due, the ones that wait the longest first; of each kind at most as many as are `free`.
    static func claim(_ free: [String: Int], limit: Int, owner: String, _ database: Connection) throws -> [Job] {
        let kinds = free.filter { $0.value > 0 }.sorted { $0.key < $1.key }
        guard limit > 0, !kinds.isEmpty else { return [] }
        return try database.transaction {
            // Two processes that look at once would both find a lane free.
            try database.execute("select pg_advisory_xact_lock(hashtextextended('swiftlet jobs', 0))")
            return try database.query(
                """
                with due as (
                    select found.id from unnest(\(kinds.map(\.key)), \(kinds.map(\.value))) as kinds (kind, free)
                    cross join lateral (
                        select j.id, j.run_at from job j
                        where j.kind = kinds.kind and j.owner is null and j.failed_at is null and j.run_at <= clock_timestamp()
                            and (j.lane is null or not exists (
                                select from job e where e.lane = j.lane and e.failed_at is null
                                    and (e.owner is not null or (e.run_at, e.id) < (j.run_at, j.id))))
                        order by j.run_at, j.id limit kinds.free
                    ) found
                    order by found.run_at, found.id limit \(limit)
                )
                update job set owner = \(owner), attempts = attempts + 1,
                    lease_until = clock_timestamp() + make_interval(secs => \(lease))
                from due where job.id = due.id
                returning job.id, job.kind, job.payload::text, job.attempts
                """
            ).map {
                Job(
                    id: try $0.text(0),
                    kind: try $0.text(1),
                    payload: try JSONValue(parsing: $0.text(2)),
                    attempts: try $0.int(3)
                )
            }
        }
    }

    static func renewLease(owner: String, _ database: Connection) throws {
        try database.execute(
            "update job set lease_until = clock_timestamp() + make_interval(secs => \(lease)) where owner = \(owner)"
        )
    }

    /// Frees the jobs of processes that died, and forgets what failed long ago.
    static func tidy(_ database: Connection) throws {
        try database.execute(
            "update job set owner = null, lease_until = null where owner is not null and lease_until < clock_timestamp()"
        )
        try database.execute(
            "delete from job where failed_at < clock_timestamp() - make_interval(secs => \(retention))"
        )
    }

    /// Leaves jobs to other processes, as if they had never been taken.
    static func giveBack(_ ids: [String], owner: String, _ database: Connection) throws {
        try database.execute(
            """
            update job set owner = null, lease_until = null, attempts = attempts - 1
            where id = any(\(ids.compactMap { Int($0) })) and owner = \(owner)
            """
        )
        try database.notify(channel: queued, payload: "")
    }

    static func finish(_ job: Job, owner: String, _ database: Connection) throws {
        let rows = try database.query(
            "delete from job where id = \(number(job)) and owner = \(owner) returning lane is not null"
        )
        // The next one of its lane need not wait for the clock.
        if try rows.first?.bool(0) ?? false { try database.notify(channel: queued, payload: "") }
    }

    /// Puts a job back, and the others of its lane behind it.
    static func retry(_ job: Job, in pause: Double, error: String, owner: String, _ database: Connection) throws {
        try database.transaction {
            let rows = try database.query(
                """
                update job set owner = null, lease_until = null, last_error = \(String(error.prefix(500))),
                    run_at = clock_timestamp() + make_interval(secs => \(pause))
                where id = \(number(job)) and owner = \(owner)
                returning lane
                """
            )
            guard let lane = rows.first?.textOrNull(0) else { return }
            try database.execute(
                """
                update job set run_at = r.run_at from job r
                where r.id = \(number(job)) and job.lane = \(lane) and job.id <> r.id and job.owner is null
                    and job.failed_at is null and job.run_at < r.run_at
                """
            )
        }
    }

    static func fail(_ job: Job, error: String, owner: String, _ database: Connection) throws {
        try database.execute(
            """
            update job set owner = null, lease_until = null, failed_at = clock_timestamp(), last_error = \(String(error.prefix(500)))
            where id = \(number(job)) and owner = \(owner)
            """
        )
    }

    private static func number(_ job: Job) -> Int {
        Int(job.id) ?? 0
    }
}
