import Core
package import Postgres

/// Tags of chats. A chat holds the ids of its tags in `meta.tags`; the row in `tag` has the name as it was typed, and lives as long as a
/// chat that is not archived uses it.
package enum TagStore {
    /// The id of a tag: its name in lower case, with underscores for spaces.
    static func id(ofName name: String) -> String {
        name.replacing(" ", with: "_").lowercased()
    }

    /// Among the tags of a chat this word finds the chats without any, so no tag may have the name.
    static let reserved = "none"
    /// In bytes.
    static let maximumName = 255

    /// Writers of one account's tags take turns: whether a tag is still in use can not be asked while another gives it to a chat.
    static func lock(owner: String, _ database: Connection) throws {
        try database.execute("select pg_advisory_xact_lock(hashtextextended(\("tags of " + owner), 0))")
    }

    static func all(owner: String, _ database: Connection) throws -> Rows {
        try database.query("select \(columns) from tag t where t.account_id = \(owner) order by t.id")
    }

    /// - Returns: nil when the owner has no such chat; so do the functions below.
    static func tags(ofChat id: String, owner: String, _ database: Connection) throws -> Rows? {
        guard try ChatStore.exists(id, owner: owner, database) else { return nil }
        return try database.query(
            """
            select \(columns) from chat c join tag t on t.account_id = c.account_id and jsonb_exists(c.meta -> 'tags', t.id)
            where c.id = \(id) order by t.id
            """
        )
    }

    static func add(_ name: String, toChat chat: String, owner: String, _ database: Connection) throws -> Rows? {
        try database.transaction {
            try lock(owner: owner, database)
            let id = id(ofName: name)
            let count = try database.execute(
                """
                update chat c set meta = jsonb_set(meta, '{tags}', case
                    when jsonb_exists(meta -> 'tags', \(id)) then meta -> 'tags'
                    when jsonb_typeof(meta -> 'tags') = 'array' then meta -> 'tags' || to_jsonb(\(id)::text)
                    else jsonb_build_array(\(id)::text) end)
                where id = \(chat) and account_id = \(owner)
                """
            )
            if count > 0 { try insert([(id, name)], owner: owner, database) }
            return try tags(ofChat: chat, owner: owner, database)
        }
    }

    static func remove(_ name: String, fromChat chat: String, owner: String, _ database: Connection) throws -> Rows? {
        try database.transaction {
            try lock(owner: owner, database)
            let id = id(ofName: name)
            try database.execute(
                """
                update chat set meta = jsonb_set(meta, '{tags}', (meta -> 'tags') - \(id))
                where id = \(chat) and account_id = \(owner) and jsonb_exists(meta -> 'tags', \(id))
                """
            )
            try removeUnused([id], owner: owner, database)
            return try tags(ofChat: chat, owner: owner, database)
        }
    }

    /// Gives a chat these tags and no others. Reserved and overlong names are left out.
    ///
    /// - Returns: the ids of its tags, in order.
    @discardableResult
    package static func replace(
        _ names: [String],
        ofChat chat: String,
        owner: String,
        _ database: Connection
    ) throws -> [String]? {
        try database.transaction {
            try lock(owner: owner, database)
            let rows = try database.query(
                "select \(ids) from chat c where c.id = \(chat) and c.account_id = \(owner) for update"
            )
            guard let row = rows.first else { return nil }
            var tags: [(id: String, name: String)] = []
            for name in names {
                let id = id(ofName: name)
                if id != reserved, !id.isEmpty, name.utf8.count <= maximumName, !tags.contains(where: { $0.id == id }) {
                    tags.append((id, name))
                }
            }
            let new = RawJSON(.array(tags.map { .string($0.id) }))
            try database.execute("update chat set meta = jsonb_set(meta, '{tags}', \(new)) where id = \(chat)")
            try insert(tags, owner: owner, database)
            try removeUnused(self.ids(row, 0), owner: owner, database)
            return tags.map(\.id)
        }
    }

    /// Tags of a chat that came from elsewhere, by id: of their names only the words are known. Must run under the owner's lock.
    static func insertImported(_ ids: [String], owner: String, _ database: Connection) throws {
        let tags = ids.map { tag in
            let id = id(ofName: tag)
            let words = id.split(separator: "_", omittingEmptySubsequences: false)
            return (id, words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: " "))
        }
        try insert(tags, owner: owner, database)
    }

    /// Must run under the owner's lock.
    static func insert(_ tags: [(id: String, name: String)], owner: String, _ database: Connection) throws {
        let usable = tags.filter { $0.id != reserved && $0.id.utf8.count <= maximumName }
        guard !usable.isEmpty else { return }
        try database.execute(
            """
            insert into tag (account_id, id, name)
            select \(owner), id, name from unnest(\(usable.map(\.id)), \(usable.map(\.name))) as tags (id, name)
            on conflict do nothing
            """
        )
    }

    /// Removes those of these tags that no chat uses any more. Must run under the owner's lock.
    static func removeUnused(_ ids: [String], owner: String, _ database: Connection) throws {
        guard !ids.isEmpty else { return }
        try database.execute(
            """
            delete from tag t where t.account_id = \(owner) and t.id = any(\(ids)) and not exists (
                select from chat c where c.account_id = \(owner) and not c.archived and jsonb_exists(c.meta -> 'tags', t.id))
            """
        )
    }

    /// Removes a tag that a search did not find on any chat.
    static func removeUnused(_ id: String, owner: String, _ database: Connection) throws {
        try database.transaction {
            try lock(owner: owner, database)
            try removeUnused([id], owner: owner, database)
        }
    }

    /// The ids of the tags of the table `chat c`, for `ids(_:_:)`.
    static let ids: SQL = "case when jsonb_typeof(c.meta -> 'tags') = 'array' then (c.meta -> 'tags')::text end"

    static func ids(_ row: Row, _ column: Int) throws -> [String] {
        guard let text = row.textOrNull(column) else { return [] }
        return try JSONValue(parsing: text).array?.compactMap(\.string) ?? []
    }

    private static let columns: SQL = "t.id, t.name, t.account_id, t.meta::text"

    /// Writes `[{id, name, user_id, meta}]`.
    static func write(_ rows: Rows, to json: inout JSONWriter) throws {
        try json.array(of: rows) { json, row in
            try json.object { json in
                json.field("id", try row.text(0))
                json.field("name", try row.text(1))
                json.field("user_id", try row.text(2))
                json.field("meta", raw: row.textOrNull(3))
            }
        }
    }
}
