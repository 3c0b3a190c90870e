package import Core
import Foundation
package import Postgres

/// Folders form a tree. Walks through it survive a cycle, which an account that was moved in may bring along.
package enum FolderStore {
    /// Writers of one account's tree take turns: neither two siblings of one name nor a cycle can come from two changes at once.
    private static func lock(owner: String, _ database: Connection) throws {
        try database.execute("select pg_advisory_xact_lock(hashtextextended(\("folders of " + owner), 0))")
    }

    static func all(owner: String, _ database: Connection) throws -> [Folder] {
        try database.query(
            "select \(Folder.columns) from folder f where f.account_id = \(owner) order by f.created_at, f.id"
        ).map(Folder.init)
    }

    static func find(_ id: String, owner: String, _ database: Connection) throws -> Folder? {
        try database.query("select \(Folder.columns) from folder f where f.id = \(id) and f.account_id = \(owner)")
            .first.map(Folder.init)
    }

    /// Whether the owner has the folder, which then stays until the end of the transaction.
    static func hold(_ id: String, owner: String, _ database: Connection) throws -> Bool {
        try !database.query("select from folder where id = \(id) and account_id = \(owner) for key share").isEmpty
    }

    /// What a chat gets from its folder: a system prompt, and files.
    package static func gifts(toChat chat: String, _ database: Connection) throws -> (
        prompt: String?, files: [JSONValue]
    ) {
        let row = try database.query(
            """
            select case when jsonb_typeof(f.data -> 'system_prompt') = 'string' then f.data ->> 'system_prompt' end,
                case when jsonb_typeof(f.data -> 'files') = 'array' then (f.data -> 'files')::text end
            from chat c join folder f on f.id = c.folder_id and f.account_id = c.account_id where c.id = \(chat)
            """
        ).first
        let files = try row?.textOrNull(1).map { try JSONValue(parsing: $0).array ?? [] }
        return (row?.textOrNull(0), files ?? [])
    }

    /// A folder and all below it; empty when the owner has no such folder.
    static func tree(_ id: String, owner: String, _ database: Connection) throws -> [String] {
        try database.query(
            """
            with recursive tree (id) as (
                select f.id from folder f where f.id = \(id) and f.account_id = \(owner)
                union select f.id from tree join folder f on f.parent_id = tree.id and f.account_id = \(owner)
            )
            select id from tree
            """
        ).map { try $0.text(0) }
    }

    /// The folders of these names, and all below them. Case does not count, nor does the kind and number of spaces and underscores.
    static func ids(named names: [String], owner: String, _ database: Connection) throws -> [String] {
        try database.query(
            """
            with recursive tree (id) as (
                select f.id from folder f
                where f.account_id = \(owner) and \(plainName("f.name")) in (select \(plainName("name")) from unnest(\(names)) as names (name))
                union select f.id from tree join folder f on f.parent_id = tree.id and f.account_id = \(owner)
            )
            select id from tree
            """
        ).map { try $0.text(0) }
    }

    private static func plainName(_ column: SQL) -> SQL {
        "lower(btrim(regexp_replace(\(column), '[[:space:]_]+', ' ', 'g')))"
    }

    enum Refusal: Error {
        case unknown
        /// A sibling has the name.
        case nameTaken
        case parentUnknown
        case cycle
        /// There are chats in it, which may not be deleted.
        case chatsAreKept
    }

    static func insert(
        name: String,
        data: JSONObject?,
        meta: JSONObject?,
        owner: String,
        _ database: Connection
    ) throws -> Folder {
        try database.transaction {
            try lock(owner: owner, database)
            if try isTaken(name, in: nil, except: nil, owner: owner, database) { throw Refusal.nameTaken }
            let now = Clock.nowSeconds
            let rows = try database.query(
                """
                insert into folder as f (id, account_id, name, data, meta, created_at, updated_at)
                values (\(UUID().uuidString.lowercased()), \(owner), \(name), \(json(data) as RawJSON?), \(json(meta) as RawJSON?),
                    \(now), \(now))
                returning \(Folder.columns)
                """
            )
            return try Folder(row: rows[0])
        }
    }

    /// Changes what is given. The keys of `data` and `meta` replace those that are there, and others stay.
    static func update(
        _ id: String,
        name: String?,
        data: JSONObject?,
        meta: JSONObject?,
        owner: String,
        _ database: Connection
    ) throws -> Folder {
        try database.transaction {
            try lock(owner: owner, database)
            guard let folder = try find(id, owner: owner, database) else { throw Refusal.unknown }
            if let name, try isTaken(name, in: folder.parentID, except: id, owner: owner, database) {
                throw Refusal.nameTaken
            }
            return try change(
                id,
                """
                name = coalesce(\(name as String?), name), data = \(merge("data", data)), meta = \(merge("meta", meta))
                """,
                owner: owner,
                database
            )
        }
    }

    /// A folder that lies where it is to go already counts as its own sibling, as it does in the reference.
    static func move(_ id: String, to parent: String?, owner: String, _ database: Connection) throws -> Folder {
        try database.transaction {
            try lock(owner: owner, database)
            guard let folder = try find(id, owner: owner, database) else { throw Refusal.unknown }
            if let parent {
                if try tree(id, owner: owner, database).contains(parent) { throw Refusal.cycle }
                guard try hold(parent, owner: owner, database) else { throw Refusal.parentUnknown }
            }
            if try isTaken(folder.name, in: parent, except: nil, owner: owner, database) { throw Refusal.nameTaken }
            return try change(id, "parent_id = \(parent as String?)", owner: owner, database)
        }
    }

    static func setExpanded(_ isExpanded: Bool, _ id: String, owner: String, _ database: Connection) throws -> Folder {
        try change(id, "is_expanded = \(isExpanded)", owner: owner, database)
    }

    private static func holdsChats(_ folders: [String], owner: String, _ database: Connection) throws -> Bool {
        try !database.query("select from chat where folder_id = any(\(folders)) and account_id = \(owner) limit 1")
            .isEmpty
    }

    /// Deletes a folder, all below it, and their chats. Whether it may is asked only when there are chats.
    static func delete(_ id: String, owner: String, mayDeleteChats: () throws -> Bool, _ database: Connection) throws {
        try database.transaction {
            try lock(owner: owner, database)
            try TagStore.lock(owner: owner, database)
            let folders = try tree(id, owner: owner, database)
            if folders.isEmpty { throw Refusal.unknown }
            // The folders go first: that waits for whoever is putting a chat into one of them.
            try database.execute("delete from folder where id = any(\(folders)) and account_id = \(owner)")
            if try holdsChats(folders, owner: owner, database), try !mayDeleteChats() { throw Refusal.chatsAreKept }
            let rows = try database.query(
                "delete from chat c where c.folder_id = any(\(folders)) and c.account_id = \(owner) returning \(TagStore.ids)"
            )
            let tags = Set(try rows.flatMap { try TagStore.ids($0, 0) })
            try TagStore.removeUnused(Array(tags), owner: owner, database)
        }
    }

    private static func change(_ id: String, _ changes: SQL, owner: String, _ database: Connection) throws -> Folder {
        let rows = try database.query(
            """
            update folder f set \(changes), updated_at = \(Clock.nowSeconds) where f.id = \(id) and f.account_id = \(owner)
            returning \(Folder.columns)
            """
        )
        guard let row = rows.first else { throw Refusal.unknown }
        return try Folder(row: row)
    }

    private static func isTaken(
        _ name: String,
        in parent: String?,
        except id: String?,
        owner: String,
        _ database: Connection
    ) throws -> Bool {
        try !database.query(
            """
            select from folder f
            where f.account_id = \(owner) and (select p.id from folder p where p.id = f.parent_id) is not distinct from \(parent as String?)
                and lower(f.name) = lower(\(name)) and f.id is distinct from \(id as String?)
            limit 1
            """
        ).isEmpty
    }

    private static func json(_ object: JSONObject?) -> RawJSON? {
        object.map { RawJSON(.object($0)) }
    }

    private static func merge(_ column: SQL, _ object: JSONObject?) -> SQL {
        guard let object else { return column }
        return
            "(case when jsonb_typeof(f.\(column)) = 'object' then f.\(column) else '{}' end) || \(RawJSON(.object(object)))"
    }
}
