import Core

/// What a provider says of itself.
struct ProviderMetadata: Equatable {
    /// Empty where there are no ID tokens.
    let issuer: String
    let authorizationEndpoint: String
    let tokenEndpoint: String
    let userInfoEndpoint: String?
    let keysURL: String?
    let endSessionEndpoint: String?
    let idTokenAlgorithms: [String]
    /// Nil when the provider does not say.
    let challengeMethods: [String]?
    let clientAuthentication: [String]?

    /// Of an OpenID Connect Discovery 1.0 document (section 3).
    ///
    /// - Returns: nil when something is missing without which nobody can sign in.
    init?(_ document: JSONValue) {
        func address(_ name: String) -> String? {
            guard let text = document[name]?.string, text.hasPrefix("https://") || text.hasPrefix("http://"),
                text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F })
            else { return nil }
            return text
        }
        func list(_ name: String) -> [String]? {
            document[name]?.array?.compactMap(\.string)
        }
        guard let issuer = document["issuer"]?.string, !issuer.isEmpty,
            let authorization = address("authorization_endpoint"), let token = address("token_endpoint")
        else { return nil }
        self.issuer = issuer
        authorizationEndpoint = authorization
        tokenEndpoint = token
        userInfoEndpoint = address("userinfo_endpoint")
        keysURL = address("jwks_uri")
        endSessionEndpoint = address("end_session_endpoint")
        // RS256 is what every provider must have (section 3).
        idTokenAlgorithms = list("id_token_signing_alg_values_supported") ?? ["RS256"]
        challengeMethods = list("code_challenge_methods_supported")
        clientAuthentication = list("token_endpoint_auth_methods_supported")
    }

    /// Of a provider without such a document.
    init(authorization: String, token: String, userInfo: String) {
        issuer = ""
        authorizationEndpoint = authorization
        tokenEndpoint = token
        userInfoEndpoint = userInfo
        keysURL = nil
        endSessionEndpoint = nil
        idTokenAlgorithms = []
        challengeMethods = nil
        clientAuthentication = nil
    }

    /// PKCE is harmless to a provider that does not know it (RFC 7636, section 5), so only a provider that lists other methods goes without.
    var takesChallenge: Bool {
        challengeMethods?.contains("S256") ?? true
    }
}
