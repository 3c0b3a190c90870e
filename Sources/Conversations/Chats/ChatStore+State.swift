import Accounts
import Core
import HTTP
package import Postgres

/// What a chat is besides its content: its title, pinned, archived, in a folder. Each change makes it the newest of its list.
extension ChatStore {
    package static func title(_ id: String, _ database: Connection) throws -> String? {
        try database.query("select title from chat where id = \(id)").first?.text(0)
    }

    /// Sets the title in the row and in the client's object.
    package static func setTitle(_ title: String, of id: String, _ database: Connection) throws {
        try database.execute(
            """
            update chat set title = \(title), body = jsonb_set(body, '{title}', to_jsonb(\(title)::text)), updated_at = \(Clock.nowSeconds)
            where id = \(id)
            """
        )
    }

    /// - Returns: nil when the owner has no such chat.
    static func isPinned(_ id: String, owner: String, _ database: Connection) throws -> Bool? {
        try database.query("select pinned from chat where id = \(id) and account_id = \(owner)").first?.bool(0)
    }

    /// - Returns: false when the owner has no such chat; so do the functions below.
    static func togglePinned(_ id: String, owner: String, _ database: Connection) throws -> Bool {
        try database.execute(
            "update chat set pinned = not pinned, updated_at = \(Clock.nowSeconds) where id = \(id) and account_id = \(owner)"
        ) > 0
    }

    /// The tags that only archived chats have are not offered, so their rows come and go with it.
    static func toggleArchived(_ id: String, owner: String, _ database: Connection) throws -> Bool {
        try database.transaction {
            try TagStore.lock(owner: owner, database)
            let rows = try database.query(
                """
                update chat c set archived = not archived, updated_at = \(Clock.nowSeconds) where id = \(id) and account_id = \(owner)
                returning archived, \(TagStore.ids)
                """
            )
            guard let row = rows.first else { return false }
            let tags = try TagStore.ids(row, 1)
            if try row.bool(0) {
                try TagStore.removeUnused(tags, owner: owner, database)
            } else {
                try TagStore.insert(tags.map { ($0, $0) }, owner: owner, database)
            }
            return true
        }
    }

    static func setArchived(_ isArchived: Bool, owner: String, _ database: Connection) throws {
        try database.execute(
            "update chat set archived = \(isArchived) where account_id = \(owner) and archived <> \(isArchived)"
        )
    }

    /// Moving a chat unpins it.
    ///
    /// - Throws: 404 when there is no such folder.
    static func move(_ id: String, to folder: String?, owner: String, _ database: Connection) throws -> Bool {
        try database.transaction {
            if let folder {
                guard try FolderStore.hold(folder, owner: owner, database) else {
                    throw APIError.notFound(Detail.notFound)
                }
            }
            return try database.execute(
                """
                update chat set folder_id = \(folder as String?), pinned = false, updated_at = \(Clock.nowSeconds)
                where id = \(id) and account_id = \(owner)
                """
            ) > 0
        }
    }
}
