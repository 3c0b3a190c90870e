import Accounts
import Core
import Postgres

/// An account as channels show it: `{id, name, role, profile_image_url}`. A picture that is stored as data would be repeated with each
/// message and event, so the address that serves it stands for it.
struct ChannelPerson {
    let id: String
    let name: String
    let role: String
    let picture: String

    static let columnCount = 4

    /// What `init(row:from:)` reads of a table `account`.
    static func columns(of alias: String) -> SQL {
        """
        \(unsafe: alias).id, \(unsafe: alias).name, \(unsafe: alias).role,
        case when length(\(unsafe: alias).profile_image_url) <= 512 then \(unsafe: alias).profile_image_url
            else '/api/v1/users/' || \(unsafe: alias).id || '/profile/image' end
        """
    }

    /// Nil where the account is gone.
    init?(row: Row, from first: Int) throws {
        if row.isNull(first) { return nil }
        id = try row.text(first)
        name = try row.text(first + 1)
        role = try row.text(first + 2)
        picture = try row.text(first + 3)
    }

    init(_ account: Account) {
        id = account.id
        name = account.name
        role = account.role.rawValue
        picture = account.shortProfileImageURL ?? "/api/v1/users/\(account.id)/profile/image"
    }

    func write(to json: inout JSONWriter) {
        json.object {
            $0.field("id", id)
            $0.field("name", name)
            $0.field("role", role)
            $0.field("profile_image_url", picture)
        }
    }
}
