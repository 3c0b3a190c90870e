package import Core
import Crypto
import Postgres

/// One line of the audit trail: who changed which account, right or setting.
package struct AuditEntry: Sendable {
    /// From 1, without gaps.
    package let id: Int
    /// Seconds since 1970.
    package let createdAt: Int
    /// Nil for visitors, commands and peers.
    package let actorID: String?
    package let actor: String
    package let address: String
    /// The route, the command, or the database client.
    package let via: String
    /// Such as `account.update` or `setting.save`.
    package let action: String
    package let subjectID: String
    package let subject: String
    /// JSON with its secrets masked; nil where nothing was, or nothing is.
    package let old: String?
    package let new: String?
    package let hash: [UInt8]

    /// What `init(row:)` reads, of the table `audit_entry`.
    static let columns: SQL = """
        id, created_at, actor_id, actor, address, via, action, subject_id, subject, old::text, new::text, hash
        """

    init(row: Row) throws {
        id = try row.int(0)
        createdAt = try row.int(1)
        actorID = row.textOrNull(2)
        actor = try row.text(3)
        address = try row.text(4)
        via = try row.text(5)
        action = try row.text(6)
        subjectID = try row.text(7)
        subject = try row.text(8)
        old = row.textOrNull(9)
        new = row.textOrNull(10)
        hash = try row.bytes(11)
    }

    /// The hash that the entry must have after one with the hash `previous`: SHA-256 over that and every field, each with its length, so
    /// that no text can pass for two. The migration that makes the trail computes the same.
    func expectedHash(after previous: [UInt8]) -> [UInt8] {
        let fields: [String?] = [
            String(id), String(createdAt), actorID, actor, address, via, action, subjectID, subject, old, new,
        ]
        let text = fields.map { field in field.map { "\($0.utf8.count):\($0)" } ?? "-" }.joined()
        return Digest.sha256(previous + Array(text.utf8))
    }

    /// `{id, created_at, actor: {id, name}, address, via, action, subject: {id, name}, old, new, hash}`.
    package func write(_ json: inout JSONWriter) {
        json.object {
            $0.field("id", id)
            $0.field("created_at", createdAt)
            $0.key("actor")
            $0.object {
                $0.field("id", actorID)
                $0.field("name", actor)
            }
            $0.field("address", address)
            $0.field("via", via)
            $0.field("action", action)
            $0.key("subject")
            $0.object {
                $0.field("id", subjectID)
                $0.field("name", subject)
            }
            $0.field("old", raw: old)
            $0.field("new", raw: new)
            $0.field("hash", Hex.encode(hash))
        }
    }
}
