import Core
import Postgres

/// A folder of chats. `data` holds the system prompt and the files that its chats get.
struct Folder {
    let id: String
    let ownerID: String
    let parentID: String?
    let name: String
    let items: RawJSON?
    let data: RawJSON?
    let meta: RawJSON?
    let isExpanded: Bool
    let createdAt: Int
    let updatedAt: Int

    /// What `init(row:)` reads, of the table `folder f`. A parent that is not there (of an account that was moved in) is none, so that the
    /// folder stays in sight.
    static let columns: SQL = """
        f.id, f.account_id, (select p.id from folder p where p.id = f.parent_id), f.name, f.items::text, f.data::text, f.meta::text,
        f.is_expanded, f.created_at, f.updated_at
        """

    init(row: Row) throws {
        id = try row.text(0)
        ownerID = try row.text(1)
        parentID = row.textOrNull(2)
        name = try row.text(3)
        items = row.textOrNull(4).map { RawJSON($0) }
        data = row.textOrNull(5).map { RawJSON($0) }
        meta = row.textOrNull(6).map { RawJSON($0) }
        isExpanded = try row.bool(7)
        createdAt = try row.int(8)
        updatedAt = try row.int(9)
    }

    /// Writes `{id, parent_id, user_id, name, items, meta, data, is_expanded, created_at, updated_at}`.
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id)
            json.field("parent_id", parentID)
            json.field("user_id", ownerID)
            json.field("name", name)
            json.field("items", raw: items?.text)
            json.field("meta", raw: meta?.text)
            json.field("data", raw: data?.text)
            json.field("is_expanded", isExpanded)
            json.field("created_at", createdAt)
            json.field("updated_at", updatedAt)
        }
    }

    /// Writes `{id, name, meta: {icon}, parent_id, is_expanded, created_at, updated_at}`.
    func writeBrief(to json: inout JSONWriter) throws {
        let icon = try meta?.parsed()["icon"]
        json.object { json in
            json.field("id", id)
            json.field("name", name)
            json.field(
                "meta",
                meta == nil ? .null : ["icon": icon.flatMap { $0.string }.map(JSONValue.string) ?? .null]
            )
            json.field("parent_id", parentID)
            json.field("is_expanded", isExpanded)
            json.field("created_at", createdAt)
            json.field("updated_at", updatedAt)
        }
    }
}
