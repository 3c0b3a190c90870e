import Core
import Postgres

/// A group as an identity provider sees it.
struct SCIMGroup {
    struct Member: Equatable {
        let id: String
        /// The provider's name for the member, else the account's.
        let display: String
    }

    let id: String
    let name: String
    let externalID: String?
    let createdAt: Int
    let updatedAt: Int
    /// Nil where they were not asked for.
    let members: [Member]?

    /// What `init(row:)` reads, of the table `account_group g`.
    static func columns(withMembers: Bool) -> SQL {
        let members: SQL =
            withMembers
            ? """
            (select coalesce(json_agg(json_build_array(ma.id, coalesce(m.scim_display, ma.name)) order by ma.name, ma.id), '[]')::text
             from membership m join account ma on ma.id = m.account_id where m.group_id = g.id)
            """ : "null::text"
        return "g.id, g.name, g.scim_external_id, g.created_at, g.updated_at, \(members)"
    }

    init(row: Row) throws {
        id = try row.text(0)
        name = try row.text(1)
        externalID = row.textOrNull(2)
        createdAt = try row.int(3)
        updatedAt = try row.int(4)
        members = try row.textOrNull(5).map { text in
            try (JSONValue(parsing: text).array ?? []).compactMap { entry in
                guard let id = entry[0]?.string, let display = entry[1]?.string else { return nil }
                return Member(id: id, display: display)
            }
        }
    }

    /// The attributes that a client may write, as the starting point of its changes.
    var writable: JSONObject {
        var document: JSONObject = ["displayName": .string(name)]
        if let externalID { document["externalId"] = .string(externalID) }
        if let members, !members.isEmpty {
            document["members"] = .array(
                members.map { ["value": .string($0.id), "type": "User", "display": .string($0.display)] }
            )
        }
        return document
    }

    /// As clients see it; `base` is the address of the SCIM service.
    func document(_ base: String) -> JSONObject {
        var document: JSONObject = ["schemas": [.string(SCIMSchema.group.id)], "id": .string(id)]
        if let externalID { document["externalId"] = .string(externalID) }
        document["displayName"] = .string(name)
        if let members {
            document["members"] = .array(
                members.map {
                    [
                        "value": .string($0.id), "$ref": .string("\(base)/Users/\($0.id)"), "type": "User",
                        "display": .string($0.display),
                    ]
                }
            )
        }
        return document
    }
}

/// What a client's changes mean for a group.
struct SCIMGroupEdit: Equatable {
    let name: String
    let externalID: String?
    /// Those that are to be in the group and were not, or are called otherwise. The provider's name is nil where it gave none.
    let added: [(id: String, display: String?)]
    let removed: [String]

    static func == (left: SCIMGroupEdit, right: SCIMGroupEdit) -> Bool {
        left.name == right.name && left.externalID == right.externalID && left.removed == right.removed
            && left.added.elementsEqual(right.added) { $0 == $1 }
    }

    /// The group is nil for a new one. The document has attributes in the form of the schema: what is not in it stays, null takes it away.
    init(_ group: SCIMGroup?, _ document: JSONObject) throws {
        guard let name = (document["displayName"] ?? group.map { .string($0.name) })?.string else {
            throw SCIMError.invalid(.invalidValue, "The attribute displayName is required")
        }
        self.name = name
        externalID = document["externalId"].map(\.string) ?? group?.externalID
        let old = Dictionary((group?.members ?? []).map { ($0.id, $0.display) }) { $1 }
        guard let values = document["members"] else {
            added = []
            removed = []
            return
        }
        var added: [(id: String, display: String?)] = []
        var kept: Set<String> = []
        for value in values.array ?? [] {
            guard let id = value["value"]?.string else {
                throw SCIMError.invalid(.invalidValue, "A member has no value, which would be the account's id")
            }
            let display = value["display"]?.string
            guard kept.insert(id).inserted, old[id] == nil || (display != nil && old[id] != display) else { continue }
            added.append((id, display))
        }
        self.added = added
        removed = old.keys.filter { !kept.contains($0) }.sorted()
    }
}
