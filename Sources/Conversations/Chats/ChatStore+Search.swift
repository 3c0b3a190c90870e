import Postgres

extension ChatStore {
    /// - Returns: nil when the query names a folder that is not there.
    static func search(_ search: SearchQuery, owner: String, page: Page, _ database: Connection) throws -> Rows? {
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
            if folders.isEmpty { return nil }
            conditions += " and c.folder_id = any(\(folders))"
        }
        if !search.text.isEmpty {
            let pattern = LikePattern(containing: search.text)
            conditions += """
                 and (\(pattern.matches("c.title")) or \(pattern.matches("c.loose_text")) or exists (
                    select from chat_message m where m.chat_id = c.id and not m.streaming and \(pattern.matches("m.content"))))
                """
        }
        return try database.transaction {
            // How common the words are decides between two plans: to look through the newest chats until a page is full, or to ask the
            // index of trigrams. A plan that is made once for all words is hundreds of times slower for some of them.
            try database.execute("select set_config('plan_cache_mode', 'force_custom_plan', true)")
            return try database.query("select \(ChatListRow.columns) from chat c where \(conditions) \(newestFirst) \(page.clause)")
        }
    }
}
