import Core
package import HTTP
import Postgres

package enum GroupRoutes {
    package static let all: [Route<Context>] = [
        Route(.get, "/api/v1/groups/", .verified, list),
        Route(.post, "/api/v1/groups/create", .admin, create),
        Route(.get, "/api/v1/groups/id/{id}", .admin, show),
        Route(.post, "/api/v1/groups/id/{id}/update", .admin, update),
        Route(.post, "/api/v1/groups/id/{id}/users/add", .admin, addMembers),
        Route(.post, "/api/v1/groups/id/{id}/users/remove", .admin, removeMembers),
        Route(.delete, "/api/v1/groups/id/{id}/delete", .admin, delete),
    ]

    /// Admins see all groups, others those they are in.
    static func list(_ context: Context) throws -> Response {
        let account = try context.account
        let groups =
            try account.isAdmin
            ? GroupStore.all(context.database) : GroupStore.of(account: account.id, context.database)
        return respond(groups)
    }

    static func create(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let group = try GroupStore.insert(
            name: form.string("name"),
            description: form.string("description"),
            permissions: permissions(form),
            owner: context.account.id,
            context.database
        )
        return try respond(group, or: "Error creating group")
    }

    static func show(_ context: Context) throws -> Response {
        guard let group = try GroupStore.find(context.parameter("id"), context.database) else {
            throw APIError.unauthorized(Detail.notFound)
        }
        return .json { group.write(&$0) }
    }

    static func update(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let group = try changing(context) { id in
            try GroupStore.update(
                id,
                name: form.string("name"),
                description: form.string("description"),
                permissions: permissions(form),
                members: form.optionalStrings("user_ids"),
                context.database
            )
        }
        return try respond(group, or: "Error updating group")
    }

    static func addMembers(_ context: Context) throws -> Response {
        let members = try Form(context.request).optionalStrings("user_ids") ?? []
        let group = try changing(context) { try GroupStore.addMembers(members, to: $0, context.database) }
        return try respond(group, or: "Error adding users to group")
    }

    static func removeMembers(_ context: Context) throws -> Response {
        let members = try Form(context.request).optionalStrings("user_ids") ?? []
        let group = try changing(context) { try GroupStore.removeMembers(members, from: $0, context.database) }
        return try respond(group, or: "Error removing users from group")
    }

    /// Also true for a group that is not there.
    static func delete(_ context: Context) throws -> Response {
        try changing(context) { try GroupStore.delete($0, context.database) }
        return .json(true)
    }

    /// Changes the group of the path, with what follows from that.
    private static func changing<R>(_ context: Context, _ change: (_ id: String) throws -> R) throws -> R {
        let id = context.parameter("id")
        return try context.database.transaction {
            let result = try change(id)
            try context.shared.accountHooks.groupChanged(id, context.database)
            return result
        }
    }

    static func respond(_ groups: [Group]) -> Response {
        .json { $0.array(of: groups) { $1.write(&$0) } }
    }

    private static func permissions(_ form: Form) throws -> RawJSON? {
        try form.optionalDictionary("permissions").map { RawJSON(JSONValue.object($0).text) }
    }

    /// The reference wraps its own refusal once more, and clients show the result.
    private static func respond(_ group: Group?, or problem: String) throws -> Response {
        guard let group else { throw APIError.badRequest(Detail.error("400: " + Detail.error(problem))) }
        return .json { group.write(&$0) }
    }
}
