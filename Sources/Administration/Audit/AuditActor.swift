package import Accounts
import Core
package import HTTP
package import Postgres

/// Tells the database who makes the changes on a connection, for the audit trail, which the database writes by itself.
package enum AuditActor {
    /// Where accounts, rights and settings are changed, and things shared, other than by admins' routes.
    private static let watched = [
        "/api/v1/auths/", "/api/v1/users/", "/api/v1/groups/", "/api/v1/scim/", "/oauth/", "/api/v1/models/",
        "/api/v1/prompts/",
        "/api/v1/knowledge/", "/api/v1/tools/", "/api/v1/notes/",
    ]

    /// Runs a route's handler with its caller's name on all that it changes. Routes that change nothing of the kind cost nothing.
    package static func attribute<R>(_ context: Context, _ route: Route<Context>, _ handler: () throws -> R) throws -> R
    {
        guard isWatched(route) else { return try handler() }
        let account = context.identifiedCaller?.account
        return try attribute(
            id: account?.id,
            name: account?.email ?? "visitor",
            address: context.request.client.address,
            via: "\(route.method.rawValue) \(route.pattern)",
            context.database,
            handler
        )
    }

    /// Runs `body` with a name on all that it changes. The id is that of an account, if it is one that acts; `via` is the route or the
    /// command.
    @discardableResult
    package static func attribute<R>(
        id: String?,
        name: String,
        address: String,
        via: String,
        _ database: Connection,
        _ body: () throws -> R
    ) throws -> R {
        let actor: JSONValue = [
            "id": JSONValue(id), "name": .string(name), "address": .string(address), "via": .string(via),
        ]
        try set(actor.text, database)
        defer { clear(database) }
        return try body()
    }

    /// The next user of the connection must not act under this name; a new connection has none.
    private static func clear(_ database: Connection) {
        do { try set("", database) } catch { database.close() }
    }

    private static func isWatched(_ route: Route<Context>) -> Bool {
        // A provider sends people back by GET, and that makes their account.
        guard route.method != .get || route.pattern.hasPrefix("/oauth/") else { return false }
        return route.access == .admin || watched.contains { route.pattern.hasPrefix($0) }
    }

    private static func set(_ actor: String, _ database: Connection) throws {
        try database.execute("select set_config('swiftlet.actor', \(actor), false)")
    }
}
