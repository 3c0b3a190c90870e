import Core
import Postgres

/// A kind of resource: where clients find it and where it lies in the database.
struct SCIMResourceType: Sendable {
    let name: String
    /// Behind the service's address, such as `/Users`.
    let endpoint: String
    let schema: SCIMSchema
    /// What follows `from`.
    let table: SQL
    let id: SQL
    let createdAt: SQL
    let columns: SCIMColumn.Table
    /// Reads resources by their ids, in any order.
    let load: @Sendable ([String], SCIMProjection, String, Connection) throws -> [SCIMResource]

    static let all = [user, group]

    func document(_ base: String) -> JSONObject {
        [
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"], "id": .string(name),
            "name": .string(name),
            "description": .string(schema.description), "endpoint": .string(endpoint), "schema": .string(schema.id),
            "meta": ["resourceType": "ResourceType", "location": .string("\(base)/ResourceTypes/\(name)")],
        ]
    }
}

extension SCIMResourceType {
    static let user = SCIMResourceType(
        name: "User",
        endpoint: "/Users",
        schema: .user,
        table: "account a",
        id: "a.id",
        createdAt: "a.created_at",
        columns: [
            "id": .text("a.id", isCaseExact: true), "externalid": .text("a.scim_external_id", isCaseExact: true),
            "username": .indexedText("coalesce(a.scim_user_name, a.email)") {
                "(lower(a.scim_user_name) = \($0) or a.scim_user_name is null and lower(a.email) = \($0))"
            },
            "displayname": .text("a.name"), "active": .boolean("a.role <> 'pending'"),
            "name": .parts([
                "formatted": .text("coalesce(\(namePart("formatted")), a.name)"),
                "givenname": .text(
                    "case when \(hasOwnParts) then a.scim #>> '{name,givenName}' else split_part(a.name, ' ', 1) end"
                ),
                "familyname": .text(
                    """
                    case when \(hasOwnParts) then a.scim #>> '{name,familyName}'
                    when strpos(a.name, ' ') > 0 then substr(a.name, strpos(a.name, ' ') + 1) end
                    """
                ),
                "middlename": .text(namePart("middleName")), "honorificprefix": .text(namePart("honorificPrefix")),
                "honorificsuffix": .text(namePart("honorificSuffix")),
            ]),
            "emails": values("a.email", labels: "email", others: "emails"),
            "photos": values(
                "case when a.profile_image_url not in ('', '/user.png') then a.profile_image_url end",
                labels: "photo",
                others: "photos"
            ),
            "groups": .values(
                from: "membership m join account_group g on g.id = m.group_id and m.account_id = a.id",
                [
                    "value": .text("g.id", isCaseExact: true), "display": .text("g.name"), "type": .text("'direct'"),
                ]
            ),
            "meta": meta("User", "a.created_at", "a.updated_at"),
        ],
        load: { ids, projection, base, database in
            let isComplete = projection.includes("groups")
            return try SCIMUserStore.list(ids, withGroups: isComplete, database).map {
                SCIMResource($0, base, isComplete: isComplete)
            }
        }
    )

    static let group = SCIMResourceType(
        name: "Group",
        endpoint: "/Groups",
        schema: .group,
        table: "account_group g",
        id: "g.id",
        createdAt: "g.created_at",
        columns: [
            "id": .text("g.id", isCaseExact: true), "externalid": .text("g.scim_external_id", isCaseExact: true),
            "displayname": .text("g.name"),
            "members": .values(
                from: "membership m join account ma on ma.id = m.account_id and m.group_id = g.id",
                [
                    "value": .text("ma.id", isCaseExact: true), "display": .text("coalesce(m.scim_display, ma.name)"),
                    "type": .text("'User'"),
                ]
            ),
            "meta": meta("Group", "g.created_at", "g.updated_at"),
        ],
        load: { ids, projection, base, database in
            let isComplete = projection.includes("members")
            return try SCIMGroupStore.list(ids, withMembers: isComplete, database).map {
                SCIMResource($0, base, isComplete: isComplete)
            }
        }
    )

    private static let hasOwnParts: SQL = "coalesce(a.scim ->> 'nameOf' = a.name, false)"

    private static func namePart(_ name: String) -> SQL {
        "case when \(hasOwnParts) then a.scim #>> '{name,\(unsafe: name)}' end"
    }

    /// The primary value with its labels, and the others.
    private static func values(_ primary: SQL, labels: String, others: String) -> SCIMColumn {
        .values(
            from: """
                (select \(primary) as value, a.scim #>> '{\(unsafe: labels),type}' as type,
                    a.scim #>> '{\(unsafe: labels),display}' as display, true as is_primary
                 union all select o ->> 'value', o ->> 'type', o ->> 'display', false
                 from jsonb_array_elements(a.scim -> '\(unsafe: others)') o) v
                """,
            [
                "value": .text("v.value"), "type": .text("v.type"), "display": .text("v.display"),
                "primary": .boolean("v.is_primary"),
            ]
        )
    }

    private static func meta(_ name: String, _ created: SQL, _ modified: SQL) -> SCIMColumn {
        .parts([
            "resourcetype": .text("'\(unsafe: name)'", isCaseExact: true), "created": .time(created),
            "lastmodified": .time(modified),
        ])
    }
}
