package import Accounts
import Core
package import Postgres

/// A note as a text to read, for models that are asked about it.
package struct NoteText: Sendable {
    package let title: String
    package let markdown: String

    /// - Returns: nil when there is no such note, or the account may not read it.
    package static func find(_ id: String, for account: Account, _ database: Connection) throws -> NoteText? {
        guard let note = try NoteStore.find(id, database), try note.access.allows(.read, account) else { return nil }
        return NoteText(title: note.title, markdown: try note.data?.parsed()["content"]?["md"]?.string ?? "")
    }
}
