import Core
import Crypto
import HTTP
import Testing

@testable import Accounts

@Suite struct OAuthTokenTests {
    /// RFC 7515, appendix A.2.
    private static let rsaKey: JSONValue = [
        "kty": "RSA", "e": "AQAB",
        "n":
            "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
    ]
    private static let rsaToken =
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    /// RFC 7515, appendix A.3.
    private static let ellipticKey: JSONValue = [
        "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    ]
    private static let ellipticToken =
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"

    private func parts(_ token: String) throws -> (message: [UInt8], signature: [UInt8]) {
        let parts = token.split(separator: ".")
        return (Array("\(parts[0]).\(parts[1])".utf8), try #require(Base64URL.decode(parts[2])))
    }

    @Test func signaturesOfTheStandardAreVerified() throws {
        for (json, token, algorithm) in [
            (Self.rsaKey, Self.rsaToken, "RS256"), (Self.ellipticKey, Self.ellipticToken, "ES256"),
        ] {
            let key = try #require(SignatureKey(json))
            let (message, signature) = try parts(token)
            #expect(key.verifies(signature, of: message, algorithm: algorithm))
            #expect(!key.verifies(signature, of: message + [0], algorithm: algorithm))
            #expect(!key.verifies(Array(signature.dropLast()), of: message, algorithm: algorithm))
            #expect(!key.verifies([], of: message, algorithm: algorithm))
            var changed = signature
            changed[5] ^= 1
            #expect(!key.verifies(changed, of: message, algorithm: algorithm))
            for other in ["RS384", "ES384", "HS256", "none", ""] {
                #expect(!key.verifies(signature, of: message, algorithm: other))
            }
        }
        let key = try #require(SignatureKey(Self.ellipticKey))
        let zeros = [UInt8](repeating: 0, count: 64)
        #expect(!key.verifies(zeros, of: [1], algorithm: "ES256"))
    }

    @Test(
        arguments: [
            [:], ["kty": "oct", "k": "AAAA"], ["kty": "RSA"], ["kty": "RSA", "n": "AQAB", "e": "AQAB"],
            ["kty": "RSA", "n": "!", "e": "AQAB"], ["kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"],
            ["kty": "EC", "crv": "secp256k1", "x": "AQ", "y": "AQ"], ["kty": "EC", "crv": "P-256"], .null, "x",
        ] as [JSONValue]
    )
    func whatIsNoGoodKeyIsNone(json: JSONValue) {
        #expect(SignatureKey(json) == nil)
    }

    private func expectation(algorithms: [String] = ["HS256", "RS256"], secret: String = "secret")
        -> IDToken.Expectation
    {
        IDToken.Expectation(
            issuer: "https://a.example",
            clientID: "client",
            clientSecret: secret,
            nonce: "n",
            algorithms: algorithms,
            now: 1000
        )
    }

    private let claims: JSONObject = [
        "iss": "https://a.example", "aud": "client", "sub": "s", "exp": 1500, "nonce": "n",
    ]

    private func verify(_ token: String, _ expected: IDToken.Expectation? = nil, keys: [JSONValue] = []) -> String? {
        do {
            _ = try IDToken(verifying: token, keys: keys, expected ?? expectation())
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func aTokenSignedWithTheClientsSecretIsGood() {
        let token = OAuthTestProvider.sign(claims, key: "secret")
        #expect(verify(token) == nil)
        #expect(verify(token + "A") != nil)
        #expect(verify(token, expectation(algorithms: ["RS256"])) == "the provider does not use its algorithm")
        #expect(verify(OAuthTestProvider.sign(claims, key: ""), expectation(secret: "")) != nil)
        #expect(verify(OAuthTestProvider.sign(claims, key: "other")) == "the signature is not by the client's secret")
    }

    @Test func aPublicKeyIsNoSecret() {
        let token = OAuthTestProvider.sign(claims, key: Self.rsaKey["n"]?.string ?? "")
        #expect(verify(token, keys: [Self.rsaKey]) == "the signature is not by the client's secret")
    }

    @Test func anUnknownKeyIsAReasonToAskAgain() {
        do {
            _ = try IDToken(verifying: Self.rsaToken, keys: [Self.ellipticKey], expectation())
            Issue.record("it was good")
        } catch {
            #expect(error.isKeyUnknown)
        }
        #expect(verify(Self.rsaToken, keys: [Self.rsaKey]) == "there is no subject")
    }

    @Test(arguments: [
        "", ".", "..", "a.b.c", "e30.e30.e30", "eyJhbGciOiJub25lIn0.e30.", String(repeating: "a", count: 200_000),
    ])
    func whatIsNoTokenIsRefused(text: String) {
        #expect(verify(text) != nil)
    }

    @Test func severalAudiencesNeedANamedParty() {
        var claims = claims
        claims["aud"] = ["other", "client"]
        #expect(verify(OAuthTestProvider.sign(claims, key: "secret")) == "it was issued to another party")
        claims["azp"] = "client"
        #expect(verify(OAuthTestProvider.sign(claims, key: "secret")) == nil)
    }

    @Test func sharedTenantsOfMicrosoftNameTheirIssuer() {
        var claims = claims
        claims["iss"] = "https://m.example/9188040d-6c67/v2.0"
        claims["tid"] = "9188040d-6c67"
        let expected = IDToken.Expectation(
            issuer: "https://m.example/{tenantid}/v2.0",
            clientID: "client",
            clientSecret: "secret",
            nonce: "n",
            algorithms: ["HS256"],
            now: 1000
        )
        #expect(verify(OAuthTestProvider.sign(claims, key: "secret"), expected) == nil)
        claims["tid"] = "9188040d-6c67/v2.0/../x"
        #expect(verify(OAuthTestProvider.sign(claims, key: "secret"), expected) == "the issuer is another")
    }
}

@Suite struct OAuthPartsTests {
    @Test(arguments: [
        ("blocked-*", "blocked-a", true), ("blocked-*", "unblocked-a", false), ("a?c", "abc", true),
        ("a?c", "ac", false),
        ("*", "anything", true), ("a*b*c", "a-b-b-c", true), ("a*b*c", "a-c-b", false), ("exact", "exact", false),
    ])
    func wildcards(pattern: String, name: String, matches: Bool) {
        #expect(BlockedGroups.matches(name, wildcards: pattern) == matches)
    }

    @Test func blockedGroupsAreNamesWildcardsAndExpressions() {
        let blocked = BlockedGroups(#"["exact", "dev-*", "^ops[0-9]+$", "(broken", "", 7]"#)
        for name in ["exact", "dev-1", "ops12", "(broken"] { #expect(blocked.contains(name), "\(name)") }
        for name in ["exactly", "devops", "ops", "xops1", ""] { #expect(!blocked.contains(name), "\(name)") }
        for setting in ["", "[]", "{}", "nonsense", "null"] { #expect(!BlockedGroups(setting).contains("a")) }
    }

    @Test func aCostlyExpressionIsGivenUpAndBlocks() {
        let blocked = BlockedGroups(#"["^(a+)+$"]"#)
        #expect(blocked.contains(String(repeating: "a", count: 250) + "!"))
        #expect(
            !BlockedGroups.matches(
                String(repeating: "a", count: 255),
                wildcards: String(repeating: "*a", count: 120) + "b"
            )
        )
    }

    @Test func claimsAreFoundByNameThenByPath() {
        let claims = OAuthClaims([
            "a.b": "whole", "a": ["b": "nested", "c": ["d": ["x", 7, true, ""]]], "n": 12, "f": 1.5, "e": "",
            "s": "one",
        ])
        #expect(claims.text("a.b") == "whole")
        #expect(claims.list("a.c.d") == ["x", "7"])
        #expect(claims.text("n") == "12")
        #expect(claims.text("f") == nil)
        #expect(claims.text("e") == nil)
        #expect(claims.list("s") == ["one"])
        #expect(claims.list("a") == [])
        #expect(claims.list("a.b.c.d.e") == [])
    }

    @Test func aCookieOfAnotherServerOrAgeIsNothing() throws {
        let settings = try Settings(source: Settings.Source(environment: ["WEBUI_SECRET_KEY": "k"]))
        let pending = PendingSignIn(provider: "oidc", redirectURI: "https://a/oauth/oidc/callback", now: 1000)
        let cookie = try PendingSignIn.cookie([pending], settings).split(separator: ";")[0]
        let request = Request(method: .get, path: "/", headers: ["cookie": String(cookie)])
        #expect(PendingSignIn.all(of: request, secret: "k", now: 1599) == [pending])
        #expect(PendingSignIn.all(of: request, secret: "k", now: 1600) == [])
        #expect(PendingSignIn.all(of: request, secret: "other", now: 1000) == [])
        let broken = Request(method: .get, path: "/", headers: ["cookie": String(cookie.dropLast(2))])
        #expect(PendingSignIn.all(of: broken, secret: "k", now: 1000) == [])
    }

    @Test(arguments: [
        ("https://idp.example/userinfo", "https://idp.example"), ("http://h:8080", "http://h:8080"),
        ("https://user@idp.example/x", nil), ("nonsense", nil), ("https:///x", nil),
    ])
    func origins(url: String, origin: String?) {
        #expect(ProviderPicture.origin(url) == origin)
    }

    @Test func theTokenGoesToTheProvidersOriginOnly() throws {
        let provider = OAuthProvider(
            key: "oidc",
            name: "T",
            clientID: "c",
            clientSecret: "s",
            scope: "openid",
            endpoints: .fixed(authorization: "", token: "", userInfo: "")
        )
        let metadata = ProviderMetadata(authorization: "", token: "", userInfo: "https://idp.example/userinfo")
        func trust(_ url: String) throws -> ProviderPicture.Trust? {
            let claims: JSONObject = ["sub": "s", "email": "a@b.example", "picture": .string(url)]
            return ProviderPicture(
                try OAuthIdentity(claims, provider: provider, Settings()),
                provider: provider,
                metadata
            )?.trust
        }
        #expect(try trust("https://idp.example/me.png") == .provider)
        for url in [
            "https://idp.example.evil.com/me.png", "https://idp.example@evil.com/", "http://idp.example/me.png",
            "https://idp.example:444/me.png", "https://idp.example\\@evil.com/", "https://IDP.example/me.png",
        ] { #expect(try trust(url) == .stranger, "\(url)") }
        #expect(try trust("") == nil)
    }

    @Test func providersAreShownAsThePageKnowsThem() throws {
        #expect(OAuthProviders.shown(Settings()) == [:])
        let settings = try Settings(
            source: Settings.Source(environment: [
                "GOOGLE_CLIENT_ID": "a", "GOOGLE_CLIENT_SECRET": "b", "GITHUB_CLIENT_ID": "a",
                "MICROSOFT_CLIENT_ID": "a",
                "MICROSOFT_CLIENT_SECRET": "b", "OAUTH_CLIENT_ID": "a", "OAUTH_CODE_CHALLENGE_METHOD": "S256",
                "OPENID_PROVIDER_URL": "http://a", "OAUTH_PROVIDER_NAME": "House", "FEISHU_CLIENT_ID": "a",
                "FEISHU_CLIENT_SECRET": "b",
            ])
        )
        #expect(OAuthProviders.shown(settings) == ["google": "google", "oidc": "House", "feishu": "feishu"])
    }
}
