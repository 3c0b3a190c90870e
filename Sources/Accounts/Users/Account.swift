package import Core
package import Postgres

package enum Role: String, Sendable {
    case pending, user, admin
}

/// An account as requests need it; the large columns (settings, a picture that is a data URL) are read where they are shown.
package struct Account: Sendable {
    package let id: String
    package let email: String
    package let name: String
    package let role: Role
    package let bio: String?
    package let gender: String?
    /// `YYYY-MM-DD`.
    package let dateOfBirth: String?
    package let lastActiveAt: Int
    /// Nil when it is too long to be read with every request; `AccountStore.profileImageURL` has it.
    package let shortProfileImageURL: String?
    package let groupIDs: [String]
    /// The permission trees of the account's groups.
    package let groupPermissions: [JSONValue]

    /// What `init(row:)` reads, of the table `account a`.
    package static let columns: SQL = """
        a.id, a.email, a.name, a.role, a.bio, a.gender, a.date_of_birth::text, a.last_active_at,
        case when length(a.profile_image_url) <= 512 then a.profile_image_url end,
        (select json_agg(json_build_array(g.id, g.permissions)) from membership m join account_group g on g.id = m.group_id
         where m.account_id = a.id)
        """
    package static let columnCount = 10

    package init(row: Row) throws {
        id = try row.text(0)
        email = try row.text(1)
        name = try row.text(2)
        role = Role(rawValue: try row.text(3)) ?? .pending
        bio = row.textOrNull(4)
        gender = row.textOrNull(5)
        dateOfBirth = row.textOrNull(6)
        lastActiveAt = try row.int(7)
        shortProfileImageURL = row.textOrNull(8)
        let groups = try row.textOrNull(9).map { try JSONValue(parsing: $0).array ?? [] } ?? []
        groupIDs = groups.compactMap { $0[0]?.string }
        groupPermissions = groups.compactMap { $0[1] }.filter { !$0.isNull }
    }

    package var isAdmin: Bool {
        role == .admin
    }

    package static func find(_ id: String, _ database: Connection) throws -> Account? {
        try database.query("select \(columns) from account a where a.id = \(id)").first.map(Account.init)
    }
}
