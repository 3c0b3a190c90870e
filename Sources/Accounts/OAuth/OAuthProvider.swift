/// A service that people sign in with, as the settings describe it.
package struct OAuthProvider: Sendable {
    package enum Endpoints: Sendable {
        /// Named in the document at this address (OpenID Connect Discovery 1.0, section 4).
        case discovered(at: String)
        /// OAuth 2.0 alone: who signs in is asked at `userInfo`.
        case fixed(authorization: String, token: String, userInfo: String)
    }

    /// As in `/oauth/{key}/login`.
    package let key: String
    /// What people call it.
    package let name: String
    let clientID: String
    let clientSecret: String
    let scope: String
    let endpoints: Endpoints
    /// The callback address where the usual one does not fit; empty for the usual one.
    var redirectURI = ""
    /// The claim that names the account at the provider, where the settings do not say.
    var subjectClaim = "sub"
    /// `client_secret_basic`, `client_secret_post` or `none`; empty to go by what the provider supports.
    var authentication = ""
    /// Where the account's picture lies when no claim says.
    var pictureURL = ""
    /// Where the addresses of an account are listed that has no public one.
    var addressesURL = ""
    /// Whether an e-mail address that is not marked as verified may be taken for the account's own.
    var vouchesForAddresses = true
    /// Seconds for each request to the provider.
    var timeout = 10.0

    package init(
        key: String,
        name: String,
        clientID: String,
        clientSecret: String,
        scope: String,
        endpoints: Endpoints
    ) {
        self.key = key
        self.name = name
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.scope = scope
        self.endpoints = endpoints
    }

    /// Whether an ID token is asked for. Then there must be one.
    var usesIDTokens: Bool {
        guard case .discovered = endpoints else { return false }
        return scope.split(separator: " ").contains("openid")
    }
}
