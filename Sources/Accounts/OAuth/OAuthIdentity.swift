import Core

/// Who somebody is according to a provider.
struct OAuthIdentity: Equatable {
    /// The most roles or groups that are looked at, and the longest name of one.
    private static let maximumNames = 1000
    private static let longestName = 255

    /// `provider@subject`, as it stands with the account.
    let subject: String
    /// In lower case.
    let email: String
    /// Whether the provider vouches that the address is this person's.
    let isEmailVerified: Bool
    let name: String
    let roles: [String]
    let groups: [String]
    /// An address on the web; empty for none.
    let picture: String

    /// - Throws: when the claims name nobody.
    init(_ claims: JSONObject, provider: OAuthProvider, _ settings: Settings) throws(OAuthFailure) {
        let claims = OAuthClaims(claims)
        let subjectClaim = settings[Setting.oauthSubClaim]
        guard let subject = claims.text(subjectClaim.isEmpty ? provider.subjectClaim : subjectClaim) else {
            throw .unproven(provider, "the subject claim is missing")
        }
        let emailClaim = settings[Setting.oauthEmailClaim]
        guard let email = claims.text(emailClaim)?.lowercased() else {
            throw OAuthFailure(
                "\(provider.name) did not tell your e-mail address, without which there is no account.",
                "the e-mail claim is missing"
            )
        }
        guard EmailAddress.isAcceptable(email) else { throw OAuthFailure(Detail.invalidEmail, "no e-mail address") }
        self.subject = "\(provider.key)@\(subject)"
        self.email = email
        let marked = claims.flag("email_verified") ?? claims.flag("xms_edov")
        // The marks are about the claim `email`; of another one they can only speak against.
        isEmailVerified =
            emailClaim == "email"
            ? marked ?? provider.vouchesForAddresses : marked != false && provider.vouchesForAddresses
        name = String((claims.text(settings[Setting.oauthUsernameClaim]) ?? email).prefix(Self.longestName))
        roles = Self.names(claims.list(settings[Setting.oauthRolesClaim]))
        groups = Self.names(claims.list(settings[Setting.oauthGroupsClaim]))
        let pictureClaim = settings[Setting.oauthPictureClaim]
        picture = pictureClaim.isEmpty ? "" : claims.text(pictureClaim) ?? provider.pictureURL
    }

    /// Whether the domain of the address is among those that may sign in.
    func isAdmitted(_ settings: Settings) -> Bool {
        let allowed = settings[Setting.oauthAllowedDomains]
        if allowed.contains("*") { return true }
        let domain = email[(email.lastIndex(of: "@").map(email.index(after:)) ?? email.startIndex)...]
        return allowed.contains { $0.lowercased() == domain }
    }

    private static func names(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.prefix(maximumNames).filter { !$0.isEmpty && $0.count <= longestName && seen.insert($0).inserted }
    }
}

/// The claims of a provider, by name. A name with dots is looked for as it is, then as a path into objects.
struct OAuthClaims {
    private let members: JSONObject

    init(_ members: JSONObject) {
        self.members = members
    }

    subscript(_ name: String) -> JSONValue? {
        if let value = members[name] { return value }
        guard name.contains(".") else { return nil }
        var node: JSONValue? = .object(members)
        for part in name.split(separator: ".", omittingEmptySubsequences: false) { node = node?[String(part)] }
        return node
    }

    /// Text, or a whole number as text; nil for what is empty or something else.
    func text(_ name: String) -> String? {
        self[name].flatMap(Self.text)
    }

    /// Also the texts `true` and `false`, and 0 and 1, as some providers send them.
    func flag(_ name: String) -> Bool? {
        switch self[name] {
        case .bool(let flag)?: flag
        case .string(let text)?: text.lowercased() == "true" || text == "1"
        case .number(let number)?: number.int == 1
        default: nil
        }
    }

    /// The texts of a list; a single one stands for a list of one.
    func list(_ name: String) -> [String] {
        if let values = self[name]?.array { return values.compactMap(Self.text) }
        return text(name).map { [$0] } ?? []
    }

    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text.isEmpty ? nil : text
        case .number(let number): number.int.map(String.init)
        default: nil
        }
    }
}
