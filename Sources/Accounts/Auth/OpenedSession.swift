import Core
import Crypto
import HTTP

/// A token and whose it is, as clients are told after signing in.
struct OpenedSession {
    let token: String
    /// Seconds since 1970; nil for a token without an end.
    let expiresAt: Int?
    let account: Account

    /// Issues a token for an account.
    static func open(for account: Account, _ context: Context) throws -> OpenedSession {
        let settings = try context.settings
        let id = Random.uuid()
        let expiresAt = try expiry(settings.jwtLifetime)
        try SessionStore.insert(
            id,
            account: account.id,
            expiresAt: expiresAt,
            request: context.request,
            context.database
        )
        try SessionStore.removeExpired(context.database)
        let token = SessionToken.issue(
            userID: account.id,
            expiresAt: expiresAt,
            jti: id,
            key: Array(settings[Setting.webUISecretKey].utf8)
        )
        return OpenedSession(token: token, expiresAt: expiresAt, account: account)
    }

    private static func expiry(_ lifetime: TokenLifetime?) throws -> Int? {
        switch lifetime {
        case .endless: nil
        case .seconds(let seconds): Clock.nowSeconds + seconds
        // Tokens without an end are not what somebody wanted who wrote something here.
        case nil: throw APIError(500, "JWT_EXPIRES_IN is not a duration such as 4w, 12h or -1")
        }
    }

    /// `{token, token_type, expires_at, id, email, name, role, profile_image_url, permissions}` and the cookie.
    func response(_ context: Context) throws -> Response {
        let settings = try context.settings
        let picture = try AccountStore.profileImageURL(of: account, context.database)
        let permissions = Permissions(of: account, settings)
        let response = Response.json { json in
            json.object {
                writeSession(&$0, picture)
                $0.field("expires_at", expiresAt)
                $0.field("permissions", permissions.tree)
            }
        }
        return response.with("Set-Cookie", SessionCookie.set(token, expiresAt: expiresAt, settings))
    }

    /// The members of `{token, token_type, id, email, name, role, profile_image_url}`.
    func writeSession(_ json: inout JSONWriter, _ picture: String) {
        json.field("token", token)
        json.field("token_type", "Bearer")
        json.field("id", account.id)
        json.field("email", account.email)
        json.field("name", account.name)
        json.field("role", account.role.rawValue)
        json.field("profile_image_url", picture)
    }
}
