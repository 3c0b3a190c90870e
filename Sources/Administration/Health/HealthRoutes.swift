import Accounts
import Core
import HTTP
import Metrics

/// For load balancers and monitoring.
enum HealthRoutes {
    static let all: [Route<Context>] = [
        Route(.get, "/health", .anyone) { _ in healthy },
        Route(.get, "/health/db", .anyone, database),
        Route(.get, "/ready", .anyone, ready),
    ]

    /// Made once: this answer says that a worker answers, and costs nothing else.
    private static let healthy = Response.json(["status": true])

    /// Whether a load balancer should send requests here.
    ///
    /// - Throws: 503 while the host is being taken out of service, or the database is away.
    private static func ready(_ context: Context) throws -> Response {
        let page = CounterPage.process
        let isDraining =
            page.isShared && page.phase == .draining || context.shared.settings.current.counters.isDraining
        if isDraining { throw APIError(503, "This host is being taken out of service") }
        return try database(context)
    }

    /// - Throws: what the database says when it does not answer, which becomes a 500.
    private static func database(_ context: Context) throws -> Response {
        _ = try context.database.query("select 1")
        return healthy
    }
}
