import Core
import Crypto
package import HTTP
package import Postgres

/// Finds out who sends a request: the one parser of credentials, for HTTP, sockets and streams alike.
///
/// A token is good while its row in `session` is there; so sign-out, a new password and a changed role end it at once, in every
/// process. The row also says when it ends: clients go on with the token they have while their session is renewed. Tokens that the
/// reference issued have no such row and are good until they expire or are revoked.
package struct Authenticator {
    package let settings: LiveSettings
    package let database: Connection

    package init(settings: LiveSettings, database: Connection) {
        self.settings = settings
        self.database = database
    }

    /// The credential of a request: the bearer header if there is one, else the cookie.
    package static func token(of request: Request) -> String? {
        bearer(request.headers["authorization"]) ?? request.cookies["token"]
    }

    /// The settings are as new as the answer afterwards: their version is read in the same round trip.
    ///
    /// - Throws: 401 without a good credential, 403 for an API key that may not be used here.
    package func authenticate(_ request: Request) throws -> Caller {
        guard let token = Self.token(of: request) else { throw APIError.unauthorized(Detail.notAuthenticated) }
        let caller = try find(token: token, path: request.path)
        try checkTrustedHeader(request, caller.account)
        return caller
    }

    /// Whom a token or an API key belongs to. `path` is where a key is used, nil for a place that takes none. Throws 401 and 403.
    package func find(token: String, path: String?) throws -> Caller {
        if token.hasPrefix("sk-") { return try findKey(token, path: path) }
        let now = Clock.nowSeconds
        let key = Array(settings.current[Setting.webUISecretKey].utf8)
        guard let claims = SessionToken.verify(token, key: key, now: now, ignoringExpiry: true) else {
            throw APIError.unauthorized(Detail.unauthorized)
        }
        let isExpired = claims.expiresAt.map { $0 <= now } ?? false
        if isExpired, claims.tokenID == nil { throw APIError.unauthorized(Detail.unauthorized) }
        let digest = Digest.sha256(Array(token.utf8))
        let isGood: SQL =
            if claims.tokenID != nil {
                // A token past its end needs a session that was given a later one.
                "s.id is not null and case when s.expires_at is null then not \(isExpired) else s.expires_at > \(now) end"
            } else {
                "not a.foreign_tokens_revoked and not exists (select from revoked_token r where r.digest = \(digest))"
            }
        let rows = try database.query(
            """
            select \(Account.columns), (select version from setting_version), \(isGood), s.expires_at, s.last_used_at
            from account a left join session s on s.id = \(claims.tokenID) and s.account_id = a.id where a.id = \(claims.userID)
            """
        )
        guard let row = rows.first, try row.bool(Account.columnCount + 1) else {
            throw APIError.unauthorized(Detail.invalidToken)
        }
        try settings.refresh(toVersion: row.int(Account.columnCount), database)
        return try Caller(
            account: Account(row: row),
            credential: claims.tokenID.map { .session(id: $0) } ?? .foreignToken(digest: digest),
            expiresAt: claims.tokenID == nil ? claims.expiresAt : row.intOrNull(Account.columnCount + 2),
            sessionUsedAt: row.intOrNull(Account.columnCount + 3)
        )
    }

    private func findKey(_ key: String, path: String?) throws -> Caller {
        let rows = try database.query(
            """
            select \(Account.columns), (select version from setting_version)
            from api_key k join account a on a.id = k.account_id where k.digest = \(Digest.sha256(Array(key.utf8)))
            """
        )
        try settings.refresh(
            toVersion: rows.first?.int(Account.columnCount) ?? SettingsStore.version(database),
            database
        )
        guard settings.current[Setting.enableAPIKey], let path, allowsKey(at: path) else {
            throw APIError.forbidden(Detail.apiKeyNotAllowed)
        }
        guard let row = rows.first else { throw APIError.unauthorized(Detail.invalidToken) }
        return Caller(account: try Account(row: row), credential: .apiKey)
    }

    /// An endpoint stands for itself and what lies below it; an empty list allows everything.
    private func allowsKey(at path: String) -> Bool {
        guard settings.current[Setting.enableAPIKeyEndpointRestrictions] else { return true }
        let allowed = settings.current[Setting.apiKeyAllowedEndpoints].split(
            separator: ",",
            omittingEmptySubsequences: false
        )
        return allowed.contains { entry in
            let endpoint = entry.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            let name = String(endpoint)
            return path == name || path.hasPrefix(name + "/")
        }
    }

    private func checkTrustedHeader(_ request: Request, _ account: Account) throws {
        let header = settings.current[Setting.webUIAuthTrustedEmailHeader]
        guard !header.isEmpty, request.client.isVouchedFor,
            let email = request.headers[header.lowercased()]?.lowercased(), !email.isEmpty
        else {
            return
        }
        if email != account.email { throw APIError.unauthorized("User mismatch. Please sign in again.") }
    }

    private static func bearer(_ header: String?) -> String? {
        guard let header, let space = header.utf8.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        let token = header[header.utf8.index(after: space)...]
        guard header[..<space].lowercased() == "bearer", !token.isEmpty, !token.utf8.contains(UInt8(ascii: " "))
        else { return nil }
        return String(token)
    }
}
