import Accounts
import Core
import HTTP
import Postgres

/// The tags of chats.
enum ChatTagRoutes {
    static func all(_ context: Context) throws -> Response {
        try respond(TagStore.all(owner: context.account.id, context.database))
    }

    /// The chats of a tag; a tag without any ceases to be.
    static func chats(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let tag = TagStore.id(ofName: try form.string("name"))
        let owner = try context.account.id
        let rows = try ChatStore.tagged(tag, owner: owner, context.database)
        if rows.isEmpty { try TagStore.removeUnused(tag, owner: owner, context.database) }
        return try .json { try ChatListRow.write(rows, to: &$0) }
    }

    static func show(_ context: Context) throws -> Response {
        try respond(
            TagStore.tags(ofChat: context.parameter("id"), owner: context.account.id, context.database),
            or: Detail.notFound
        )
    }

    static func add(_ context: Context) throws -> Response {
        let name = try Form(context.request).string("name")
        let owner = try context.account.id
        guard try ChatStore.exists(context.parameter("id"), owner: owner, context.database) else {
            throw APIError.unauthorized(Detail.somethingWrong)
        }
        if TagStore.id(ofName: name) == TagStore.reserved {
            throw APIError.badRequest(Detail.error("Tag name cannot be 'None'"))
        }
        guard !name.isEmpty, name.utf8.count <= TagStore.maximumName else {
            throw APIError.badRequest(Detail.error("A tag's name has 1 to \(TagStore.maximumName) bytes"))
        }
        return try respond(
            TagStore.add(name, toChat: context.parameter("id"), owner: owner, context.database),
            or: Detail.somethingWrong
        )
    }

    static func remove(_ context: Context) throws -> Response {
        let name = try Form(context.request).string("name")
        return try respond(
            TagStore.remove(name, fromChat: context.parameter("id"), owner: context.account.id, context.database),
            or: Detail.notFound
        )
    }

    static func removeAll(_ context: Context) throws -> Response {
        let tags = try TagStore.replace(
            [],
            ofChat: context.parameter("id"),
            owner: context.account.id,
            context.database
        )
        guard tags != nil else { throw APIError.unauthorized(Detail.notFound) }
        return .json(true)
    }

    private static func respond(_ tags: Rows?, or refusal: String = Detail.notFound) throws -> Response {
        guard let tags else { throw APIError.unauthorized(refusal) }
        return try .json { try TagStore.write(tags, to: &$0) }
    }
}
