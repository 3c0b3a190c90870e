import Core
import Postgres

/// One line of a list of chats.
enum ChatListRow {
    /// What `write` reads, of the table `chat c`.
    static let columns: SQL = "c.id, c.title, c.updated_at, c.created_at"

    /// Writes `[{id, title, updated_at, created_at}]`.
    static func write(_ rows: some Sequence<Row>, to json: inout JSONWriter) throws {
        try json.array(of: rows) { json, row in
            try json.object { json in
                json.key("id")
                row.withRaw(0) { json.string(utf8: $0) }
                json.key("title")
                row.withRaw(1) { json.string(utf8: $0) }
                json.field("updated_at", try row.int(2))
                json.field("created_at", try row.int(3))
            }
        }
    }
}

/// The lists that the client shows: the newest first, and none of them reads a message.
extension ChatStore {
    static let newestFirst: SQL = "order by c.updated_at desc, c.id"

    /// Neither archived nor pinned chats; the chats of folders on demand. Without a page it is all of them.
    static func list(owner: String, includesFolders: Bool, page: Page?, _ database: Connection) throws -> Rows {
        let outsideFolders: SQL = includesFolders ? "" : "and c.folder_id is null"
        return try database.query(
            """
            select \(ChatListRow.columns) from chat c
            where c.account_id = \(owner) and not c.archived and not c.pinned \(outsideFolders)
            \(newestFirst) \(page?.clause ?? "")
            """
        )
    }

    static func pinned(owner: String, _ database: Connection) throws -> Rows {
        try database.query(
            """
            select \(ChatListRow.columns) from chat c where c.account_id = \(owner) and c.pinned and not c.archived \(newestFirst)
            """
        )
    }

    /// The chats directly in a folder, as `id`, `title`, `updated_at`.
    static func list(folder: String, owner: String, page: Page, _ database: Connection) throws -> Rows {
        try database.query(
            """
            select c.id, c.title, c.updated_at from chat c
            where c.folder_id = \(folder) and c.account_id = \(owner) and not c.archived and not c.pinned
            \(newestFirst) \(page.clause)
            """
        )
    }

    static func tagged(_ tag: String, owner: String, _ database: Connection) throws -> Rows {
        try database.query(
            """
            select \(ChatListRow.columns) from chat c
            where c.account_id = \(owner) and jsonb_exists(c.meta -> 'tags', \(tag)) \(newestFirst)
            """
        )
    }

    /// How the lists of the archive and of the administrator may be filtered and ordered.
    struct Filter {
        enum Order: String, CaseIterable {
            case title
            case createdAt = "created_at"
            case updatedAt = "updated_at"
        }

        /// A part of the title.
        var query: String?
        var order = Order.updatedAt
        var isAscending = false
    }

    /// A list that is filtered and ordered: of the archive, of what is not in it, or (nil) of both.
    static func list(owner: String, isArchived: Bool?, _ filter: Filter, page: Page, _ database: Connection) throws
        -> Rows
    {
        var conditions: SQL = "c.account_id = \(owner)"
        if let isArchived { conditions += isArchived ? " and c.archived" : " and not c.archived" }
        if let query = filter.query { conditions += " and \(LikePattern(containing: query).matches("c.title"))" }
        let column: SQL = "c.\(unsafe: filter.order.rawValue)"
        let direction: SQL = filter.isAscending ? "asc" : "desc"
        return try database.query(
            "select \(ChatListRow.columns) from chat c where \(conditions) order by \(column) \(direction), c.id \(page.clause)"
        )
    }
}
