package import Outbound
package import Postgres

/// What to do for the jobs of one name. Kinds are registered with the process that is to run them.
///
/// A job may run more than once: its process can die after the work and before the note that it is done.
package struct JobKind: Sendable {
    package let name: String
    /// The most jobs of the kind that run in one process at the same time, so that they leave threads to others.
    package let limit: Int
    /// How often a job is tried before it counts as failed.
    package let maximumAttempts: Int
    package let run: @Sendable (Job, JobTools) throws -> Void
    /// Called once for a job that will not be tried again.
    package let abandon: @Sendable (Job, JobTools) throws -> Void

    package init(
        _ name: String,
        limit: Int,
        maximumAttempts: Int,
        run: @escaping @Sendable (Job, JobTools) throws -> Void,
        abandon: @escaping @Sendable (Job, JobTools) throws -> Void = { _, _ in }
    ) {
        self.name = name
        self.limit = limit
        self.maximumAttempts = maximumAttempts
        self.run = run
        self.abandon = abandon
    }

    /// Seconds until the next try, about: 5, 20, 80 and so on up to an hour. A quarter is left to chance, so that jobs which failed
    /// together do not come back together.
    static func pause(afterAttempts attempts: Int) -> Double {
        var pause = 5.0
        for _ in 1..<max(2, min(attempts, 8)) where attempts > 1 { pause *= 4 }
        return min(pause, 3600) * Double.random(in: 1...1.25)
    }
}

/// What a running job works with. One for each job, used by its thread alone.
package final class JobTools {
    package let pool: ConnectionPool
    package let cancellation: Cancellation
    /// For addresses that an administrator chose.
    package private(set) lazy var http = HTTPClient(policy: .administrator)

    package init(pool: ConnectionPool, cancellation: Cancellation) {
        self.pool = pool
        self.cancellation = cancellation
    }

    /// Lends a connection for the time of the closure; a job that waits for another machine holds none.
    package func withDatabase<R>(_ body: (Connection) throws -> R) rethrows -> R {
        try pool.use(body)
    }
}
