package import Core
package import Postgres

/// A group of accounts: a name that things are shared with, and permissions that its members have on top of everybody's.
package struct Group: Sendable {
    package let id: String
    package let ownerID: String
    package let name: String
    package let description: String
    /// Nil, or JSON objects that are only carried.
    package let permissions: String?
    package let data: String?
    package let meta: String?
    /// A JSON array of ids.
    package let memberIDs: String
    package let createdAt: Int
    package let updatedAt: Int

    /// What `init(row:)` reads, of the table `account_group g`.
    package static let columns: SQL = """
        g.id, g.owner_id, g.name, g.description, g.permissions::text, g.data::text, g.meta::text,
        (select coalesce(json_agg(m.account_id order by m.account_id), '[]')::text from membership m where m.group_id = g.id),
        g.created_at, g.updated_at
        """

    package init(row: Row) throws {
        id = try row.text(0)
        ownerID = try row.text(1)
        name = try row.text(2)
        description = try row.text(3)
        permissions = row.textOrNull(4)
        data = row.textOrNull(5)
        meta = row.textOrNull(6)
        memberIDs = try row.text(7)
        createdAt = try row.int(8)
        updatedAt = try row.int(9)
    }

    /// `{id, user_id, name, description, permissions, data, meta, user_ids, created_at, updated_at}`.
    package func write(_ json: inout JSONWriter) {
        json.object {
            $0.field("id", id)
            $0.field("user_id", ownerID)
            $0.field("name", name)
            $0.field("description", description)
            $0.field("permissions", raw: permissions)
            $0.field("data", raw: data)
            $0.field("meta", raw: meta)
            $0.field("user_ids", raw: memberIDs)
            $0.field("created_at", createdAt)
            $0.field("updated_at", updatedAt)
        }
    }
}
