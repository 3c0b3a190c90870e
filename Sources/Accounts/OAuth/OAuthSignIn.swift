import Core
import Crypto
import HTTP

/// One sign-in with one provider, from the redirect to the cookies: the authorization code flow with state, nonce and PKCE.
struct OAuthSignIn {
    private static let longestCode = 4096

    private let provider: OAuthProvider
    private let context: Context
    private let client: OAuthClient
    private let settings: Settings

    init(_ provider: OAuthProvider, _ context: Context) throws {
        self.provider = provider
        self.context = context
        client = OAuthClient(provider, http: context.http)
        settings = try context.settings
    }

    /// The redirect to the provider, and the cookie that remembers it. `base` is the site's own address, without a slash at its end.
    func begin(_ base: String) throws -> Response {
        let metadata = try client.metadata()
        let usual = "\(base)/oauth/\(provider.key)/callback"
        let redirectURI = provider.redirectURI.isEmpty ? usual : provider.redirectURI
        let now = Clock.nowSeconds
        let pending = PendingSignIn(provider: provider.key, redirectURI: redirectURI, now: now)
        var query = [
            ("response_type", "code"), ("client_id", provider.clientID), ("redirect_uri", redirectURI),
            ("scope", provider.scope), ("state", pending.state),
        ]
        if provider.usesIDTokens { query.append(("nonce", pending.nonce)) }
        if metadata.takesChallenge {
            query += [("code_challenge", pending.challenge), ("code_challenge_method", "S256")]
        }
        let separator = metadata.authorizationEndpoint.contains("?") ? "&" : "?"
        let location =
            metadata.authorizationEndpoint + separator
            + query.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        let others = PendingSignIn.all(of: context.request, secret: settings[Setting.webUISecretKey], now: now)
        return .redirect(to: location).with("Set-Cookie", try PendingSignIn.cookie(others + [pending], settings))
    }

    /// The redirect to the site with the cookies of a new session.
    func finish(_ pending: PendingSignIn?, _ base: String) throws -> Response {
        let query = context.request.query
        // Providers send errors without a state as well.
        if query["error"] != nil { throw OAuthFailure.declined }
        guard let pending, let code = query["code"], !code.isEmpty, code.utf8.count <= Self.longestCode else {
            throw OAuthFailure.notBegun
        }
        let metadata = try client.metadata()
        // Another provider's answer, passed off as this one's (RFC 9207).
        if let issuer = query["iss"], !metadata.issuer.isEmpty, !metadata.issuer.contains("{"),
            issuer != metadata.issuer
        {
            throw OAuthFailure.unproven(provider, "the answer names another issuer")
        }
        let tokens = try client.exchange(
            code: code,
            redirectURI: pending.redirectURI,
            verifier: metadata.takesChallenge ? pending.verifier : nil,
            metadata
        )
        let claims = try claims(tokens, nonce: pending.nonce, metadata)
        let identity = try OAuthIdentity(claims, provider: provider, settings)
        guard identity.isAdmitted(settings) else {
            throw OAuthFailure(
                "E-mail addresses of your domain may not sign in here. Please contact your administrator.",
                "the e-mail domain is not among the allowed ones"
            )
        }
        let account = try OAuthAccount(identity, context)
        let picture = try account.wantsPicture ? self.picture(identity, tokens, metadata) : nil
        return try context.database.transaction {
            let account = try account.settle(picture: picture)
            let session = try OpenedSession.open(for: account, context)
            let id = try OAuthSessionStore.replace(
                tokens,
                provider: provider.key,
                endSessionEndpoint: metadata.endSessionEndpoint,
                of: account.id,
                settings,
                context.database
            )
            return respond(session, tokens, id, base)
        }
    }

    /// What the ID token says, and the userinfo endpoint where that is not enough.
    private func claims(
        _ tokens: ProviderTokens,
        nonce: String,
        _ metadata: ProviderMetadata
    ) throws(OAuthFailure) -> JSONObject {
        var claims: JSONObject = [:]
        if provider.usesIDTokens { claims = try verified(tokens.idToken, nonce: nonce, metadata).claims }
        let known = OAuthClaims(claims)
        if known[settings[Setting.oauthEmailClaim]] == nil || known[settings[Setting.oauthUsernameClaim]] == nil {
            let more = try client.userInfo(tokens.accessToken, metadata)
            // Else somebody else's data could be substituted (OpenID Connect Core 1.0, section 5.3.2).
            if let subject = claims["sub"], more["sub"] != subject {
                throw .unproven(provider, "the userinfo endpoint speaks of another subject")
            }
            // An address comes with its own mark.
            if more["email"] != nil { claims["email_verified"] = nil }
            claims.merge(more) { _, new in new }
        }
        if OAuthClaims(claims).text(settings[Setting.oauthEmailClaim]) == nil,
            let address = try client.primaryAddress(tokens.accessToken)
        {
            claims[settings[Setting.oauthEmailClaim]] = .string(address)
        }
        return claims
    }

    private func verified(
        _ token: String?,
        nonce: String,
        _ metadata: ProviderMetadata
    ) throws(OAuthFailure) -> IDToken {
        guard let token else { throw .unproven(provider, "there is no ID token") }
        let expected = IDToken.Expectation(
            issuer: metadata.issuer,
            clientID: provider.clientID,
            clientSecret: provider.clientSecret,
            nonce: nonce,
            algorithms: metadata.idTokenAlgorithms,
            now: Clock.nowSeconds
        )
        do {
            do {
                return try IDToken(verifying: token, keys: client.keys(metadata, again: false), expected)
            } catch let invalid as IDToken.Invalid where invalid.isKeyUnknown {
                return try IDToken(verifying: token, keys: client.keys(metadata, again: true), expected)
            }
        } catch let invalid as IDToken.Invalid {
            throw .unproven(provider, "the ID token: \(invalid.reason)")
        } catch let failure as OAuthFailure {
            throw failure
        } catch {
            throw .unproven(provider, "the ID token could not be checked")
        }
    }

    private func picture(_ identity: OAuthIdentity, _ tokens: ProviderTokens, _ metadata: ProviderMetadata)
        -> PictureChange
    {
        guard let picture = ProviderPicture(identity, provider: provider, metadata) else { return .absent }
        let allowPrivate = settings[Setting.enableRAGLocalWebFetch]
        let url = picture.fetch(tokens.accessToken, allowPrivate: allowPrivate, timeout: provider.timeout)
        return url.map(PictureChange.new) ?? .unavailable
    }

    /// The page copies the token from its cookie, so scripts must be able to read that one.
    private func respond(_ session: OpenedSession, _ tokens: ProviderTokens, _ id: String, _ base: String) -> Response {
        let sameSite = settings[Setting.webUIAuthCookieSameSite]
        let secure = settings[Setting.webUIAuthCookieSecure] ? "; Secure" : ""
        let attributes = "; Path=/; SameSite=\(sameSite)\(secure)"
        var response = Response.redirect(to: SiteAddress.signInPage(base, settings), status: 307)
            .with("Set-Cookie", "\(SessionCookie.token)=\(session.token)\(attributes)")
            .with("Set-Cookie", "oauth_session_id=\(id); HttpOnly\(attributes)")
        // Browsers drop larger cookies.
        if settings[Setting.enableOAuthIDTokenCookie], provider.usesIDTokens, let token = tokens.idToken,
            token.utf8.count <= 3800
        {
            response = response.with("Set-Cookie", "oauth_id_token=\(token); HttpOnly\(attributes)")
        }
        return response
    }
}
