package import Accounts
import Core
package import HTTP
import Postgres

/// Folders, each its owner's alone: not even an admin sees them.
package enum FolderRoutes {
    package static let all: [Route<Context>] = [
        Route(.get, "/api/v1/folders/", .verified, list),
        Route(.post, "/api/v1/folders/", .verified, create),
        Route(.get, "/api/v1/folders/{id}", .verified, show),
        Route(.post, "/api/v1/folders/{id}/update", .verified, update),
        Route(.post, "/api/v1/folders/{id}/update/parent", .verified, move),
        Route(.post, "/api/v1/folders/{id}/update/expanded", .verified, expand),
        Route(.delete, "/api/v1/folders/{id}", .verified, delete),
    ]

    static func list(_ context: Context) throws -> Response {
        let folders = try FolderStore.all(owner: context.account.id, context.database)
        return try .json { try $0.array(of: folders) { try $1.writeBrief(to: &$0) } }
    }

    static func create(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let (name, data, meta) = (
            try form.string("name"), try form.optionalDictionary("data"), try form.optionalDictionary("meta")
        )
        return try respond(context) {
            try FolderStore.insert(name: name, data: data, meta: meta, owner: $0, context.database)
        }
    }

    static func show(_ context: Context) throws -> Response {
        try respond(context) { owner in
            guard let folder = try FolderStore.find(context.parameter("id"), owner: owner, context.database) else {
                throw FolderStore.Refusal.unknown
            }
            return folder
        }
    }

    static func update(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let name = try form.optionalString("name")
        let (data, meta) = (try form.optionalDictionary("data"), try form.optionalDictionary("meta"))
        return try respond(context) {
            try FolderStore.update(
                context.parameter("id"),
                name: name,
                data: data,
                meta: meta,
                owner: $0,
                context.database
            )
        }
    }

    static func move(_ context: Context) throws -> Response {
        let parent = try Form(context.request).optionalString("parent_id")
        return try respond(context) {
            try FolderStore.move(context.parameter("id"), to: parent, owner: $0, context.database)
        }
    }

    static func expand(_ context: Context) throws -> Response {
        let isExpanded = try Form(context.request).bool("is_expanded")
        return try respond(context) {
            try FolderStore.setExpanded(isExpanded, context.parameter("id"), owner: $0, context.database)
        }
    }

    /// The folder's chats, also those further down, go only with the permission to delete chats.
    static func delete(_ context: Context) throws -> Response {
        let owner = try context.account.id
        try refusing {
            try FolderStore.delete(
                context.parameter("id"),
                owner: owner,
                mayDeleteChats: { try context.allows("chat.delete") },
                context.database
            )
        }
        return .json(true)
    }

    private static func respond(_ context: Context, _ change: (_ owner: String) throws -> Folder) throws -> Response {
        let owner = try context.account.id
        let folder = try refusing { try change(owner) }
        return .json { folder.write(to: &$0) }
    }

    private static func refusing<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let refusal as FolderStore.Refusal {
            switch refusal {
            case .unknown: throw APIError.notFound(Detail.notFound)
            case .parentUnknown: throw APIError.notFound(Detail.notFound)
            case .nameTaken: throw APIError.badRequest(Detail.error("Folder already exists"))
            case .cycle: throw APIError.badRequest(Detail.error("A folder can not lie inside itself"))
            case .chatsAreKept: throw APIError.forbidden(Detail.accessProhibited)
            }
        } catch let error as PostgresError where error.sqlState.hasPrefix("22") || error.sqlState.hasPrefix("54") {
            throw APIError.badRequest(Detail.error("The folder can not be stored: \(error.message)"))
        }
    }
}
