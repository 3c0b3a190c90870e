import Accounts
import Core
import HTTP
import Postgres

/// Shared copies, and copies for oneself.
enum ChatSharingRoutes {
    static func share(_ context: Context) throws -> Response {
        guard let copy = try ChatStore.share(context.parameter("id"), owner: context.account.id, context.database)
        else {
            throw APIError.unauthorized(Detail.accessProhibited)
        }
        return .json { copy.write(to: &$0) }
    }

    static func unshare(_ context: Context) throws -> Response {
        let id = context.parameter("id")
        guard try ChatStore.exists(id, owner: context.account.id, context.database) else {
            throw APIError.unauthorized(Detail.accessProhibited)
        }
        return .json(.bool(try ChatStore.unshare(id, context.database)))
    }

    /// A shared copy for whoever has its address; an admin who may read chats finds every chat by its id here.
    static func show(_ context: Context) throws -> Response {
        let id = context.parameter("share_id")
        if let copy = try ChatStore.shared(id, context.database) {
            return .json { copy.write(to: &$0) }
        }
        guard try readsAnyChat(context), try ChatStore.owner(id, context.database) != nil else {
            throw APIError.unauthorized(Detail.notFound)
        }
        return try ChatRoutes.respond(with: id, context)
    }

    static func clone(_ context: Context) throws -> Response {
        try ChatRoutes.requireKeptChats(context)
        let title = try Form(context.request).optionalString("title")
        let owner = try context.account.id
        let id = context.parameter("id")
        guard try ChatStore.exists(id, owner: owner, context.database),
            let copy = try ChatStore.clone(
                id,
                to: owner,
                title: title.flatMap { $0.isEmpty ? nil : $0 },
                keepsPlace: true,
                context.database
            )
        else { throw APIError.unauthorized(Detail.somethingWrong) }
        return try ChatRoutes.respond(with: copy, context)
    }

    static func cloneShared(_ context: Context) throws -> Response {
        try ChatRoutes.requireKeptChats(context)
        let id = context.parameter("id")
        let reader = try context.account.id
        if let shared = try ChatStore.shared(id, context.database) {
            return try ChatRoutes.respond(with: ChatStore.clone(shared, to: reader, context.database), context)
        }
        guard try readsAnyChat(context),
            let copy = try ChatStore.clone(id, to: reader, title: nil, keepsPlace: false, context.database)
        else { throw APIError.unauthorized(Detail.somethingWrong) }
        return try ChatRoutes.respond(with: copy, context)
    }

    private static func readsAnyChat(_ context: Context) throws -> Bool {
        try context.account.isAdmin && context.settings[Setting.enableAdminChatAccess]
    }
}
