import Accounts
import Conversations
import Core
import Postgres

/// Reads the texts of attachments, as far as an account may read them.
struct ContextReader {
    let account: Account
    let settings: Settings

    /// More items than anybody attaches by hand.
    static let maximumItems = 200
    /// Bytes of all texts together: more than any model reads.
    static let maximumSize = 16 << 20

    /// Attachments that can not be read, for whatever reason, are left out. The same item counts once.
    ///
    /// - Throws: `Refusal` when there is too much to read.
    func sources(of items: [JSONValue], _ database: Connection) throws -> [ContextSource] {
        var seen: Set<JSONValue> = []
        let items = items.filter { seen.insert($0).inserted }
        guard items.count <= Self.maximumItems else {
            throw Refusal(message: "There are more than \(Self.maximumItems) attachments.")
        }
        var size = 0
        return try items.compactMap { item in
            guard let item = item.object, let attachment = Attachment(item) else { return nil }
            let passages = try passages(of: attachment, database)
            size += passages.reduce(0) { $0 + $1.text.utf8.count }
            guard size <= Self.maximumSize else {
                throw Refusal(message: "The attached texts are longer than \(Self.maximumSize >> 20) MB together.")
            }
            return passages.isEmpty ? nil : ContextSource(item, passages)
        }
    }

    private func passages(of attachment: Attachment, _ database: Connection) throws -> [Passage] {
        switch attachment {
        case .passages(let passages): return passages
        case .note(let id):
            guard let note = try NoteText.find(id, for: account, database) else { return [] }
            return [Passage(text: note.markdown, metadata: ["file_id": .string(id), "name": .string(note.title)])]
        case .chat(let id):
            guard let chat = try ChatTranscript.find(id, for: account, settings, database) else { return [] }
            return [Passage(text: chat.text, metadata: ["file_id": .string(id), "name": .string(chat.title)])]
        }
    }
}
