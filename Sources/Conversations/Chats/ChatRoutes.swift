package import Accounts
import Core
package import HTTP
import Postgres

/// The routes of chats. Here are the handlers of a single chat; the others lie in the files that their names say.
package enum ChatRoutes {
    package static var all: [Route<Context>] {
        lists + copies + states + tags + messages
    }

    private static let lists: [Route<Context>] = [
        Route(.get, "/api/v1/chats/", .verified, ChatListRoutes.list),
        Route(.get, "/api/v1/chats/list", .verified, ChatListRoutes.list),
        Route(.get, "/api/v1/chats/list/user/{user_id}", .admin, ChatListRoutes.ofUser),
        Route(.get, "/api/v1/chats/search", .verified, ChatListRoutes.search),
        Route(.get, "/api/v1/chats/pinned", .verified, ChatListRoutes.pinned),
        Route(.get, "/api/v1/chats/archived", .verified, ChatListRoutes.archived),
        Route(.get, "/api/v1/chats/folder/{folder_id}/list", .verified, ChatListRoutes.inFolder),
        Route(.get, "/api/v1/chats/folder/{folder_id}", .permission("chat.export"), ChatExportRoutes.ofFolder),
        Route(.get, "/api/v1/chats/all", .permission("chat.export"), ChatExportRoutes.own),
        Route(.get, "/api/v1/chats/all/archived", .permission("chat.export"), ChatExportRoutes.archived),
        Route(.get, "/api/v1/chats/all/db", .admin, ChatExportRoutes.everybodys),
    ]

    private static let copies: [Route<Context>] = [
        Route(.post, "/api/v1/chats/new", .verified, create),
        Route(.post, "/api/v1/chats/import", .verified, `import`),
        Route(.post, "/api/v1/chats/{id}/clone", .verified, ChatSharingRoutes.clone),
        Route(.post, "/api/v1/chats/{id}/clone/shared", .verified, ChatSharingRoutes.cloneShared),
        Route(.get, "/api/v1/chats/share/{share_id}", .verified, ChatSharingRoutes.show),
        Route(.post, "/api/v1/chats/{id}/share", .permission("chat.share"), ChatSharingRoutes.share),
        Route(.delete, "/api/v1/chats/{id}/share", .verified, ChatSharingRoutes.unshare),
    ]

    private static let states: [Route<Context>] = [
        Route(.get, "/api/v1/chats/{id}", .verified, show),
        Route(.post, "/api/v1/chats/{id}", .verified, update),
        Route(.delete, "/api/v1/chats/{id}", .permission("chat.delete"), delete),
        Route(.delete, "/api/v1/chats/", .permission("chat.delete"), deleteAll),
        Route(.get, "/api/v1/chats/{id}/pinned", .verified, ChatStateRoutes.isPinned),
        Route(.post, "/api/v1/chats/{id}/pin", .verified, ChatStateRoutes.togglePinned),
        Route(.post, "/api/v1/chats/{id}/archive", .verified, ChatStateRoutes.toggleArchived),
        Route(.post, "/api/v1/chats/archive/all", .verified, ChatStateRoutes.archiveAll),
        Route(.post, "/api/v1/chats/unarchive/all", .verified, ChatStateRoutes.unarchiveAll),
        Route(.post, "/api/v1/chats/{id}/folder", .verified, ChatStateRoutes.move),
    ]

    private static let tags: [Route<Context>] = [
        Route(.get, "/api/v1/chats/all/tags", .verified, ChatTagRoutes.all),
        Route(.post, "/api/v1/chats/tags", .verified, ChatTagRoutes.chats),
        Route(.get, "/api/v1/chats/{id}/tags", .verified, ChatTagRoutes.show),
        Route(.post, "/api/v1/chats/{id}/tags", .verified, ChatTagRoutes.add),
        Route(.delete, "/api/v1/chats/{id}/tags", .verified, ChatTagRoutes.remove),
        Route(.delete, "/api/v1/chats/{id}/tags/all", .verified, ChatTagRoutes.removeAll),
    ]

    private static let messages: [Route<Context>] = [
        Route(.post, "/api/v1/chats/{id}/messages/{message_id}", .permission("chat.edit"), MessageRoutes.update),
        Route(.post, "/api/v1/chats/{id}/messages/{message_id}/event", .verified, MessageRoutes.event),
    ]

    static func create(_ context: Context) throws -> Response {
        try requireKeptChats(context)
        let form = try Form(context.request)
        var frame = ChatStore.Frame()
        frame.folderID = try form.optionalString("folder_id")
        let chat = try form.dictionary("chat")
        let owner = try context.account.id
        return try respond(with: storing { try ChatStore.create(owner: owner, chat, frame, context.database) }, context)
    }

    /// A chat from a backup: it keeps its times, pin, tags and folder.
    static func `import`(_ context: Context) throws -> Response {
        try requireKeptChats(context)
        let form = try Form(context.request)
        var frame = ChatStore.Frame()
        frame.folderID = try form.optionalString("folder_id")
        frame.meta = try form.optionalDictionary("meta") ?? [:]
        frame.isPinned = try form.optionalBool("pinned") ?? false
        frame.createdAt = try form.optionalInt("created_at").flatMap { $0 == 0 ? nil : $0 }
        frame.updatedAt = try form.optionalInt("updated_at").flatMap { $0 == 0 ? nil : $0 }
        let chat = try form.dictionary("chat")
        let owner = try context.account.id
        return try respond(with: storing { try ChatStore.create(owner: owner, chat, frame, context.database) }, context)
    }

    static func show(_ context: Context) throws -> Response {
        guard let chat = try ChatStore.find(context.parameter("id"), owner: context.account.id, context.database) else {
            throw APIError.unauthorized(Detail.notFound)
        }
        let response = try respond(with: chat, context)
        try ChatStore.endForks(of: chat, context.database)
        return response
    }

    static func update(_ context: Context) throws -> Response {
        let chat = try Form(context.request).dictionary("chat")
        let id = context.parameter("id")
        let owner = try context.account.id
        let kept = ChatStore.Kept(
            messages: try !context.allows("chat.delete_message"),
            texts: try !context.allows("chat.edit")
        )
        guard try storing({ try ChatStore.update(id, owner: owner, chat, keeping: kept, context.database) }) else {
            throw APIError.unauthorized(Detail.accessProhibited)
        }
        return try respond(with: id, context)
    }

    /// Admins may delete every chat.
    static func delete(_ context: Context) throws -> Response {
        let account = try context.account
        let owner = account.isAdmin ? nil : account.id
        guard try ChatStore.delete(context.parameter("id"), owner: owner, context.database) else {
            throw APIError.notFound(Detail.notFound)
        }
        return .json(true)
    }

    static func deleteAll(_ context: Context) throws -> Response {
        try ChatStore.deleteAll(owner: context.account.id, context.database)
        return .json(true)
    }

    /// Refuses who may have no chats but temporary ones.
    static func requireKeptChats(_ context: Context) throws {
        if try !context.account.isAdmin, try context.permissions.allows("chat.temporary_enforced") {
            throw APIError.unauthorized(Detail.accessProhibited)
        }
    }

    /// Answers with a whole chat, for callers that have checked who may read it.
    static func respond(with id: String, _ context: Context) throws -> Response {
        guard let chat = try ChatStore.find(id, owner: nil, context.database) else {
            throw APIError.unauthorized(Detail.notFound)
        }
        return try respond(with: chat, context)
    }

    private static func respond(with chat: Chat, _ context: Context) throws -> Response {
        let messages = try ChatStore.messages(chat.id, context.database)
        return try .json { try chat.write(to: &$0, messages: messages) }
    }

    /// JSON that Postgres can not hold, such as a number of a million digits, is the client's mistake.
    private static func storing<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as PostgresError where error.sqlState.hasPrefix("22") || error.sqlState.hasPrefix("54") {
            throw APIError.badRequest(Detail.error("The chat can not be stored: \(error.message)"))
        }
    }
}
