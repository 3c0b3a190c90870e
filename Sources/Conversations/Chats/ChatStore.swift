package import Core
import HTTP
package import Postgres

/// Reads and writes whole chats. Lists are in `ChatStore+Lists.swift`, single messages in `MessageStore.swift`.
package enum ChatStore {
    /// Without an owner it reads anybody's chat, for those who may.
    package static func find(_ id: String, owner: String?, _ database: Connection) throws -> Chat? {
        let condition: SQL = owner.map { "and c.account_id = \($0)" } ?? ""
        return try database.query("select \(Chat.columns) from chat c where c.id = \(id) \(condition)").first.map(
            Chat.init
        )
    }

    package static func messages(_ id: String, _ database: Connection) throws -> Rows {
        try database.query(
            "select \(ChatMessage.columns) from chat_message m where m.chat_id = \(id) order by m.position"
        )
    }

    package static func exists(_ id: String, owner: String, lock: SQL = "", _ database: Connection) throws -> Bool {
        try !database.query("select from chat c where c.id = \(id) and c.account_id = \(owner) \(lock)").isEmpty
    }

    /// The id of the account that a chat belongs to.
    package static func owner(_ id: String, _ database: Connection) throws -> String? {
        try database.query("select account_id from chat where id = \(id)").first?.text(0)
    }

    /// What a chat is created with besides the client's object.
    package struct Frame: Sendable {
        package var folderID: String?
        package var isPinned = false
        package var meta: JSONObject = [:]
        package var createdAt: Int?
        package var updatedAt: Int?

        package init() {}
    }

    /// Creates a chat; its title is that of the object, or "New Chat". A folder that the owner does not have is none, so that the chat
    /// stays in sight.
    package static func insert(
        _ id: String,
        owner: String,
        _ chat: JSONObject,
        _ frame: Frame = Frame(),
        _ database: Connection
    ) throws {
        let document = try ChatDocument(chat)
        let now = Clock.nowSeconds
        try database.transaction {
            let folder = try frame.folderID.flatMap { try FolderStore.hold($0, owner: owner, database) ? $0 : nil }
            try database.execute(
                """
                insert into chat (id, account_id, title, body, current_id, has_history, meta, folder_id, pinned, created_at, updated_at)
                values (\(id), \(owner), \(document.title ?? "New Chat"), \(RawJSON(.object(document.body))), \(document.history?.currentID as String?),
                        \(document.history != nil), \(RawJSON(.object(frame.meta))), \(folder as String?), \(frame.isPinned),
                        \(frame.createdAt ?? now), \(frame.updatedAt ?? now))
                """
            )
            try saveFlat(id, document.flat, database)
            if let history = document.history { try MessageStore.save(history.messages, of: id, database) }
        }
    }

    /// What a save leaves of a stored chat, whatever it says.
    package struct Kept: Sendable {
        /// Messages that the client has deleted.
        package var messages = false
        /// Texts of questions and of finished answers.
        package var texts = false

        package init(messages: Bool = false, texts: Bool = false) {
            self.messages = messages
            self.texts = texts
        }
    }

    /// Merges what a client holds into the stored chat: keys that it sends replace, others stay. The messages of its history are merged
    /// one by one, so that a tab which has not heard of the newest ones does not remove them (`removable`).
    ///
    /// - Returns: false when the owner has no such chat.
    package static func update(
        _ id: String,
        owner: String,
        _ chat: JSONObject,
        keeping kept: Kept = Kept(),
        _ database: Connection
    ) throws -> Bool {
        let document = try ChatDocument(chat)
        return try database.transaction {
            let rows = try database.query(
                "select c.current_id, c.forks::text from chat c where c.id = \(id) and c.account_id = \(owner) for update"
            )
            guard let stored = rows.first else { return false }
            var currentID = stored.textOrNull(0)
            var forks = try Fork.list(stored.textOrNull(1))
            if let history = document.history {
                let tree = try merge(history, into: id, forks, keeping: kept, database)
                if !tree.keepsBusy(without: Set(history.messages.keys)) { currentID = history.currentID }
                forks = tree.forks
            }
            try database.execute(
                """
                update chat set body = body || \(RawJSON(.object(document.body))), title = coalesce(\(document.title as String?), title),
                    current_id = \(currentID as String?), forks = \(Fork.json(forks) as RawJSON?),
                    has_history = has_history or \(document.history != nil), updated_at = \(Clock.nowSeconds)
                where id = \(id)
                """
            )
            if document.flat != .none { try saveFlat(id, document.flat, database) }
            return true
        }
    }

    /// - Returns: the tree as it was before.
    private static func merge(
        _ history: ChatDocument.History,
        into id: String,
        _ forks: [Fork],
        keeping kept: Kept,
        _ database: Connection
    ) throws -> StoredTree {
        let rows = try database.query(
            "select m.id, m.parent_id, m.streaming from chat_message m where m.chat_id = \(id)"
        )
        var stored = StoredTree(forks: forks)
        for row in rows { stored.add(id: try row.text(0), parent: row.textOrNull(1), isStreaming: try row.bool(2)) }
        let sent = Set(history.messages.keys)
        stored.noteFork(by: sent)
        try MessageStore.save(history.messages, of: id, keepingTexts: kept.texts, database)
        let removable = kept.messages ? [] : stored.removable(by: sent)
        if !removable.isEmpty {
            try database.execute("delete from chat_message where chat_id = \(id) and id = any(\(removable))")
        }
        return stored
    }

    /// Takes note that a page has read the chat anew, and knows all messages that these forks tell of.
    static func endForks(of chat: Chat, _ database: Connection) throws {
        guard let forks = chat.forks else { return }
        try database.execute("update chat set forks = null where id = \(chat.id) and forks = \(forks)")
    }

    /// Deletes a chat with its messages and its shared copy, and the tags that no other chat has; without an owner anybody's, for those
    /// who may. False when there is no such chat.
    package static func delete(_ id: String, owner: String?, _ database: Connection) throws -> Bool {
        try database.transaction {
            guard let found = try self.owner(id, database), owner == nil || found == owner else { return false }
            try TagStore.lock(owner: found, database)
            let rows = try database.query(
                "delete from chat c where c.id = \(id) and c.account_id = \(found) returning \(TagStore.ids)"
            )
            guard let row = rows.first else { return false }
            try TagStore.removeUnused(TagStore.ids(row, 0), owner: found, database)
            return true
        }
    }

    static func deleteAll(owner: String, _ database: Connection) throws {
        try database.transaction {
            try TagStore.lock(owner: owner, database)
            try database.execute("delete from chat where account_id = \(owner)")
            try database.execute("delete from tag where account_id = \(owner)")
        }
    }

    private static func saveFlat(_ id: String, _ flat: ChatDocument.Flat, _ database: Connection) throws {
        switch flat {
        case .none: return
        case .branch:
            try database.execute(
                """
                update chat set flat = 'branch', message_ids = null, loose_messages = null, loose_text = null
                where id = \(id) and flat <> 'branch'
                """
            )
        case .ids(let ids):
            try database.execute(
                """
                update chat set flat = 'ids', message_ids = \(ids), loose_messages = null, loose_text = null where id = \(id)
                """
            )
        case .loose(let list):
            let text = (list.array ?? []).compactMap { $0["content"]?.string }.joined(separator: "\n")
            try database.execute(
                """
                update chat set flat = 'loose', message_ids = null, loose_messages = \(RawJSON(list)), loose_text = \(text)
                where id = \(id)
                """
            )
        }
    }
}

extension ChatDocument {
    /// The title, where the client sends a usable one.
    var title: String? {
        body["title"]?.string
    }
}
