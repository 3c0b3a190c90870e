import Core
import HTTP
import Postgres

/// A text behind a `/command`, shared by access control.
struct Prompt {
    let command: String
    let ownerID: String
    let accessControl: JSONValue?
    private let row: Row

    /// What `init(row:)` and `writeMembers` read, of the table `prompt p`.
    static let columns: SQL = "p.command, p.account_id, p.title, p.content, p.updated_at, p.access_control::text"
    static let columnCount = 6

    init(row: Row) throws {
        command = try row.text(0)
        ownerID = try row.text(1)
        accessControl = try row.textOrNull(5).map { try JSONValue(parsing: $0) }
        self.row = row
    }

    /// `{command, user_id, title, content, timestamp, access_control}`.
    func response() throws -> Response {
        try .json { json in try json.object { try Self.writeMembers(row, &$0) } }
    }

    static func writeMembers(_ row: Row, _ json: inout JSONWriter) throws {
        json.field("command", try row.text(0))
        json.field("user_id", try row.text(1))
        json.field("title", try row.text(2))
        json.field("content", try row.text(3))
        json.field("timestamp", try row.int(4))
        json.field("access_control", raw: row.textOrNull(5))
    }
}
