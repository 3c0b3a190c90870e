import Core
import HTTP

/// The provider's part of signing out.
enum OAuthSignOut {
    /// Forgets the session with the provider that the browser's cookie names.
    ///
    /// - Returns: where the browser ends its session there; nil when it has none, or the provider has no such page.
    static func end(_ context: Context) throws -> String? {
        let settings = try context.settings
        guard let id = context.request.cookies["oauth_session_id"],
            let stored = try OAuthSessionStore.take(id, settings, context.database),
            let page = stored.endSessionEndpoint
        else { return nil }
        // OpenID Connect RP-Initiated Logout 1.0, section 2.
        var query: [(String, String)] = []
        if let token = stored.tokens.idToken { query.append(("id_token_hint", token)) }
        if let provider = OAuthProviders.find(stored.provider, settings) {
            query.append(("client_id", provider.clientID))
        }
        let target = settings[Setting.webUIAuthSignoutRedirectURL]
        if !target.isEmpty { query.append(("post_logout_redirect_uri", target)) }
        let separator = page.contains("?") ? "&" : "?"
        return query.isEmpty
            ? page : page + separator + query.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
    }
}
