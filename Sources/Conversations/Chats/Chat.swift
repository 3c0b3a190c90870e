package import Core
import OrderedCollections
package import Postgres

/// A stored chat, ready to be written as the API gives it. Its texts are carried as they came from the database.
package struct Chat {
    package let id: String
    package let ownerID: String
    package let title: String
    package let body: RawJSON
    package let currentID: String?
    package let hasHistory: Bool
    package let flat: String
    package let messageIDs: RawJSON?
    package let looseMessages: RawJSON?
    package let meta: RawJSON
    package let folderID: String?
    package let isPinned: Bool
    package let isArchived: Bool
    package let createdAt: Int
    package let updatedAt: Int
    package let shareID: String?
    /// See `Fork`.
    let forks: RawJSON?

    /// What `init(row:)` reads, of the table `chat c`.
    static let columns: SQL = """
        c.id, c.account_id, c.title, c.body::text, c.current_id, c.has_history, c.flat, to_json(c.message_ids)::text,
        c.loose_messages::text, c.meta::text, c.folder_id, c.pinned, c.archived, c.created_at, c.updated_at,
        (select s.id from shared_chat s where s.chat_id = c.id), c.forks::text
        """

    init(row: Row) throws {
        id = try row.text(0)
        ownerID = try row.text(1)
        title = try row.text(2)
        body = RawJSON(try row.text(3))
        currentID = row.textOrNull(4)
        hasHistory = try row.bool(5)
        flat = try row.text(6)
        messageIDs = row.textOrNull(7).map { RawJSON($0) }
        looseMessages = row.textOrNull(8).map { RawJSON($0) }
        meta = RawJSON(try row.text(9))
        folderID = row.textOrNull(10)
        isPinned = try row.bool(11)
        isArchived = try row.bool(12)
        createdAt = try row.int(13)
        updatedAt = try row.int(14)
        shareID = row.textOrNull(15)
        forks = row.textOrNull(16).map { RawJSON($0) }
    }

    /// Writes `{id, user_id, title, chat, updated_at, created_at, share_id, archived, pinned, meta, folder_id}`, with messages that are rows
    /// of `ChatMessage.columns`, in order.
    package func write(to json: inout JSONWriter, messages: some RandomAccessCollection<Row>) throws {
        try json.object { json in
            json.field("id", id)
            json.field("user_id", ownerID)
            json.field("title", title)
            json.key("chat")
            try writeDocument(to: &json, messages: messages)
            json.field("updated_at", updatedAt)
            json.field("created_at", createdAt)
            json.field("share_id", shareID)
            json.field("archived", isArchived)
            json.field("pinned", isPinned)
            json.field("meta", raw: meta.text)
            json.field("folder_id", folderID)
        }
    }

    /// Writes the client's own object: the body, the history put together from rows, and the flat list.
    package func writeDocument(to json: inout JSONWriter, messages: some RandomAccessCollection<Row>) throws {
        try json.object { json in
            json.members(of: body.text)
            guard hasHistory || !messages.isEmpty else { return try writeFlat(to: &json, history: [:], parents: [:]) }
            var written: [String: Range<Int>] = [:]
            var parents: [String: String?] = [:]
            var children: [String: [String]] = [:]
            for row in messages {
                let id = try row.text(0)
                parents.updateValue(row.textOrNull(1), forKey: id)
                if let parent = row.textOrNull(1) { children[parent, default: []].append(id) }
            }
            json.key("history")
            try json.object { json in
                json.key("messages")
                try json.object { json in
                    for row in messages {
                        let id = try row.text(0)
                        json.key(id)
                        let start = json.bytes.count
                        try ChatMessage.write(row, children: children[id] ?? [], to: &json)
                        written[id] = start..<json.bytes.count
                    }
                }
                json.field("currentId", currentID)
            }
            try writeFlat(to: &json, history: written, parents: parents)
        }
    }

    private func writeFlat(to json: inout JSONWriter, history: [String: Range<Int>], parents: [String: String?]) throws
    {
        let ids: [String]
        switch flat {
        case "none": return
        case "loose": return json.field("messages", raw: looseMessages?.text)
        case "ids": ids = try messageIDs?.parsed().array?.compactMap(\.string) ?? []
        default: ids = ChatDocument.branch(endingIn: currentID) { parents[$0] }
        }
        json.key("messages")
        json.array(of: ids.compactMap { history[$0] }) { json, range in json.copy(range) }
    }
}

/// One message of a history as it lies in its row.
package enum ChatMessage {
    /// What `write` reads, of the table `chat_message m`.
    package static let columns: SQL = "m.id, m.parent_id, m.role, m.content, m.body::text"

    static func write(_ row: Row, children: [String], to json: inout JSONWriter) throws {
        try json.object { json in
            json.key("id")
            row.withRaw(0) { json.string(utf8: $0) }
            json.field("parentId", row.textOrNull(1))
            json.key("childrenIds")
            json.array(of: children) { $0.string($1) }
            if !row.isNull(2) { json.field("role", try row.text(2)) }
            if !row.isNull(3) {
                json.key("content")
                row.withRaw(3) { json.string(utf8: $0) }
            }
            row.withRaw(4) { json.members(of: $0) }
        }
    }
}
