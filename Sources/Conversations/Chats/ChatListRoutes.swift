import Accounts
import Core
import HTTP
import Postgres

/// Lists of chats, and the search.
enum ChatListRoutes {
    static func list(_ context: Context) throws -> Response {
        let includesFolders = try context.request.queryBool("include_folders") ?? false
        let page = try Page.named(by: context.request)
        return try respond(
            ChatStore.list(owner: context.account.id, includesFolders: includesFolders, page: page, context.database)
        )
    }

    static func pinned(_ context: Context) throws -> Response {
        try respond(ChatStore.pinned(owner: context.account.id, context.database))
    }

    static func archived(_ context: Context) throws -> Response {
        let page = try Page.named(by: context.request) ?? .first
        return try respond(
            ChatStore.list(
                owner: context.account.id,
                isArchived: true,
                filter(context.request),
                page: page,
                context.database
            )
        )
    }

    /// Somebody's chats, for an admin.
    static func ofUser(_ context: Context) throws -> Response {
        guard try context.settings[Setting.enableAdminChatAccess] else {
            throw APIError.unauthorized(Detail.accessProhibited)
        }
        let page = try Page.named(by: context.request) ?? .first
        return try respond(
            ChatStore.list(
                owner: context.parameter("user_id"),
                isArchived: nil,
                filter(context.request),
                page: page,
                context.database
            )
        )
    }

    /// A search for nothing but a tag that finds nothing removes the tag.
    static func search(_ context: Context) throws -> Response {
        let search = SearchQuery(try context.request.requiredQuery("text"))
        let page = try Page.named(by: context.request) ?? .first
        let owner = try context.account.id
        let rows = try ChatStore.search(search, owner: owner, page: page, context.database)
        if rows.isEmpty, page.number == 1, let tag = search.onlyTag {
            try TagStore.removeUnused(tag, owner: owner, context.database)
        }
        return try respond(rows)
    }

    static func inFolder(_ context: Context) throws -> Response {
        let page = try Page.named(by: context.request) ?? .first
        let rows = try ChatStore.list(
            folder: context.parameter("folder_id"),
            owner: context.account.id,
            page: page,
            context.database
        )
        return try .json { json in
            try json.array(of: rows) { json, row in
                try json.object { json in
                    json.field("title", try row.text(1))
                    json.field("id", try row.text(0))
                    json.field("updated_at", try row.int(2))
                }
            }
        }
    }

    private static func respond(_ rows: some Sequence<Row>) throws -> Response {
        try .json { try ChatListRow.write(rows, to: &$0) }
    }

    private static func filter(_ request: Request) throws -> ChatStore.Filter {
        var filter = ChatStore.Filter()
        filter.query = request.query["query"].flatMap { $0.isEmpty ? nil : $0 }
        if let name = request.query["order_by"], !name.isEmpty {
            guard let order = ChatStore.Filter.Order(rawValue: name) else {
                let names = ChatStore.Filter.Order.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
                throw APIError.invalid(
                    "literal_error",
                    at: ["query", "order_by"],
                    "Input should be one of \(names)",
                    input: .string(name)
                )
            }
            filter.order = order
        }
        if let direction = request.query["direction"]?.lowercased(), !direction.isEmpty {
            guard direction == "asc" || direction == "desc" else {
                throw APIError.invalid(
                    "literal_error",
                    at: ["query", "direction"],
                    "Input should be 'asc' or 'desc'",
                    input: .string(direction)
                )
            }
            filter.isAscending = direction == "asc"
        }
        return filter
    }
}
