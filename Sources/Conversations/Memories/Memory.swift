import Core
import Postgres

/// A fact that an account wants to be known to models. Times are seconds since 1970.
struct Memory {
    let id: String
    let accountID: String
    let content: String
    let createdAt: Int
    let updatedAt: Int
    /// Its place in the order of arrival.
    let position: Int

    /// What `init(row:)` reads, of the table `memory m`.
    static let columns: SQL = "m.id, m.account_id, m.content, m.created_at, m.updated_at, m.position"
    static let columnCount = 6

    /// The longest text, in bytes of UTF-8: more than models of embeddings read.
    static let maximumContent = 64 << 10
    /// The most that one account may have, all of which a search looks through.
    static let maximumCount = 10_000

    init(row: Row) throws {
        id = try row.text(0)
        accountID = try row.text(1)
        content = try row.text(2)
        createdAt = try row.int(3)
        updatedAt = try row.int(4)
        position = try row.int(5)
    }

    /// Writes `{id, user_id, content, updated_at, created_at}`.
    func write(to json: inout JSONWriter) {
        json.object {
            $0.field("id", id)
            $0.field("user_id", accountID)
            $0.field("content", content)
            $0.field("updated_at", updatedAt)
            $0.field("created_at", createdAt)
        }
    }
}
