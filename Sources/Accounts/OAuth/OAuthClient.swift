import Core
import Crypto
import HTTP
import Outbound

/// Speaks with one provider. Every request has a deadline and a largest answer.
struct OAuthClient {
    private static let maximumAnswer = 1 << 20
    /// After a token whose key is unknown, the provider's keys are read again at most this often, in seconds.
    private static let keyPatience = 1.0

    let provider: OAuthProvider
    private let http: HTTPClient

    /// The client has the policy `.administrator`, as an administrator configured the provider.
    init(_ provider: OAuthProvider, http: HTTPClient) {
        self.provider = provider
        self.http = http
    }

    func metadata() throws(OAuthFailure) -> ProviderMetadata {
        switch provider.endpoints {
        case .fixed(let authorization, let token, let userInfo):
            return ProviderMetadata(authorization: authorization, token: token, userInfo: userInfo)
        case .discovered(let url):
            let document = try ProviderDocuments.document(at: url) { () throws(OAuthFailure) in
                let document = try get(url)
                guard ProviderMetadata(document) != nil else {
                    throw .unreachable(provider, "the discovery document is incomplete")
                }
                return document
            }
            guard let metadata = ProviderMetadata(document) else {
                throw .unreachable(provider, "the discovery document is incomplete")
            }
            return metadata
        }
    }

    /// The keys that sign ID tokens; read `again` when those at hand do not fit.
    func keys(_ metadata: ProviderMetadata, again: Bool) throws(OAuthFailure) -> [JSONValue] {
        guard let url = metadata.keysURL else { return [] }
        let maximumAge = again ? Self.keyPatience : ProviderDocuments.lifetime
        let document = try ProviderDocuments.document(at: url, maximumAge: maximumAge) {
            () throws(OAuthFailure) in try get(url)
        }
        return document["keys"]?.array ?? []
    }

    /// Redeems a code (RFC 6749, section 4.1.3).
    func exchange(
        code: String,
        redirectURI: String,
        verifier: String?,
        _ metadata: ProviderMetadata
    ) throws(OAuthFailure) -> ProviderTokens {
        var form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectURI)]
        if let verifier { form.append(("code_verifier", verifier)) }
        return try tokens(form, metadata)
    }

    /// Trades a refresh token for new tokens (RFC 6749, section 6).
    func refresh(_ token: String, _ metadata: ProviderMetadata) throws(OAuthFailure) -> ProviderTokens {
        try tokens([("grant_type", "refresh_token"), ("refresh_token", token)], metadata)
    }

    /// The claims of the account that an access token is for.
    func userInfo(_ accessToken: String, _ metadata: ProviderMetadata) throws(OAuthFailure) -> JSONObject {
        guard let url = metadata.userInfoEndpoint else {
            throw .unproven(provider, "there is no userinfo endpoint")
        }
        let answer = try get(url, bearer: accessToken)
        // Feishu wraps what it says.
        guard let claims = provider.key == "feishu" ? answer["data"]?.object ?? answer.object : answer.object else {
            throw .unproven(provider, "the userinfo endpoint gave no object")
        }
        return claims
    }

    /// The primary address of an account whose profile shows none, if it is verified.
    func primaryAddress(_ accessToken: String) throws(OAuthFailure) -> String? {
        guard !provider.addressesURL.isEmpty else { return nil }
        let addresses = try get(provider.addressesURL, bearer: accessToken).array ?? []
        return addresses.first { $0["primary"] == true && $0["verified"] == true }?["email"]?.string
    }

    private func tokens(
        _ form: [(String, String)],
        _ metadata: ProviderMetadata
    ) throws(OAuthFailure) -> ProviderTokens {
        var form = form
        var headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")]
        switch authentication(metadata) {
        case "client_secret_post":
            form += [("client_id", provider.clientID), ("client_secret", provider.clientSecret)]
        case "none":
            form.append(("client_id", provider.clientID))
        default:
            let credentials = Array("\(provider.clientID):\(provider.clientSecret)".utf8)
            headers.append(("Authorization", "Basic " + Base64.encode(credentials)))
        }
        let answer = try send(
            "POST",
            metadata.tokenEndpoint,
            headers,
            body: form.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        )
        let document = try? JSONValue(parsing: answer.body)
        guard answer.status == 200, let tokens = document.flatMap({ ProviderTokens($0, now: Clock.nowSeconds) }) else {
            if answer.status >= 500 { throw .unreachable(provider, "the token endpoint answered \(answer.status)") }
            let error = OAuthErrorCode.known(document?["error"]?.string)
            throw .unproven(provider, "the token endpoint answered \(answer.status), \(error)")
        }
        return tokens
    }

    private func authentication(_ metadata: ProviderMetadata) -> String {
        if provider.clientSecret.isEmpty { return "none" }
        if !provider.authentication.isEmpty { return provider.authentication }
        guard let supported = metadata.clientAuthentication, !supported.contains("client_secret_basic"),
            supported.contains("client_secret_post")
        else { return "client_secret_basic" }
        return "client_secret_post"
    }

    private func get(_ url: String, bearer: String? = nil) throws(OAuthFailure) -> JSONValue {
        var headers = [("Accept", "application/json")]
        if let bearer { headers.append(("Authorization", "Bearer " + bearer)) }
        let answer = try send("GET", url, headers, body: nil)
        guard answer.status == 200 else { throw .unreachable(provider, "it answered \(answer.status)") }
        do {
            return try JSONValue(parsing: answer.body, maximumDepth: 32)
        } catch {
            throw .unreachable(provider, "it answered with what is not JSON: \(error.message)")
        }
    }

    private func send(
        _ method: String,
        _ url: String,
        _ headers: [(String, String)],
        body: String?
    ) throws(OAuthFailure) -> HTTPAnswer {
        let request = HTTPRequest(
            method: method,
            url: url,
            // GitHub refuses whoever does not say who asks.
            headers: headers.map { (name: $0.0, value: $0.1) } + [(name: "User-Agent", value: "Swiftlet")],
            body: body.map { Array($0.utf8) },
            connectTimeout: min(5, provider.timeout),
            totalTimeout: provider.timeout,
            maximumBody: Self.maximumAnswer
        )
        do {
            return try http.send(request)
        } catch {
            throw .unreachable(provider, error.message)
        }
    }
}

/// The error codes of RFC 6749 and OpenID Connect, which may be logged; other texts of a provider may not.
enum OAuthErrorCode {
    private static let codes: Set<String> = [
        "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
        "invalid_scope", "access_denied", "unsupported_response_type", "server_error", "temporarily_unavailable",
        "interaction_required", "login_required", "account_selection_required", "consent_required",
    ]

    static func known(_ code: String?) -> String {
        code.flatMap { codes.contains($0) ? $0 : nil } ?? "no known error code"
    }
}
