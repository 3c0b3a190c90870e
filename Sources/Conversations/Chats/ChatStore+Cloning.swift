import Core
import Foundation
import Postgres

extension ChatStore {
    /// Copies a chat into an account, row by row; no message passes through this process. Without a title it is "Clone of …". A copy of
    /// one's own chat keeps its place: the folder and the pin. Gives the id of the copy, or nil when there is no such chat.
    static func clone(
        _ id: String,
        to owner: String,
        title: String?,
        keepsPlace: Bool,
        _ database: Connection
    ) throws -> String? {
        try database.transaction {
            try TagStore.lock(owner: owner, database)
            // Held, so that the chat and its messages are those of one moment.
            let rows = try database.query("select c.title, \(TagStore.ids) from chat c where c.id = \(id) for update")
            guard let row = rows.first else { return nil }
            let copy = UUID().uuidString.lowercased()
            let title = try title ?? "Clone of \(row.text(0))"
            try database.execute(
                """
                insert into chat (id, account_id, title, body, current_id, has_history, flat, message_ids, loose_messages, loose_text,
                    meta, folder_id, pinned, created_at, updated_at)
                select \(copy), \(owner), \(title), body || jsonb_build_object(
                        'originalChatId', id, 'branchPointMessageId', current_id, 'title', \(title)::text),
                    current_id, has_history, flat, message_ids, loose_messages, loose_text,
                    meta, case when \(keepsPlace) then folder_id end, \(keepsPlace) and pinned, \(Clock.nowSeconds), \(Clock.nowSeconds)
                from chat where id = \(id)
                """
            )
            try database.execute(
                """
                insert into chat_message (chat_id, id, parent_id, role, content, body)
                select \(copy), id, parent_id, role, content, body from chat_message where chat_id = \(id) order by position
                """
            )
            try TagStore.insertImported(TagStore.ids(row, 1), owner: owner, database)
            return copy
        }
    }

    /// Makes a chat of one's own from somebody's shared copy.
    static func clone(_ shared: SharedChat, to owner: String, _ database: Connection) throws -> String {
        var chat = try JSONValue(parsing: shared.document.text).object ?? [:]
        chat["originalChatId"] = .string(shared.id)
        chat["branchPointMessageId"] = chat["history"]?["currentId"] ?? .null
        chat["title"] = .string("Clone of \(shared.title)")
        var frame = Frame()
        frame.meta = try shared.meta.parsed().object ?? [:]
        return try create(owner: owner, chat, frame, database)
    }

    /// Creates a chat and the rows of its tags.
    static func create(owner: String, _ chat: JSONObject, _ frame: Frame, _ database: Connection) throws -> String {
        let id = UUID().uuidString.lowercased()
        try database.transaction {
            try insert(id, owner: owner, chat, frame, database)
            let tags = frame.meta["tags"]?.array?.compactMap(\.string) ?? []
            guard !tags.isEmpty else { return }
            try TagStore.lock(owner: owner, database)
            try TagStore.insertImported(tags, owner: owner, database)
        }
        return id
    }
}
