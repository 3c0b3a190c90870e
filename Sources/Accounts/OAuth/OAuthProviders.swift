package import Core

/// The providers that the settings switch on.
package enum OAuthProviders {
    /// `{key: name}` of those that the sign-in page offers, for `oauth.providers` of `/api/config`. The page has words of its own for all
    /// but `oidc`.
    package static func shown(_ settings: Settings) -> JSONValue {
        var shown: JSONObject = [:]
        for provider in all(settings) {
            shown[provider.key] = .string(provider.key == "oidc" ? provider.name : provider.key)
        }
        return .object(shown)
    }

    static func find(_ key: String, _ settings: Settings) -> OAuthProvider? {
        all(settings).first { $0.key == key }
    }

    static func all(_ settings: Settings) -> [OAuthProvider] {
        let timeout = min(max(Double(settings[Setting.oauthTimeout]) ?? 10, 1), 60)
        return [google(settings), microsoft(settings), github(settings), openID(settings), feishu(settings)]
            .compactMap(\.self).map {
                var provider = $0
                provider.timeout = timeout
                return provider
            }
    }

    private static func google(_ settings: Settings) -> OAuthProvider? {
        let (id, secret) = (settings[Setting.googleClientID], settings[Setting.googleClientSecret])
        guard !id.isEmpty, !secret.isEmpty else { return nil }
        var provider = OAuthProvider(
            key: "google",
            name: "Google",
            clientID: id,
            clientSecret: secret,
            scope: settings[Setting.googleOAuthScope],
            endpoints: .discovered(at: "https://accounts.google.com/.well-known/openid-configuration")
        )
        provider.redirectURI = settings[Setting.googleRedirectURI]
        return provider
    }

    private static func microsoft(_ settings: Settings) -> OAuthProvider? {
        let (id, secret) = (settings[Setting.microsoftClientID], settings[Setting.microsoftClientSecret])
        let tenant = settings[Setting.microsoftClientTenantID]
        guard !id.isEmpty, !secret.isEmpty, !tenant.isEmpty else { return nil }
        let base = settings[Setting.microsoftClientLoginBaseURL]
        var provider = OAuthProvider(
            key: "microsoft",
            name: "Microsoft",
            clientID: id,
            clientSecret: secret,
            scope: settings[Setting.microsoftOAuthScope],
            endpoints: .discovered(at: "\(base)/\(tenant)/v2.0/.well-known/openid-configuration?appid=\(id)")
        )
        provider.redirectURI = settings[Setting.microsoftRedirectURI]
        provider.pictureURL = settings[Setting.microsoftClientPictureURL]
        // There the administrators of any tenant write what addresses they like.
        provider.vouchesForAddresses = !["common", "organizations", "consumers"].contains(tenant.lowercased())
        return provider
    }

    private static func github(_ settings: Settings) -> OAuthProvider? {
        let (id, secret) = (settings[Setting.githubClientID], settings[Setting.githubClientSecret])
        guard !id.isEmpty, !secret.isEmpty else { return nil }
        var provider = OAuthProvider(
            key: "github",
            name: "GitHub",
            clientID: id,
            clientSecret: secret,
            scope: settings[Setting.githubClientScope],
            endpoints: .fixed(
                authorization: "https://github.com/login/oauth/authorize",
                token: "https://github.com/login/oauth/access_token",
                userInfo: "https://api.github.com/user"
            )
        )
        provider.redirectURI = settings[Setting.githubClientRedirectURI]
        provider.subjectClaim = "id"
        provider.addressesURL = "https://api.github.com/user/emails"
        return provider
    }

    private static func openID(_ settings: Settings) -> OAuthProvider? {
        let (id, secret) = (settings[Setting.oauthClientID], settings[Setting.oauthClientSecret])
        let document = settings[Setting.openIDProviderURL]
        // Without a secret it is a public client, which only PKCE makes safe; the setting says that the provider checks it.
        guard !id.isEmpty, !document.isEmpty, !secret.isEmpty || !settings[Setting.oauthCodeChallengeMethod].isEmpty
        else { return nil }
        var provider = OAuthProvider(
            key: "oidc",
            name: settings[Setting.oauthProviderName],
            clientID: id,
            clientSecret: secret,
            scope: settings[Setting.oauthScopes],
            endpoints: .discovered(at: document)
        )
        provider.redirectURI = settings[Setting.openIDRedirectURI]
        provider.authentication = settings[Setting.oauthTokenEndpointAuthMethod]
        return provider
    }

    private static func feishu(_ settings: Settings) -> OAuthProvider? {
        let (id, secret) = (settings[Setting.feishuClientID], settings[Setting.feishuClientSecret])
        guard !id.isEmpty, !secret.isEmpty else { return nil }
        var provider = OAuthProvider(
            key: "feishu",
            name: "Feishu",
            clientID: id,
            clientSecret: secret,
            scope: settings[Setting.feishuOAuthScope],
            endpoints: .fixed(
                authorization: "https://accounts.feishu.cn/open-apis/authen/v1/authorize",
                token: "https://open.feishu.cn/open-apis/authen/v2/oauth/token",
                userInfo: "https://open.feishu.cn/open-apis/authen/v1/user_info"
            )
        )
        provider.redirectURI = settings[Setting.feishuRedirectURI]
        provider.subjectClaim = "user_id"
        return provider
    }
}
