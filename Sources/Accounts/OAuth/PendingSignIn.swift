import Core
import Crypto
import HTTP

/// A sign-in that a browser has begun and the provider has not yet answered.
///
/// It lies encrypted in a cookie of that browser: no process need remember it, and an answer that was begun in another browser finds
/// nothing.
struct PendingSignIn: Equatable {
    /// How long one may take at the provider, in seconds.
    static let lifetime = 600
    /// Tabs that sign in side by side; a cookie has room for few.
    private static let maximumCount = 4
    private static let cookie = "owui-session"

    let provider: String
    let state: String
    let nonce: String
    /// The secret of PKCE (RFC 7636).
    let verifier: String
    /// As it was sent; the exchange of the code must repeat it.
    let redirectURI: String
    /// Seconds since 1970.
    let startedAt: Int

    init(provider: String, redirectURI: String, now: Int) {
        self.provider = provider
        self.redirectURI = redirectURI
        state = Random.urlSafe(24)
        nonce = Random.urlSafe(24)
        verifier = Random.urlSafe(48)
        startedAt = now
    }

    var challenge: String {
        Base64URL.encode(Digest.sha256(Array(verifier.utf8)))
    }

    /// Those of a browser that have not run out.
    static func all(of request: Request, secret: String, now: Int) -> [PendingSignIn] {
        guard let text = request.cookies[cookie], text.utf8.count <= 4096, let box = Base64URL.decode(text),
            let json = SecretBox.open(box, key: key(secret)), let list = try? JSONValue(parsing: json)
        else { return [] }
        return (list.array ?? []).compactMap(PendingSignIn.init).filter { now - $0.startedAt < lifetime }
    }

    /// The cookie with the newest of them; an empty list clears it.
    static func cookie(_ pending: [PendingSignIn], _ settings: Settings) throws -> String {
        guard !pending.isEmpty else { return SessionCookie.clear(cookie) }
        let list = JSONValue.array(pending.suffix(maximumCount).map(\.json))
        let box = try SecretBox.seal(list.bytes, key: key(settings[Setting.webUISecretKey]))
        // `Strict` would keep it away from the answer, which comes from the provider's site.
        let sameSite = settings[Setting.webUISessionCookieSameSite].lowercased() == "none" ? "none" : "lax"
        let secure = settings[Setting.webUISessionCookieSecure] ? "; Secure" : ""
        return
            "\(cookie)=\(Base64URL.encode(box)); Max-Age=\(lifetime); HttpOnly; Path=/; SameSite=\(sameSite)\(secure)"
    }

    private static func key(_ secret: String) -> SecretBox.Key {
        SecretBox.Key(secret: Array(secret.utf8), purpose: "pending sign-in")
    }

    private var json: JSONValue {
        [
            "p": .string(provider), "s": .string(state), "n": .string(nonce), "v": .string(verifier),
            "r": .string(redirectURI), "t": JSONValue(startedAt),
        ]
    }

    private init?(_ json: JSONValue) {
        guard let provider = json["p"]?.string, let state = json["s"]?.string, let nonce = json["n"]?.string,
            let verifier = json["v"]?.string, let redirectURI = json["r"]?.string, let startedAt = json["t"]?.int
        else { return nil }
        self.provider = provider
        self.state = state
        self.nonce = nonce
        self.verifier = verifier
        self.redirectURI = redirectURI
        self.startedAt = startedAt
    }
}
