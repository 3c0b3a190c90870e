import Accounts
import Core
import HTTP

/// For load balancers and monitoring.
enum HealthRoutes {
    static let all: [Route<Context>] = [
        Route(.get, "/health", .anyone) { _ in healthy },
        Route(.get, "/health/db", .anyone, database),
    ]

    /// Made once: this answer says that a worker answers, and costs nothing else.
    private static let healthy = Response.json(["status": true])

    /// - Throws: what the database says when it does not answer, which becomes a 500.
    private static func database(_ context: Context) throws -> Response {
        _ = try context.database.query("select 1")
        return healthy
    }
}
