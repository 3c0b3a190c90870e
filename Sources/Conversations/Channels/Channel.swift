import Accounts
import Core
import Postgres

/// A room in which accounts write to each other. Times are in nanoseconds since 1970.
package struct Channel: Sendable {
    package let id: String
    package let ownerID: String
    let type: String?
    package let name: String
    let description: String?
    let data: RawJSON?
    let meta: RawJSON?
    let accessControl: JSONValue?
    let createdAt: Int
    let updatedAt: Int

    /// What `init(row:)` reads, of the table `channel c`.
    static let columns: SQL = """
        c.id, c.account_id, c.type, c.name, c.description, c.data::text, c.meta::text, c.access_control::text, c.created_at,
        c.updated_at
        """

    init(row: Row) throws {
        id = try row.text(0)
        ownerID = try row.text(1)
        type = row.textOrNull(2)
        name = try row.text(3)
        description = row.textOrNull(4)
        data = row.textOrNull(5).map { RawJSON($0) }
        meta = row.textOrNull(6).map { RawJSON($0) }
        accessControl = try row.textOrNull(7).map { try JSONValue(parsing: $0) }
        createdAt = try row.int(8)
        updatedAt = try row.int(9)
    }

    /// Writes `{id, user_id, type, name, description, data, meta, access_control, created_at, updated_at}`, and
    /// `write_access` where that is asked for.
    func write(to json: inout JSONWriter, mayWrite: Bool? = nil) {
        json.object { json in
            json.field("id", id)
            json.field("user_id", ownerID)
            json.field("type", type)
            json.field("name", name)
            json.field("description", description)
            json.field("data", raw: data?.text)
            json.field("meta", raw: meta?.text)
            json.field("access_control", accessControl ?? .null)
            json.field("created_at", createdAt)
            json.field("updated_at", updatedAt)
            if let mayWrite { json.field("write_access", mayWrite) }
        }
    }

    /// Admins may read and write everywhere. Without an access control all may write, too.
    func allows(_ right: AccessControl.Right, _ account: Account) -> Bool {
        account.isAdmin
            || AccessControl.allows(
                accessControl,
                right,
                account: account.id,
                groupIDs: Set(account.groupIDs),
                owner: ownerID,
                everyoneWrites: true
            )
    }
}

/// Who reads a channel by its access control, that is without the rights of admins: who has it in the sidebar, and hears of it.
struct ChannelReaders {
    private let isOpen: Bool
    private let ownerID: String
    private let accountIDs: [String]
    private let groupIDs: [String]

    init(_ channel: Channel) {
        let control = channel.accessControl?.nonNull
        isOpen = control == nil
        ownerID = channel.ownerID
        accountIDs = control?["read"]?["user_ids"]?.array?.compactMap(\.string) ?? []
        groupIDs = control?["read"]?["group_ids"]?.array?.compactMap(\.string) ?? []
    }

    /// For a query of the table `account a`.
    var condition: SQL {
        if isOpen { return "a.role in ('user', 'admin')" }
        return """
            (a.role in ('user', 'admin') and (a.id = \(ownerID) or a.id = any(\(accountIDs))
                or exists (select from membership m where m.account_id = a.id and m.group_id = any(\(groupIDs)))))
            """
    }
}
