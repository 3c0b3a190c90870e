import Core

/// What a provider's token endpoint gave, with the members `issued_at` and `expires_at` (seconds since 1970) added, as tools are shown it.
struct ProviderTokens: Equatable {
    /// What is assumed of a token whose lifetime is not said, in seconds.
    private static let usualLifetime = 3600
    private static let longestLifetime = 10 * 366 * 86400

    private(set) var members: JSONObject

    /// Reads an answer (RFC 6749, section 5.1).
    ///
    /// - Returns: nil without an access token that can be sent.
    init?(_ answer: JSONValue, now: Int) {
        guard case .object(var members) = answer, let token = members["access_token"]?.string, !token.isEmpty,
            token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        // Some providers write the number as text.
        let lifetime = members["expires_in"].flatMap { $0.int ?? $0.string.flatMap { Int($0) } } ?? Self.usualLifetime
        members["issued_at"] = JSONValue(now)
        members["expires_at"] = JSONValue(now + min(max(lifetime, 0), Self.longestLifetime))
        self.members = members
    }

    /// Reads what was stored.
    init?(stored json: [UInt8]) {
        guard case .object(let members)? = try? JSONValue(parsing: json) else { return nil }
        self.members = members
    }

    var accessToken: String { members["access_token"]?.string ?? "" }
    var idToken: String? { members["id_token"]?.string }
    var refreshToken: String? { members["refresh_token"]?.string }
    var expiresAt: Int { members["expires_at"]?.int ?? 0 }

    /// Takes over what a refreshed answer leaves out because it stays as it was.
    func keeping(_ old: ProviderTokens) -> ProviderTokens {
        var tokens = self
        for name in ["refresh_token", "id_token", "scope"] where tokens.members[name] == nil {
            tokens.members[name] = old.members[name]
        }
        return tokens
    }
}
