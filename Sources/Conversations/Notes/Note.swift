import Accounts
import Core
import Postgres

/// A note: a text that one account owns and may share. Times are nanoseconds since 1970.
///
/// `data` holds `{content: {md, html, json}, files, versions}`; only the client knows more of it.
struct Note {
    let id: String
    let ownerID: String
    let title: String
    let data: RawJSON?
    let meta: RawJSON?
    let accessControl: RawJSON?
    let createdAt: Int
    let updatedAt: Int

    /// What `init(row:)` reads, of the table `note n`.
    static let columns: SQL = """
        n.id, n.account_id, n.title, n.data::text, n.meta::text, n.access_control::text, n.created_at, n.updated_at
        """
    static let columnCount = 8

    init(row: Row) throws {
        id = try row.text(0)
        ownerID = try row.text(1)
        title = try row.text(2)
        data = row.textOrNull(3).map { RawJSON($0) }
        meta = row.textOrNull(4).map { RawJSON($0) }
        accessControl = row.textOrNull(5).map { RawJSON($0) }
        createdAt = try row.int(6)
        updatedAt = try row.int(7)
    }

    var access: NoteAccess {
        get throws { NoteAccess(ownerID: ownerID, control: try accessControl?.parsed()) }
    }

    /// Writes `{id, user_id, title, data, meta, access_control, created_at, updated_at}`.
    func write(to json: inout JSONWriter) {
        json.object { writeMembers(to: &$0) }
    }

    func writeMembers(to json: inout JSONWriter) {
        json.field("id", id)
        json.field("user_id", ownerID)
        json.field("title", title)
        json.field("data", raw: data?.text)
        json.field("meta", raw: meta?.text)
        json.field("access_control", raw: accessControl?.text)
        json.field("created_at", createdAt)
        json.field("updated_at", updatedAt)
    }
}

/// Who may do what with a note: its owner and admins everything, others what its access control gives them.
struct NoteAccess {
    let ownerID: String
    let control: JSONValue?

    func allows(_ right: AccessControl.Right, _ account: Account) -> Bool {
        account.isAdmin
            || AccessControl.allows(
                control,
                right,
                account: account.id,
                groupIDs: Set(account.groupIDs),
                owner: ownerID
            )
    }
}
