package import Core
package import Outbound
package import Postgres

/// The tokens of accounts at their providers, for what acts in an account's name: tool servers, connections, plugins.
package enum OAuthSessions {
    /// A token is renewed this many seconds before it ends.
    static let margin = 300

    /// An access token that is good for the next minutes.
    ///
    /// It is renewed when it ends soon; of several that find so at once, one asks the provider and the others wait for it, because many
    /// providers take a refresh token once only. That waits on another machine: not for the pool "web".
    ///
    /// The session is the value of the cookie `oauth_session_id`, the account whose it must be; the client has the policy
    /// `.administrator`. Nil when there is no such session, or the provider gives no more tokens for it, whereupon it is gone.
    package static func accessToken(
        session id: String,
        account: String,
        settings: Settings,
        http: HTTPClient,
        database: Connection
    ) throws -> String? {
        try tokens(session: id, account: account, settings: settings, http: http, database: database)?.accessToken
    }

    /// All that the provider gave, such as `{access_token, id_token, refresh_token, scope, expires_at, …}`; otherwise as `accessToken`.
    package static func token(
        session id: String,
        account: String,
        settings: Settings,
        http: HTTPClient,
        database: Connection
    ) throws -> JSONValue? {
        try tokens(session: id, account: account, settings: settings, http: http, database: database)
            .map { .object($0.members) }
    }

    private static func tokens(
        session id: String,
        account: String,
        settings: Settings,
        http: HTTPClient,
        database: Connection
    ) throws -> ProviderTokens? {
        guard let stored = try OAuthSessionStore.find(id, of: account, settings, database) else { return nil }
        if Clock.nowSeconds + margin < stored.tokens.expiresAt { return stored.tokens }
        return try database.transaction {
            guard let stored = try OAuthSessionStore.find(id, of: account, isLocking: true, settings, database) else {
                return nil
            }
            if Clock.nowSeconds + margin < stored.tokens.expiresAt { return stored.tokens }
            return try renewed(stored, id, settings, http, database)
        }
    }

    private static func renewed(
        _ stored: OAuthSessionStore.Stored,
        _ id: String,
        _ settings: Settings,
        _ http: HTTPClient,
        _ database: Connection
    ) throws -> ProviderTokens? {
        let isGood = Clock.nowSeconds < stored.tokens.expiresAt
        guard let provider = OAuthProviders.find(stored.provider, settings), let refresh = stored.tokens.refreshToken
        else {
            return isGood ? stored.tokens : nil
        }
        let client = OAuthClient(provider, http: http)
        do {
            let tokens = try client.refresh(refresh, client.metadata()).keeping(stored.tokens)
            try OAuthSessionStore.update(id, tokens, settings, database)
            return tokens
        } catch let failure as OAuthFailure {
            // A provider that is down may be up again later; one that refuses will refuse again.
            if failure.isFinal, !isGood { try OAuthSessionStore.delete(id, database) }
            return isGood ? stored.tokens : nil
        }
    }
}
