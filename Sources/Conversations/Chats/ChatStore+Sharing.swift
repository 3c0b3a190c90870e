import Core
import Foundation
import Postgres

extension ChatStore {
    /// Makes the shared copy, or brings it up to date.
    ///
    /// - Returns: nil when the owner has no such chat.
    static func share(_ id: String, owner: String, _ database: Connection) throws -> SharedChat? {
        try database.transaction {
            guard try exists(id, owner: owner, lock: "for update", database),
                let chat = try find(id, owner: owner, database)
            else {
                return nil
            }
            var document = JSONWriter()
            try chat.writeDocument(to: &document, messages: messages(id, database))
            let rows = try database.query(
                """
                insert into shared_chat as s (id, chat_id, title, chat, meta, created_at, updated_at)
                values (\(UUID().uuidString.lowercased()), \(id), \(chat.title), \(VerbatimJSON(document.text)), \(chat.meta),
                    \(chat.createdAt), \(Clock.nowSeconds))
                on conflict (chat_id) do update set title = excluded.title, chat = excluded.chat, meta = excluded.meta,
                    updated_at = excluded.updated_at
                returning \(SharedChat.columns)
                """
            )
            return try rows.first.map(SharedChat.init)
        }
    }

    static func shared(_ id: String, _ database: Connection) throws -> SharedChat? {
        try database.query("select \(SharedChat.columns) from shared_chat s where s.id = \(id)").first.map(
            SharedChat.init
        )
    }

    /// - Returns: false when the chat was not shared.
    static func unshare(_ id: String, _ database: Connection) throws -> Bool {
        try database.execute("delete from shared_chat where chat_id = \(id)") > 0
    }
}
