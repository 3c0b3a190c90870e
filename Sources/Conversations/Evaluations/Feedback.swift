import Core
import Postgres

/// What an account thinks of an answer: a rating with its reasons, where the answer is, and the chat as it was. Times are seconds since 1970.
///
/// The client makes its leaderboard from `data` (`{rating, model_id, sibling_model_ids, tags, …}`) and `meta` (`{arena, chat_id, …}`). A
/// row goes from the database to the response as it is, since a snapshot is as large as its chat.
enum Feedback {
    /// Of the table `feedback f`.
    static let columns: SQL = """
        f.id, f.account_id, f.version, f.type, f.data::text, f.meta::text, f.created_at, f.updated_at
        """
    static let columnCount = 8

    /// With the snapshot, which only `write` shows.
    static let allColumns: SQL = "\(columns), f.snapshot::text"

    /// Writes `{id, user_id, version, type, data, meta, snapshot, created_at, updated_at}`.
    static func write(_ row: Row, to json: inout JSONWriter) throws {
        try json.object { json in
            try writeMembers(of: row, to: &json)
            json.key("snapshot")
            writeRaw(row, columnCount, to: &json)
        }
    }

    /// Writes the members, less the snapshot.
    static func writeMembers(of row: Row, to json: inout JSONWriter) throws {
        json.field("id", row.textOrNull(0))
        json.field("user_id", row.textOrNull(1))
        json.field("version", try row.int(2))
        json.field("type", row.textOrNull(3))
        json.key("data")
        writeRaw(row, 4, to: &json)
        json.key("meta")
        writeRaw(row, 5, to: &json)
        json.field("created_at", try row.int(6))
        json.field("updated_at", try row.int(7))
    }

    private static func writeRaw(_ row: Row, _ column: Int, to json: inout JSONWriter) {
        if row.isNull(column) { json.null() } else { row.withRaw(column) { json.raw($0) } }
    }
}
