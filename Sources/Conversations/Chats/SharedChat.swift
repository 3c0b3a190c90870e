import Core
import Postgres

/// A chat as it was when its owner shared it last. Its id is the address under which others find it.
struct SharedChat {
    let id: String
    let chatID: String
    let title: String
    /// The client's object.
    let document: VerbatimJSON
    let meta: RawJSON
    /// When the chat itself was begun.
    let createdAt: Int
    let updatedAt: Int

    /// What `init(row:)` reads, of the table `shared_chat s`.
    static let columns: SQL = "s.id, s.chat_id, s.title, s.chat::text, s.meta::text, s.created_at, s.updated_at"

    init(row: Row) throws {
        id = try row.text(0)
        chatID = try row.text(1)
        title = try row.text(2)
        document = VerbatimJSON(try row.text(3))
        meta = RawJSON(try row.text(4))
        createdAt = try row.int(5)
        updatedAt = try row.int(6)
    }

    /// Writes what `Chat.write` writes. Pins and folders are the owner's affair, and not shown.
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id)
            json.field("user_id", "shared-\(chatID)")
            json.field("title", title)
            json.field("chat", raw: document.text)
            json.field("updated_at", updatedAt)
            json.field("created_at", createdAt)
            json.field("share_id", nil as String?)
            json.field("archived", false)
            json.field("pinned", false)
            json.field("meta", raw: meta.text)
            json.field("folder_id", nil as String?)
        }
    }
}
