import Core
package import HTTP
import Postgres

/// Where an account is signed in, and how that ends.
package enum SessionRoutes {
    package static let all: [Route<Context>] = [
        Route(.get, "/api/v1/auths/sessions", .signedIn, list),
        Route(.delete, "/api/v1/auths/sessions/{id}", .signedIn, end),
        Route(.get, "/api/v1/users/{id}/sessions", .admin, listOfAccount),
        Route(.delete, "/api/v1/users/{id}/sessions", .admin, endAllOfAccount),
    ]

    /// A list of `{id, created_at, expires_at, last_used_at, address, user_agent, current}`. Tokens that the reference issued have no
    /// session of their own and are not in it.
    static func list(_ context: Context) throws -> Response {
        try respond(context.account.id, context)
    }

    static func end(_ context: Context) throws -> Response {
        let account = try context.account.id
        guard try SessionStore.end(context.parameter("id"), of: account, context) != nil else {
            throw APIError.notFound(Detail.notFound)
        }
        return .json(true)
    }

    static func listOfAccount(_ context: Context) throws -> Response {
        try respond(subject(context), context)
    }

    /// Ends them all, and the tokens that the reference issued.
    static func endAllOfAccount(_ context: Context) throws -> Response {
        let id = try subject(context)
        let kept = try id == context.account.id ? context.caller.credential : nil
        try context.database.transaction {
            try SessionStore.endAll(of: id, except: kept, context)
            try SessionStore.noteEnd(of: id, context.database)
        }
        return .json(true)
    }

    private static func subject(_ context: Context) throws -> String {
        let id = context.parameter("id")
        guard try AccountStore.find(id, context.database) != nil else { throw APIError.badRequest(Detail.notFound) }
        return id
    }

    private static func respond(_ account: String, _ context: Context) throws -> Response {
        var current: String?
        if case .session(let id) = try context.caller.credential { current = id }
        let sessions = try SessionStore.all(of: account, context.database)
        return .json { json in
            json.array(of: sessions) { json, session in session.write(&json, isCurrent: session.id == current) }
        }
    }
}
