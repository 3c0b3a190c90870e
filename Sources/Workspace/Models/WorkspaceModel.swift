package import Core
package import Postgres

/// A row of the workspace's models: a preset with a base of its own, or what an administrator changed of a provider's model.
package struct WorkspaceModel: Sendable {
    package let id: String
    package let ownerID: String
    package let baseModelID: String?
    package let name: String
    package let params: JSONObject
    package let meta: JSONObject
    /// Nil: everybody may read.
    package let accessControl: JSONValue?
    package let isActive: Bool
    package let updatedAt: Int
    package let createdAt: Int

    /// What `init(row:)` reads, of the table `model m`.
    package static let columns: SQL = """
        m.id, m.account_id, m.base_model_id, m.name, m.params::text, m.meta::text, m.access_control::text, m.is_active,
        m.updated_at, m.created_at
        """
    static let columnCount = 10

    package init(row: Row) throws {
        id = try row.text(0)
        ownerID = try row.text(1)
        baseModelID = row.textOrNull(2)
        name = try row.text(3)
        params = try JSONValue(parsing: row.text(4)).object ?? [:]
        meta = try JSONValue(parsing: row.text(5)).object ?? [:]
        accessControl = try row.textOrNull(6).flatMap { try JSONValue(parsing: $0).nonNull }
        isActive = try row.bool(7)
        updatedAt = try row.int(8)
        createdAt = try row.int(9)
    }

    /// `{id, user_id, base_model_id, name, params, meta, access_control, is_active, updated_at, created_at}`.
    package var json: JSONObject {
        [
            "id": .string(id), "user_id": .string(ownerID), "base_model_id": JSONValue(baseModelID),
            "name": .string(name),
            "params": .object(params), "meta": .object(meta), "access_control": accessControl ?? .null,
            "is_active": .bool(isActive), "updated_at": JSONValue(updatedAt), "created_at": JSONValue(createdAt),
        ]
    }

    /// The members of `json`, straight from a row of `columns`: for lists.
    static func writeMembers(_ row: Row, _ json: inout JSONWriter) throws {
        json.field("id", try row.text(0))
        json.field("user_id", try row.text(1))
        json.field("base_model_id", row.textOrNull(2))
        json.field("name", try row.text(3))
        json.field("params", raw: row.textOrNull(4))
        json.field("meta", raw: row.textOrNull(5))
        json.field("access_control", raw: row.textOrNull(6))
        json.field("is_active", try row.bool(7))
        json.field("updated_at", try row.int(8))
        json.field("created_at", try row.int(9))
    }
}
