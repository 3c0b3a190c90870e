import Accounts
import Core
import HTTP
import Postgres

/// Pinned, archived, in a folder.
enum ChatStateRoutes {
    static func isPinned(_ context: Context) throws -> Response {
        let isPinned = try ChatStore.isPinned(context.parameter("id"), owner: context.account.id, context.database)
        guard let isPinned else { throw APIError.unauthorized(Detail.somethingWrong) }
        return .json(.bool(isPinned))
    }

    static func togglePinned(_ context: Context) throws -> Response {
        try respond(context) { try ChatStore.togglePinned($0, owner: $1, context.database) }
    }

    static func toggleArchived(_ context: Context) throws -> Response {
        try respond(context) { try ChatStore.toggleArchived($0, owner: $1, context.database) }
    }

    static func archiveAll(_ context: Context) throws -> Response {
        try ChatStore.setArchived(true, owner: context.account.id, context.database)
        return .json(true)
    }

    static func unarchiveAll(_ context: Context) throws -> Response {
        try ChatStore.setArchived(false, owner: context.account.id, context.database)
        return .json(true)
    }

    static func move(_ context: Context) throws -> Response {
        let folder = try Form(context.request).optionalString("folder_id")
        return try respond(context) { try ChatStore.move($0, to: folder, owner: $1, context.database) }
    }

    /// Makes a change to one of the caller's chats, and answers with the chat.
    private static func respond(_ context: Context, _ change: (_ id: String, _ owner: String) throws -> Bool) throws
        -> Response
    {
        let id = context.parameter("id")
        guard try change(id, context.account.id) else { throw APIError.unauthorized(Detail.somethingWrong) }
        return try ChatRoutes.respond(with: id, context)
    }
}
