import Core
import HTTP

/// What a client's changes mean for an account.
struct SCIMUserEdit: Equatable {
    private(set) var email: String
    /// Nil while it is the e-mail address.
    private(set) var userName: String?
    private(set) var externalID: String?
    private(set) var name: String
    private(set) var role: Role
    /// Nil leaves the picture as it is.
    private(set) var picture: String?
    private(set) var stored: JSONObject

    private static let longestName = 255
    private static let longestUserName = 320

    /// A new account, of the attributes that the client sent, in the form of the schema.
    init(new document: JSONObject) throws {
        email = ""
        name = ""
        role = .user
        stored = [:]
        guard let userName = document["userName"]?.string else {
            throw SCIMError.invalid(.invalidValue, "The attribute userName is required")
        }
        if let values = document["emails"]?.array {
            try setEmails(values)
        } else {
            try setEmail(userName)
        }
        try setUserName(userName)
        externalID = document["externalId"]?.string
        let parts = document["name"]?.object
        try setName(Self.whole(parts) ?? document["displayName"]?.string ?? userName)
        keep(parts)
        if document["active"]?.bool == false { role = .pending }
        if let values = document["photos"]?.array { try setPhotos(values) }
    }

    /// Changes of an account. What is not in the document stays; null takes it away.
    init(_ user: SCIMUser, _ document: JSONObject, _ base: String) throws {
        email = user.email
        userName = user.ownUserName
        externalID = user.externalID
        name = user.displayName
        role = user.role
        stored = user.stored
        let old = user.writable(base)
        func changed(_ key: String) -> JSONValue? {
            guard let value = document[key], value != (old[key] ?? .null) else { return nil }
            return value
        }
        for key in ["userName", "displayName", "emails"] where changed(key)?.isNull == true {
            throw SCIMError.invalid(.invalidValue, "The attribute \(key) is required")
        }
        if let value = changed("externalId") { externalID = value.string }
        if let values = changed("emails")?.array { try setEmails(values, of: user) }
        try setUserName(of: user, changed("userName")?.string, isEmailChanged: email != user.email)
        try changeName(of: user, changed("name"), changed("displayName")?.string)
        if let value = changed("active") { setActive(value.bool) }
        if let value = changed("photos") { try setPhotos(value.array ?? [], of: user, base) }
    }

    private mutating func setActive(_ isActive: Bool?) {
        guard let isActive else { return stored["active"] = .null }
        stored["active"] = nil
        if !isActive {
            role = .pending
        } else if role == .pending {
            // Whoever is let in already keeps what he may do.
            role = .user
        }
    }

    private mutating func setEmails(_ values: [JSONValue], of user: SCIMUser? = nil) throws {
        let (primary, rest) = try SCIMValues.split(values, "emails")
        rest.store(in: &stored, primary: "email", others: "emails")
        if primary.lowercased() != user?.email.lowercased() { try setEmail(primary) }
    }

    private mutating func setEmail(_ address: String) throws {
        guard EmailAddress.isAcceptable(address) else {
            throw SCIMError.invalid(
                .invalidValue,
                "The primary e-mail address is none, and userName stands for it only where it is one"
            )
        }
        email = address.lowercased()
    }

    private mutating func setUserName(_ name: String) throws {
        guard name.utf8.count <= Self.longestUserName else {
            throw SCIMError.invalid(.invalidValue, "The userName is longer than \(Self.longestUserName) bytes")
        }
        userName = name.lowercased() == email.lowercased() ? nil : name
    }

    /// While the name is the address, a new name that is one becomes the address; and a new address leaves the name as it was.
    private mutating func setUserName(of user: SCIMUser, _ new: String?, isEmailChanged: Bool) throws {
        if let new, user.ownUserName == nil, !isEmailChanged, EmailAddress.isAcceptable(new) {
            email = new.lowercased()
        }
        try setUserName(new ?? user.userName)
    }

    /// The displayed name is the account's, and goes before the parts when both change.
    private mutating func changeName(of user: SCIMUser, _ parts: JSONValue?, _ displayName: String?) throws {
        guard parts != nil || displayName != nil else { return }
        let old = user.shownName ?? [:]
        var new = parts?.object
        // A whole name that was left as it was is of the old parts.
        if let whole = new?["formatted"], whole == old["formatted"], new != old { new?["formatted"] = nil }
        try setName(displayName ?? Self.whole(new) ?? name)
        if parts == nil {
            if user.hasOwnParts { stored["nameOf"] = .string(name) }
        } else if new == nil {
            stored["name"] = .null
            stored["nameOf"] = .string(name)
        } else {
            keep(new)
        }
    }

    /// The parts are kept as they are, with the name that the account has by them.
    private mutating func keep(_ parts: JSONObject?) {
        guard let parts, !parts.isEmpty else {
            stored["name"] = nil
            stored["nameOf"] = nil
            return
        }
        stored["name"] = .object(parts)
        stored["nameOf"] = .string(name)
    }

    private static func whole(_ parts: JSONObject?) -> String? {
        guard let parts else { return nil }
        if let formatted = parts["formatted"]?.string { return formatted }
        let joined = SCIMUser.joined(parts)
        return joined.isEmpty ? nil : joined
    }

    private mutating func setName(_ text: String) throws {
        guard !text.isEmpty else { throw SCIMError.invalid(.invalidValue, "The account would have no name") }
        guard text.unicodeScalars.count <= Self.longestName else {
            throw SCIMError.invalid(.invalidValue, "The name has more than \(Self.longestName) characters")
        }
        name = text
    }

    private mutating func setPhotos(_ values: [JSONValue], of user: SCIMUser? = nil, _ base: String = "") throws {
        if values.isEmpty {
            SCIMValues().store(in: &stored, primary: "photo", others: "photos")
            picture = ProfilePicture.standard
            return
        }
        let (primary, rest) = try SCIMValues.split(values, "photos")
        rest.store(in: &stored, primary: "photo", others: "photos")
        if let user, user.pictureURL(base) == primary { return }
        guard ProfilePicture.isAcceptable(primary) else {
            throw SCIMError.invalid(
                .invalidValue,
                "The picture is neither an http or https address nor a raster image as a data URL"
            )
        }
        picture = primary
    }
}
