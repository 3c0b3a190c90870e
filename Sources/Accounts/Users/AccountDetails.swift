package import Core
package import Postgres

/// An account with all that admins are shown of it.
package struct AccountDetails {
    /// What `init(row:)` reads, of the table `account a`.
    package static let columns: SQL = """
        a.id, a.name, a.email, a.username, a.role, a.profile_image_url, a.bio, a.gender, a.date_of_birth::text,
        a.info::text, a.settings::text, a.oauth_sub, a.last_active_at, a.updated_at, a.created_at
        """

    private let row: Row

    package init(row: Row) {
        self.row = row
    }

    package static func find(_ id: String, _ database: Connection) throws -> AccountDetails? {
        try database.query("select \(columns) from account a where a.id = \(id)").first.map(AccountDetails.init)
    }

    /// The members of `{id, name, email, username, role, profile_image_url, bio, gender, date_of_birth, info, settings, api_key,
    /// oauth_sub, last_active_at, updated_at, created_at}`. The key is never shown: it is its owner's.
    package func writeMembers(_ json: inout JSONWriter) throws {
        json.field("id", try row.text(0))
        json.field("name", try row.text(1))
        json.field("email", try row.text(2))
        json.field("username", row.textOrNull(3))
        json.field("role", try row.text(4))
        json.field("profile_image_url", try row.text(5))
        json.field("bio", row.textOrNull(6))
        json.field("gender", row.textOrNull(7))
        json.field("date_of_birth", row.textOrNull(8))
        json.field("info", raw: row.textOrNull(9))
        json.field("settings", raw: row.textOrNull(10))
        json.field("api_key", raw: nil)
        json.field("oauth_sub", row.textOrNull(11))
        json.field("last_active_at", try row.int(12))
        json.field("updated_at", try row.int(13))
        json.field("created_at", try row.int(14))
    }
}
