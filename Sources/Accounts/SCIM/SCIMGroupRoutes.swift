import Core
import HTTP

/// Groups and their members.
enum SCIMGroupRoutes {
    static let all = [
        SCIMRoutes.route(.get, "/Groups", list),
        SCIMRoutes.route(.post, "/Groups", create),
        SCIMRoutes.route(.get, "/Groups/{id}", show),
        SCIMRoutes.route(.put, "/Groups/{id}", replace),
        SCIMRoutes.route(.patch, "/Groups/{id}", patch),
        SCIMRoutes.route(.delete, "/Groups/{id}", delete),
    ]

    static func list(_ request: SCIMRequest) throws -> Response {
        try SCIMList(request.context.request.query).run([.group], request)
    }

    static func create(_ request: SCIMRequest) throws -> Response {
        let edit = try SCIMGroupEdit(nil, SCIMInput(schema: .group).attributes(request.body()))
        let id = try request.database.transaction { try SCIMGroupStore.insert(edit, request.database) }
        return try request.answer(
            SCIMResource(found(SCIMGroupStore.find(id, request.database), id), request.base),
            status: 201
        )
    }

    static func show(_ request: SCIMRequest) throws -> Response {
        let group = try found(SCIMGroupStore.find(request.id, request.database), request.id)
        return try request.answerIfNew(SCIMResource(group, request.base))
    }

    /// Members that the client does not name as an attribute stay; an empty list takes all away.
    static func replace(_ request: SCIMRequest) throws -> Response {
        try change(request) { _ in try SCIMInput(schema: .group).attributes(request.body()) }
    }

    static func patch(_ request: SCIMRequest) throws -> Response {
        try change(request) { group in
            var document = group.writable
            try SCIMPatch(request.body(), .group).apply(to: &document)
            return document
        }
    }

    static func delete(_ request: SCIMRequest) throws -> Response {
        let database = request.database
        try database.transaction {
            let group = try found(SCIMGroupStore.hold(request.id, database), request.id)
            try request.requireMatch(SCIMResource(group, request.base))
            try GroupStore.delete(group.id, database)
            try request.context.shared.accountHooks.groupChanged(group.id, database)
        }
        return Response(status: 204)
    }

    /// The closure says what the attributes are to be, of what they are.
    private static func change(_ request: SCIMRequest, _ document: (SCIMGroup) throws -> JSONObject) throws -> Response
    {
        let database = request.database
        let changed = try database.transaction {
            let group = try found(SCIMGroupStore.hold(request.id, database), request.id)
            try request.requireMatch(SCIMResource(group, request.base))
            try SCIMGroupStore.update(group.id, SCIMGroupEdit(group, document(group)), database)
            try request.context.shared.accountHooks.groupChanged(group.id, database)
            return try found(SCIMGroupStore.find(group.id, database), group.id)
        }
        return try request.answer(SCIMResource(changed, request.base))
    }

    private static func found(_ group: SCIMGroup?, _ id: String) throws -> SCIMGroup {
        guard let group else { throw SCIMError.notFound("Group \(id.prefix(64)) not found") }
        return group
    }
}
