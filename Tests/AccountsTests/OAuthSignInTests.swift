import Accounts
import Core
import HTTP
import Postgres
import Testing

@testable import Accounts

@Suite(.database) struct OAuthSignInTests {
    @Test func theRedirectCarriesStateNonceAndChallenge() throws {
        try OAuthTestProvider.run { (server, provider) throws in
            let browser = OAuthTestBrowser(server)
            let location = try browser.begin()
            #expect(location.hasPrefix(provider.url + "/authorize?"))
            let query = Query(String(location.split(separator: "?")[1]))
            #expect(query["redirect_uri"] == "http://chat.example.com/oauth/oidc/callback")
            #expect(query["response_type"] == "code")
            #expect(query["client_id"] == OAuthTestProvider.clientID)
            #expect(query["scope"] == "openid email profile")
            #expect(query["code_challenge_method"] == "S256")
            #expect((query["code_challenge"] ?? "").count == 43)
            #expect((query["state"] ?? "").count >= 16)
            #expect((query["nonce"] ?? "").count >= 16)
            let cookie = try #require(browser.answer?.headers("set-cookie").first)
            #expect(cookie.hasPrefix("owui-session="))
            for attribute in ["HttpOnly", "SameSite=lax", "Max-Age=600"] { #expect(cookie.contains(attribute)) }
            #expect(!cookie.contains(query["state"] ?? "-"))
        }
    }

    @Test func anUnknownProviderIsNotFound() throws {
        try OAuthTestProvider.run { (server, _) throws in
            for path in [
                "/oauth/nobody/login", "/oauth/google/login", "/oauth/google/callback", "/oauth/github/login/callback",
            ] {
                #expect(try server.call(.get, path, headers: [("Host", "a")]).status == 404, "\(path)")
            }
        }
    }

    @Test(arguments: ["", "a b", "evil.example/x", "a\\b", String(repeating: "a", count: 256)])
    func aMalformedHostIsRefused(host: String) throws {
        try OAuthTestProvider.run { (server, _) throws in
            #expect(try server.call(.get, "/oauth/oidc/login", headers: [("Host", host)]).status == 400)
        }
    }

    @Test(arguments: ["/oauth/oidc/callback", "/oauth/oidc/login/callback"])
    func aFirstSignInMakesAnAccountAndTheSecondFindsIt(path: String) throws {
        try OAuthTestProvider.run(["DEFAULT_USER_ROLE": "user"]) { (server, provider) throws in
            provider.behaviour.withLock { $0.claims["email"] = "Olive@Example.com" }
            let browser = try OAuthTestBrowser(server).signIn(provider, path: path)
            #expect(browser.answer?.status == 307)
            #expect(browser.answer?.headers("location") == ["http://chat.example.com/auth"])
            let account = try browser.account
            #expect(account["email"] == "olive@example.com")
            #expect(account["name"] == "Olive")
            #expect(account["role"] == "user")
            #expect(account["profile_image_url"] == "/user.png")
            let row = try server.connect().query("select oauth_sub from account where email = 'olive@example.com'")[0]
            #expect(try row.text(0) == "oidc@s1")
            provider.behaviour.withLock { $0.claims["name"] = "Renamed" }
            let again = try OAuthTestBrowser(server).signIn(provider).account
            #expect(again["id"] == account["id"])
            #expect(again["name"] == "Olive")
        }
    }

    @Test func onlyTheTokenCookieIsReadableByScripts() throws {
        try OAuthTestProvider.run { (server, provider) throws in
            let browser = try OAuthTestBrowser(server).signIn(provider)
            let cookies = browser.answer?.headers("set-cookie") ?? []
            func cookie(_ name: String) throws -> String { try #require(cookies.first { $0.hasPrefix(name + "=") }) }
            #expect(try !cookie("token").contains("HttpOnly"))
            #expect(try !cookie("token").lowercased().contains("expires"))
            #expect(try cookie("oauth_id_token").contains("HttpOnly"))
            #expect(try cookie("oauth_session_id").contains("HttpOnly"))
            #expect(browser.cookies["owui-session"] == nil)
        }
    }

    @Test func theProvidersTokensAreStoredEncrypted() throws {
        try OAuthTestProvider.run { (server, provider) throws in
            let browser = try OAuthTestBrowser(server).signIn(provider)
            let row = try server.connect().query("select id, sealed, expires_at from oauth_session")[0]
            #expect(try row.text(0) == browser.cookies["oauth_session_id"])
            #expect(try !String(decoding: row.bytes(1), as: UTF8.self).contains("access-"))
            #expect(try row.int(2) > Clock.nowSeconds + 3000)
            try OAuthTestBrowser(server).signIn(provider)
            #expect(try server.connect().query("select count(*) from oauth_session")[0].int(0) == 1)
        }
    }

    @Test func anAnswerCountsOnceAndOnlyWhereItWasAskedFor() throws {
        try OAuthTestProvider.run { (server, provider) throws in
            let browser = OAuthTestBrowser(server)
            let query = provider.approve(try browser.begin())
            try OAuthTestBrowser(server).get("/oauth/oidc/callback?" + query)
            let other = OAuthTestBrowser(server)
            _ = try other.begin()
            try other.get("/oauth/oidc/callback?" + query)
            #expect(other.error == OAuthFailure.notBegun.shown)
            try browser.get("/oauth/oidc/callback?" + query)
            #expect(browser.error == nil)
            try browser.get("/oauth/oidc/callback?" + query)
            #expect(browser.error == OAuthFailure.notBegun.shown)
        }
    }

    @Test func twoTabsSignInSideBySide() throws {
        try OAuthTestProvider.run { (server, provider) throws in
            let browser = OAuthTestBrowser(server)
            let first = provider.approve(try browser.begin())
            let second = provider.approve(try browser.begin())
            for query in [first, second] {
                try browser.get("/oauth/oidc/callback?" + query)
                #expect(browser.error == nil)
            }
        }
    }

    @Test(arguments: ["", "code=x&state=y", "state=y", "error=access_denied&error_description=Call+this+number"])
    func aMadeUpCallbackIsRefusedInOurWords(query: String) throws {
        try OAuthTestProvider.run { (server, provider) throws in
            let browser = OAuthTestBrowser(server)
            _ = try browser.begin()
            try browser.get("/oauth/oidc/callback?" + query)
            #expect([OAuthFailure.notBegun.shown, OAuthFailure.declined.shown].contains(browser.error))
            #expect(browser.cookies["token"] == nil)
            #expect(!provider.log.contains { $0.path == "/token" })
        }
    }

    @Test(
        arguments: [
            ["nonce": "another"], ["nonce": .null], ["aud": "another"], ["aud": ["swiftlet", "another"]],
            ["azp": "another"], ["iss": "http://another.example"], ["exp": 1000], ["exp": .null], ["exp": "soon"],
            ["iat": 99_999_999_999], ["nbf": 99_999_999_999], ["sub": .null], ["sub": ""],
        ] as [JSONObject]
    )
    func aTokenThatIsNotForThisSignInIsRefused(overrides: JSONObject) throws {
        try OAuthTestProvider.run { (server, provider) throws in
            provider.behaviour.withLock { $0.overrides = overrides }
            let browser = try OAuthTestBrowser(server).signIn(provider)
            #expect(browser.error == "Test did not confirm who you are. Please try again.")
            #expect(browser.cookies["token"] == nil)
            #expect(try server.connect().query("select count(*) from account")[0].int(0) == 1)
        }
    }

    @Test(arguments: ["none", "None", "HS512", "ES256", "RS256"])
    func aTokenDoesNotChooseHowItIsChecked(algorithm: String) throws {
        try OAuthTestProvider.run { (server, provider) throws in
            provider.behaviour.withLock { $0.algorithm = algorithm }
            #expect(try OAuthTestBrowser(server).signIn(provider).error != nil)
        }
    }

    @Test func aRefusedCodeIsToldWithoutTheProvidersWords() throws {
        try OAuthTestProvider.run { (server, provider) throws in
            provider.behaviour.withLock { $0.refuses = true }
            #expect(
                try OAuthTestBrowser(server).signIn(provider).error
                    == "Test did not confirm who you are. Please try again."
            )
        }
    }

    @Test func aDeadProviderIsToldOnTheSignInPage() throws {
        let environment = [
            "OPENID_PROVIDER_URL": "http://127.0.0.1:1/.well-known/openid-configuration", "OAUTH_CLIENT_ID": "x",
            "OAUTH_CLIENT_SECRET": "y", "OAUTH_PROVIDER_NAME": "Nobody", "WEBUI_URL": "https://chat.example.com/",
        ]
        try TestServer.run(environment) { (server) throws in
            let browser = OAuthTestBrowser(server)
            _ = try browser.begin()
            let location = try #require(browser.answer?.headers("location").first)
            #expect(location.hasPrefix("https://chat.example.com/auth?error=Nobody%20can%20not"))
            #expect(browser.error == "Nobody can not be reached at the moment. Please try again later.")
        }
    }

    @Test func theUserInfoEndpointFillsWhatTheTokenLacks() throws {
        try OAuthTestProvider.run { (server, provider) throws in
            provider.behaviour.withLock {
                $0.claims = ["sub": "s2"]
                $0.userInfo = ["sub": "s2", "email": "more@example.com", "name": "More"]
            }
            #expect(try OAuthTestBrowser(server).signIn(provider).account["name"] == "More")
            provider.behaviour.withLock { $0.userInfo?["sub"] = "somebody else" }
            #expect(try OAuthTestBrowser(server).signIn(provider).error != nil)
        }
    }

    @Test func withoutANameTheAddressIsTheNameAndWithoutAnAddressThereIsNoAccount() throws {
        try OAuthTestProvider.run { (server, provider) throws in
            provider.behaviour.withLock { $0.claims = ["sub": "s3", "email": "plain@example.com"] }
            #expect(try OAuthTestBrowser(server).signIn(provider).account["name"] == "plain@example.com")
            provider.behaviour.withLock { $0.claims = ["sub": "s4", "name": "No Address"] }
            #expect(try OAuthTestBrowser(server).signIn(provider).error?.contains("e-mail address") == true)
        }
    }

    @Test func onlyAllowedDomainsMaySignIn() throws {
        try OAuthTestProvider.run(["OAUTH_ALLOWED_DOMAINS": "Example.com,example.org"]) { (server, provider) throws in
            #expect(try OAuthTestBrowser(server).signIn(provider).error == nil)
            for address in ["a@evil.com", "a@sub.example.com", "a@notexample.com"] {
                provider.behaviour.withLock { $0.claims = ["sub": "x", "email": .string(address), "name": "A"] }
                #expect(try OAuthTestBrowser(server).signIn(provider).error?.contains("domain") == true, "\(address)")
            }
        }
    }

    @Test func withoutSignUpOnlyKnownOnesSignIn() throws {
        try OAuthTestProvider.run(["ENABLE_OAUTH_SIGNUP": "false"]) { (server, provider) throws in
            #expect(try OAuthTestBrowser(server).signIn(provider).error == Detail.accessProhibited)
            try server.connect().execute("update account set oauth_sub = 'oidc@s1'")
            #expect(try OAuthTestBrowser(server).signIn(provider).account["email"] == "boss@example.com")
        }
    }

    @Test func theFirstOfAServerIsItsAdminAndClosesTheDoor() throws {
        let provider = try OAuthTestProvider()
        try TestServer.run(provider.environment()) { (server) throws in
            #expect(try OAuthTestBrowser(server).signIn(provider).account["role"] == "admin")
            let form: JSONValue = ["name": "L", "email": "late@example.com", "password": .string(TestServer.password)]
            #expect(try server.call(.post, "/api/v1/auths/signup", form).status == 403)
        }
    }
}
