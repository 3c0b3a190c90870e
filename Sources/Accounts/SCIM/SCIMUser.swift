import Core
import Postgres

/// An account as an identity provider sees it.
struct SCIMUser {
    struct Membership: Sendable {
        let id: String
        let name: String
    }

    let id: String
    let email: String
    /// The account's name.
    let displayName: String
    let role: Role
    let createdAt: Int
    let updatedAt: Int
    /// Nil while it is the e-mail address.
    let ownUserName: String?
    let externalID: String?
    /// The picture's address, or `data:` in place of a whole picture.
    let picture: String
    /// What the account has no place for; `Stored` reads it.
    let stored: JSONObject
    /// Nil where they were not asked for.
    let groups: [Membership]?

    /// What stands for a picture that lies in the database.
    static let ownPicture = "data:"

    /// What `init(row:)` reads, of the table `account a`.
    static func columns(withGroups: Bool) -> SQL {
        let groups: SQL =
            withGroups
            ? """
            (select coalesce(json_agg(json_build_array(g.id, g.name) order by g.name, g.id), '[]')::text
             from membership m join account_group g on g.id = m.group_id where m.account_id = a.id)
            """ : "null::text"
        return """
            a.id, a.email, a.name, a.role, a.created_at, a.updated_at, a.scim_user_name, a.scim_external_id,
            case when left(a.profile_image_url, 5) = 'data:' then 'data:' else a.profile_image_url end, a.scim::text, \(groups)
            """
    }

    init(row: Row) throws {
        id = try row.text(0)
        email = try row.text(1)
        displayName = try row.text(2)
        role = Role(rawValue: try row.text(3)) ?? .pending
        createdAt = try row.int(4)
        updatedAt = try row.int(5)
        ownUserName = row.textOrNull(6)
        externalID = row.textOrNull(7)
        picture = try row.text(8)
        stored = try row.textOrNull(9).map { try JSONValue(parsing: $0).object ?? [:] } ?? [:]
        groups = try row.textOrNull(10).map { text in
            try (JSONValue(parsing: text).array ?? []).compactMap { entry in
                guard let id = entry[0]?.string, let name = entry[1]?.string else { return nil }
                return Membership(id: id, name: name)
            }
        }
    }

    var userName: String { ownUserName ?? email }
    var emails: SCIMValues { SCIMValues(stored: stored, primary: "email", others: "emails") }
    var photos: SCIMValues { SCIMValues(stored: stored, primary: "photo", others: "photos") }

    /// Whether the client took the attribute `active` away, which changes nothing but that it is not shown.
    var isActiveUnassigned: Bool { stored["active"]?.isNull == true }

    /// The name's parts as the client gave them, as long as the account still has that name; else its first word and the rest. Nil
    /// where the client took them away.
    var nameParts: JSONObject? {
        hasOwnParts ? stored["name"]?.object : Self.parts(of: displayName)
    }

    var hasOwnParts: Bool { stored["nameOf"]?.string == displayName }

    /// The parts and the whole name.
    var shownName: JSONObject? {
        guard var name = nameParts else { return nil }
        if name["formatted"] == nil {
            let joined = Self.joined(name)
            name["formatted"] = .string(joined.isEmpty ? displayName : joined)
        }
        return name
    }

    private static func parts(of name: String) -> JSONObject {
        let words = name.split(separator: " ", maxSplits: 1)
        var parts = JSONObject()
        if let first = words.first { parts["givenName"] = .string(String(first)) }
        if words.count > 1 { parts["familyName"] = .string(String(words[1])) }
        return parts
    }

    /// The picture's address; nil where there is none.
    func pictureURL(_ base: String) -> String? {
        switch picture {
        case Self.ownPicture: SCIMAddress.site(base) + "/api/v1/users/\(id)/profile/image"
        case "", ProfilePicture.standard: nil
        case let path where path.hasPrefix("/"): SCIMAddress.site(base) + path
        default: picture
        }
    }

    /// The attributes that a client may write, as the starting point of its changes.
    func writable(_ base: String) -> JSONObject {
        attributes(base, marksPrimary: true)
    }

    private func attributes(_ base: String, marksPrimary: Bool) -> JSONObject {
        var document: JSONObject = ["userName": .string(userName)]
        if let externalID { document["externalId"] = .string(externalID) }
        if let nameParts { document["name"] = .object(nameParts) }
        document["displayName"] = .string(displayName)
        document["emails"] = emails.document(primary: email, marksPrimary: marksPrimary)
        if !isActiveUnassigned { document["active"] = .bool(role != .pending) }
        if let url = pictureURL(base) { document["photos"] = photos.document(primary: url, marksPrimary: marksPrimary) }
        return document
    }

    /// As clients see it; `base` is the address of the SCIM service.
    func document(_ base: String) -> JSONObject {
        var document: JSONObject = ["schemas": [.string(SCIMSchema.user.id)], "id": .string(id)]
        document.merge(attributes(base, marksPrimary: false)) { $1 }
        if let shownName { document["name"] = .object(shownName) }
        if let groups, !groups.isEmpty {
            document["groups"] = .array(
                groups.map {
                    [
                        "value": .string($0.id), "$ref": .string("\(base)/Groups/\($0.id)"),
                        "display": .string($0.name),
                        "type": "direct",
                    ]
                }
            )
        }
        return document
    }

    /// The whole name of its parts.
    static func joined(_ parts: JSONObject) -> String {
        ["honorificPrefix", "givenName", "middleName", "familyName", "honorificSuffix"].compactMap { parts[$0]?.string }
            .joined(separator: " ")
    }
}
