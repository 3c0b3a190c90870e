import Postgres

extension ChatStore {
    /// How many of the newest chats are looked through before the index is asked. Words that are common fill a page from these, and the
    /// index would give far too much of them; words that are not found here are rare enough for the index.
    private static let window = 400

    static func search(_ search: SearchQuery, owner: String, page: Page, _ database: Connection) throws -> [Row] {
        var conditions: SQL = "c.account_id = \(owner)"
        conditions += search.isArchived == true ? " and c.archived" : " and not c.archived"
        if let isPinned = search.isPinned { conditions += isPinned ? " and c.pinned" : " and not c.pinned" }
        if let isShared = search.isShared {
            conditions += isShared ? " and" : " and not"
            conditions += " exists (select from shared_chat s where s.chat_id = c.id)"
        }
        if search.tags.contains(TagStore.reserved) {
            conditions += " and coalesce(c.meta -> 'tags', '[]') in ('[]', 'null')"
        } else if !search.tags.isEmpty {
            conditions += " and jsonb_exists_all(c.meta -> 'tags', \(search.tags))"
        }
        if !search.folders.isEmpty {
            let folders = try FolderStore.ids(named: search.folders, owner: owner, database)
            if folders.isEmpty { return [] }
            conditions += " and c.folder_id = any(\(folders))"
        }
        guard !search.text.isEmpty else {
            return Array(
                try database.query("select \(ChatListRow.columns) from chat c where \(conditions) \(newestFirst) \(page.clause)"))
        }
        return try find(LikePattern(containing: search.text), conditions, page, database)
    }

    private static func find(_ text: LikePattern, _ conditions: SQL, _ page: Page, _ database: Connection) throws -> [Row] {
        let end = page.offset + Page.size
        let found = try walk(text, conditions, limit: text.isIndexable ? window : nil, end: end, database)
        let isComplete = try found.count >= end || !text.isIndexable || isSmall(conditions, database)
        if isComplete { return Array(found.dropFirst(page.offset).prefix(Page.size)) }
        return Array(
            try database.query(
                """
                with found as materialized (
                    select m.chat_id as id from chat_message m where not m.streaming and \(text.matches("m.content"))
                    union select t.id from chat t where \(text.matches("t.title"))
                    union select l.id from chat l where l.loose_text is not null and \(text.matches("l.loose_text"))
                )
                select \(ChatListRow.columns) from found join chat c on c.id = found.id
                where \(conditions) \(newestFirst) \(page.clause)
                """))
    }

    /// Looks through the newest chats, one after another, until there are enough.
    private static func walk(
        _ text: LikePattern, _ conditions: SQL, limit: Int?, end: Int, _ database: Connection
    ) throws -> Rows {
        let bound: SQL = limit.map { "limit \($0)" } ?? ""
        // The offset of nothing keeps the inner query apart, so that chats come in order and the outer limit ends the walk.
        return try database.query(
            """
            select \(ChatListRow.columns)
            from (select c.id, c.title, c.updated_at, c.created_at, c.loose_text from chat c where \(conditions) \(newestFirst) \(bound) offset 0) c
            where \(text.matches("c.title")) or \(text.matches("coalesce(c.loose_text, '')"))
                or exists (select from chat_message m where m.chat_id = c.id and not m.streaming and \(text.matches("m.content")))
            \(newestFirst) limit \(end)
            """)
    }

    /// Whether all chats were within the window.
    private static func isSmall(_ conditions: SQL, _ database: Connection) throws -> Bool {
        try database.query("select from chat c where \(conditions) limit 1 offset \(window)").isEmpty
    }
}
