import Postgres

extension ChatStore {
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
        if search.text.isEmpty {
            return Array(
                try database.query(
                    "select \(ChatListRow.columns) from chat c where \(conditions) \(newestFirst) \(page.clause)"
                )
            )
        }
        return try find(LikePattern(containing: search.text), conditions, page, database)
    }

    /// How many messages the index may give before it is cheaper to look through the chats.
    private static let manyMessages = 10_000

    /// How many chats may be looked through where the index could be asked instead. That takes 50 ms; the index takes less for most words,
    /// but ten times as long for a phrase of common words, of which it knows only the words.
    private static let longestWalk = 1_200

    /// Common texts fill a page from the newest chats, and the index would give far too much of them; rare ones are found by the index
    /// at once. How common a text is shows while it is looked for: the planner's estimates are off by too much to leave the choice to it.
    private static func find(
        _ text: LikePattern,
        _ conditions: SQL,
        _ page: Page,
        _ database: Connection
    ) throws -> [Row] {
        let end = page.offset + Page.size
        var window = 2 * end
        var newest = try walk(text, conditions, window: window, end: end, database)
        // What was found tells how far the walk would have to go, with a quarter to spare.
        let distance = window * end / max(newest.count, 1) * 5 / 4
        if newest.count < end, distance <= max(longestWalk, window) {
            window = distance
            newest = try walk(text, conditions, window: window, end: end, database)
        }
        if try newest.count == end || isWithin(window, conditions, database) {
            return Array(newest.dropFirst(page.offset))
        }
        if let found = try lookUp(text, conditions, page, database) { return found }
        return Array(try walk(text, conditions, window: nil, end: end, database).dropFirst(page.offset))
    }

    /// Looks through the newest chats, one after another, until there are enough.
    private static func walk(
        _ text: LikePattern,
        _ conditions: SQL,
        window: Int?,
        end: Int,
        _ database: Connection
    ) throws -> Rows {
        let bound: SQL = window.map { "limit \($0)" } ?? ""
        // The offsets of nothing are fences: chats come in order, so that the outer limit ends the walk, and the index is not asked.
        return try database.query(
            """
            select \(ChatListRow.columns)
            from (
                select \(ChatListRow.columns), c.loose_text from chat c where \(conditions) \(newestFirst) \(bound) offset 0
            ) c
            where \(text.matches("c.title")) or \(text.matches("c.loose_text")) or exists (
                select from (
                    select m.content from chat_message m where m.chat_id = c.id and not m.streaming offset 0
                ) m where \(text.matches("m.content")))
            \(newestFirst) limit \(end)
            """
        )
    }

    private static func isWithin(_ window: Int, _ conditions: SQL, _ database: Connection) throws -> Bool {
        try database.query("select from chat c where \(conditions) limit 1 offset \(window)").isEmpty
    }

    /// Asks the index: that of trigrams, or for texts too short for it that of pairs of letters.
    ///
    /// - Returns: nil when too many messages have the text, of whatever account.
    private static func lookUp(
        _ text: LikePattern,
        _ conditions: SQL,
        _ page: Page,
        _ database: Connection
    ) throws -> [Row]? {
        // The index of trigrams can not serve a short text, but the planner does not know which text it will be; so it is given another
        // expression than that of the index.
        let isFound: SQL =
            text.isIndexable
            ? text.matches("m.content")
            : """
            (text_pairs(m.content) @> text_pairs(\(text.text)) or text_pairs(m.content) @> '{""}')
            and \(text.matches("(m.content || '')"))
            """
        // No index serves short texts in titles: those of the account are looked through.
        let titles: SQL =
            text.isIndexable
            ? """
            select c.id from chat c where \(text.matches("c.title"))
            union select c.id from chat c where c.loose_text is not null and \(text.matches("c.loose_text"))
            """
            : """
            select c.id from chat c where \(conditions) and (\(text.matches("c.title")) or \(text.matches("c.loose_text")))
            """
        return try database.transaction {
            // Where the planner takes a text for a common one it would read the whole table for it, with processes that take longer to
            // start than the search.
            try database.execute(
                """
                select set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true),
                    set_config('max_parallel_workers_per_gather', '0', true)
                """
            )
            let rows = try database.query(
                """
                with message as materialized (
                    select m.chat_id as id from chat_message m
                    where not m.streaming and \(isFound)
                    limit \(manyMessages)
                ), found as (
                    select id from message
                    union \(titles)
                )
                select \(ChatListRow.columns), n.count
                from (select count(*) from message) n
                left join (
                    select \(ChatListRow.columns) from found join chat c on c.id = found.id and \(conditions)
                    \(newestFirst) \(page.clause)
                ) c on true
                \(newestFirst)
                """
            )
            let count = try rows.first?.int(4) ?? 0
            return count < manyMessages ? rows.filter { !$0.isNull(0) } : nil
        }
    }
}
