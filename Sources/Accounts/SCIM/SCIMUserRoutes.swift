import Core
import HTTP

/// Accounts.
enum SCIMUserRoutes {
    static let all = [
        SCIMRoutes.route(.get, "/Users", list),
        SCIMRoutes.route(.post, "/Users", create),
        SCIMRoutes.route(.get, "/Users/{id}", show),
        SCIMRoutes.route(.put, "/Users/{id}", replace),
        SCIMRoutes.route(.patch, "/Users/{id}", patch),
        SCIMRoutes.route(.delete, "/Users/{id}", delete),
    ]

    static func list(_ request: SCIMRequest) throws -> Response {
        try SCIMList(request.context.request.query).run([.user], request)
    }

    static func create(_ request: SCIMRequest) throws -> Response {
        let edit = try SCIMUserEdit(new: SCIMInput(schema: .user).attributes(request.body()))
        let id = try request.database.transaction { try SCIMUserStore.insert(edit, request.database) }
        return try request.answer(
            SCIMResource(found(SCIMUserStore.find(id, request.database), id), request.base),
            status: 201
        )
    }

    static func show(_ request: SCIMRequest) throws -> Response {
        let user = try found(SCIMUserStore.find(request.id, request.database), request.id)
        return try request.answerIfNew(SCIMResource(user, request.base))
    }

    /// What the client does not name stays, as the reference has it and RFC 7644 §3.5.1 allows.
    static func replace(_ request: SCIMRequest) throws -> Response {
        try change(request) { _ in try SCIMInput(schema: .user).attributes(request.body()) }
    }

    static func patch(_ request: SCIMRequest) throws -> Response {
        try change(request) { user in
            var document = user.writable(request.base)
            try SCIMPatch(request.body(), .user).apply(to: &document)
            return document
        }
    }

    static func delete(_ request: SCIMRequest) throws -> Response {
        let database = request.database
        try database.transaction {
            let user = try found(SCIMUserStore.hold(request.id, database), request.id)
            try request.requireMatch(SCIMResource(user, request.base))
            try protectPrimaryAdmin(user, request)
            try AccountStore.delete(user.id, request.context)
        }
        return Response(status: 204)
    }

    /// The closure says what the attributes are to be, of what they are.
    private static func change(_ request: SCIMRequest, _ document: (SCIMUser) throws -> JSONObject) throws -> Response {
        let database = request.database
        let changed = try database.transaction {
            let user = try found(SCIMUserStore.hold(request.id, database), request.id)
            try request.requireMatch(SCIMResource(user, request.base))
            let edit = try SCIMUserEdit(user, document(user), request.base)
            if edit.role != user.role { try protectPrimaryAdmin(user, request) }
            try SCIMUserStore.update(user.id, edit, database)
            // As when an admin does it: tokens stay, and show only that the account waits.
            if edit.role == .pending, user.role != .pending {
                request.context.closeSockets(ofAccount: user.id)
                try request.context.shared.accountHooks.sessionsEnded(user.id, database)
            }
            return try found(SCIMUserStore.find(user.id, database), user.id)
        }
        return try request.answer(SCIMResource(changed, request.base))
    }

    /// So that there always is an admin.
    private static func protectPrimaryAdmin(_ user: SCIMUser, _ request: SCIMRequest) throws {
        guard user.role == .admin, try AccountStore.primaryAdmin(request.database)?.id == user.id else { return }
        throw SCIMError(403, "The first administrator can not be deactivated or deleted")
    }

    private static func found(_ user: SCIMUser?, _ id: String) throws -> SCIMUser {
        guard let user else { throw SCIMError.notFound("User \(id.prefix(64)) not found") }
        return user
    }
}
