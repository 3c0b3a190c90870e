package import Core
import Postgres

/// A session as its owner and admins see it.
package struct Session: Sendable {
    package let id: String
    package let createdAt: Int
    /// Nil for one without an end.
    package let expiresAt: Int?
    /// Nil before its first use, and for a while after it.
    package let lastUsedAt: Int?
    /// From where it was used last.
    package let address: String
    package let userAgent: String

    /// What `init(row:)` reads, of the table `session s`.
    static let columns: SQL = "s.id, s.created_at, s.expires_at, s.last_used_at, s.address, s.user_agent"

    init(row: Row) throws {
        id = try row.text(0)
        createdAt = try row.int(1)
        expiresAt = try row.intOrNull(2)
        lastUsedAt = try row.intOrNull(3)
        address = try row.text(4)
        userAgent = try row.text(5)
    }

    /// `{id, created_at, expires_at, last_used_at, address, user_agent, current}`, times in seconds since 1970.
    package func write(_ json: inout JSONWriter, isCurrent: Bool) {
        json.object {
            $0.field("id", id)
            $0.field("created_at", createdAt)
            $0.field("expires_at", expiresAt)
            $0.field("last_used_at", lastUsedAt)
            $0.field("address", address)
            $0.field("user_agent", userAgent)
            $0.field("current", isCurrent)
        }
    }
}
