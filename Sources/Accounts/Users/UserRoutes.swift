import Core
package import HTTP
import Postgres

package enum UserRoutes {
    package static let all: [Route<Context>] = [
        Route(.get, "/api/v1/users/", .admin, list),
        Route(.get, "/api/v1/users/all", .admin, listAll),
        Route(.get, "/api/v1/users/search", .verified, search),
        Route(.get, "/api/v1/users/active", .verified, active),
        Route(.get, "/api/v1/users/{id}", .verified, show),
        Route(.get, "/api/v1/users/{id}/active", .verified, isActive),
        Route(.get, "/api/v1/users/{id}/profile/image", .verified, picture),
        Route(.get, "/api/v1/users/{id}/groups", .admin, groups),
        Route(.get, "/api/v1/users/{id}/oauth/sessions", .admin, oauthSessions),
        Route(.post, "/api/v1/users/{id}/update", .admin, update),
        Route(.put, "/api/v1/users/{id}", .admin, update),
        Route(.delete, "/api/v1/users/{id}", .admin, delete),
    ]

    static func list(_ context: Context) throws -> Response {
        let list = try AccountList(context.request)
        let rows = try list.rows(AccountDetails.columns, context.database)
        let total = try list.total(context.database)
        return try respond(rows, total) { try AccountDetails(row: $1).writeMembers(&$0) }
    }

    /// `{users: [{id, name, email, role}], total}`, without pages.
    static func listAll(_ context: Context) throws -> Response {
        let rows = try context.database.query(
            "select a.id, a.name, a.email, a.role from account a order by a.created_at desc, a.id"
        )
        return try respond(rows, rows.count) { json, row in
            json.field("id", try row.text(0))
            json.field("name", try row.text(1))
            json.field("email", try row.text(2))
            json.field("role", try row.text(3))
        }
    }

    /// `{users: [{id, name}], total}`.
    static func search(_ context: Context) throws -> Response {
        let list = try AccountList(context.request)
        let rows = try list.rows("a.id, a.name", context.database)
        let total = try list.total(context.database)
        return try respond(rows, total) { json, row in
            json.field("id", try row.text(0))
            json.field("name", try row.text(1))
        }
    }

    static func active(_ context: Context) throws -> Response {
        .json(["user_ids": JSONValue(try AccountStore.connected(context.database))])
    }

    /// `{name, profile_image_url, active}`; admins are shown the whole account besides.
    static func show(_ context: Context) throws -> Response {
        let id = try subject(context)
        let isAdmin = try context.account.isAdmin
        guard let details = try isAdmin ? AccountDetails.find(id, context.database) : nil else {
            return try showPublicly(id, context)
        }
        let isActive = try AccountStore.isConnected(id, context.database)
        return try .json { json in
            try json.object {
                try details.writeMembers(&$0)
                $0.field("active", isActive)
            }
        }
    }

    private static func showPublicly(_ id: String, _ context: Context) throws -> Response {
        guard let account = try AccountStore.find(id, context.database) else {
            throw APIError.badRequest(Detail.notFound)
        }
        return .json([
            "name": .string(account.name),
            "profile_image_url": .string(try AccountStore.profileImageURL(of: account, context.database)),
            "active": .bool(try AccountStore.isConnected(id, context.database)),
        ])
    }

    static func isActive(_ context: Context) throws -> Response {
        .json(["active": .bool(try AccountStore.isConnected(context.parameter("id"), context.database))])
    }

    static func picture(_ context: Context) throws -> Response {
        guard let url = try AccountStore.profileImageURL(of: context.parameter("id"), context.database) else {
            throw APIError.badRequest(Detail.notFound)
        }
        if url.hasPrefix("http://") || url.hasPrefix("https://"), ProfilePicture.isAcceptable(url) {
            return .redirect(to: url)
        }
        guard let image = ProfilePicture.Image(dataURL: url) else { return .redirect(to: ProfilePicture.standard) }
        return Response(headers: [("Content-Type", image.type)], body: image.bytes)
            .with("Content-Disposition", "inline")
    }

    static func groups(_ context: Context) throws -> Response {
        GroupRoutes.respond(try GroupStore.of(account: context.parameter("id"), context.database))
    }

    /// Without the tokens. The reference refuses an empty list.
    static func oauthSessions(_ context: Context) throws -> Response {
        let sessions = try OAuthSessionStore.list(of: context.parameter("id"), context.database)
        guard sessions.isTruthy else { throw APIError.badRequest(Detail.notFound) }
        return .json(sessions)
    }

    static func update(_ context: Context) throws -> Response {
        let edit = try AccountEdit(Form(context.request))
        let id = context.parameter("id")
        try AccountAdministration(context).update(id, edit)
        guard let details = try AccountDetails.find(id, context.database) else {
            throw APIError.badRequest(Detail.notFound)
        }
        return try .json { try $0.object { try details.writeMembers(&$0) } }
    }

    /// Also true for an account that is not there.
    static func delete(_ context: Context) throws -> Response {
        try AccountAdministration(context).delete(context.parameter("id"))
        return .json(true)
    }

    /// The account that a path means: by its id, or by `shared-` and the id of a chat of its.
    private static func subject(_ context: Context) throws -> String {
        let id = context.parameter("id")
        guard id.hasPrefix("shared-") else { return id }
        return try AccountStore.owner(ofChat: String(id.dropFirst("shared-".count)), context.database) ?? id
    }

    private static func respond(
        _ rows: Rows,
        _ total: Int,
        _ members: (inout JSONWriter, Row) throws -> Void
    ) throws -> Response {
        try .json { json in
            try json.object {
                $0.key("users")
                try $0.array(of: rows) { json, row in try json.object { try members(&$0, row) } }
                $0.field("total", total)
            }
        }
    }
}
