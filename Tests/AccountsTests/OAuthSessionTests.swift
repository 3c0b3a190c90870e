import Accounts
import Core
import HTTP
import Outbound
import Postgres
import Testing

@testable import Accounts

@Suite(.database) struct OAuthSessionTests {
    private struct SignedIn {
        let server: TestServer
        let provider: OAuthTestProvider
        let browser: OAuthTestBrowser
        let account: String

        func token(of account: String? = nil) throws -> String? {
            let context = server.context()
            return try OAuthSessions.accessToken(
                session: browser.cookies["oauth_session_id"] ?? "",
                account: account ?? self.account,
                settings: context.settings,
                http: context.http,
                database: context.database
            )
        }

        func age(by seconds: Int) throws {
            let context = server.context()
            let id = browser.cookies["oauth_session_id"] ?? ""
            let stored = try #require(try OAuthSessionStore.find(id, of: account, context.settings, context.database))
            var members = stored.tokens.members
            members["expires_at"] = JSONValue(stored.tokens.expiresAt - seconds)
            let older = try #require(ProviderTokens(stored: JSONValue.object(members).bytes))
            try OAuthSessionStore.update(id, older, context.settings, context.database)
        }
    }

    private func run(_ more: [String: String] = [:], _ body: (SignedIn) throws -> Void) throws {
        let provider = try OAuthTestProvider()
        try TestServer.run(provider.environment(more)) { (server) throws in
            let browser = try OAuthTestBrowser(server).signIn(provider)
            let account = try #require(try browser.account["id"]?.string)
            try body(SignedIn(server: server, provider: provider, browser: browser, account: account))
        }
    }

    @Test func aTokenIsItsOwnersAlone() throws {
        try run { (signedIn) throws in
            #expect(try signedIn.token() == "access-1")
            #expect(try signedIn.token(of: "somebody else") == nil)
        }
    }

    @Test func aTokenIsRenewedBeforeItEnds() throws {
        try run { (signedIn) throws in
            try signedIn.age(by: 3000)
            #expect(try signedIn.token() == "access-1")
            try signedIn.age(by: 400)
            #expect(try signedIn.token() == "access-2")
            #expect(try signedIn.token() == "access-2")
            let renewals = signedIn.provider.log.filter { $0.form["grant_type"] == "refresh_token" }
            #expect(renewals.map { $0.form["refresh_token"] } == ["refresh-1"])
        }
    }

    @Test func aRefusedRenewalEndsTheSessionWhenItsTokenHasEnded() throws {
        try run { (signedIn) throws in
            signedIn.provider.behaviour.withLock { $0.refuses = true }
            try signedIn.age(by: 3400)
            #expect(try signedIn.token() == "access-1")
            try signedIn.age(by: 300)
            #expect(try signedIn.token() == nil)
            #expect(try signedIn.server.connect().query("select count(*) from oauth_session")[0].int(0) == 0)
        }
    }

    @Test func signingOutLeadsToTheProviderOnce() throws {
        try run(["WEBUI_AUTH_SIGNOUT_REDIRECT_URL": "https://bye.example/"]) { (signedIn) throws in
            let cookie = "oauth_session_id=\(signedIn.browser.cookies["oauth_session_id"] ?? "")"
            let headers = [("Host", "chat.example.com"), ("Cookie", cookie)]
            let first = try signedIn.server.call(.get, "/api/v1/auths/signout", headers: headers)
            let url = try #require(first.json["redirect_url"]?.string)
            #expect(url.hasPrefix(signedIn.provider.url + "/leave?id_token_hint=ey"))
            #expect(url.hasSuffix("&post_logout_redirect_uri=https%3A%2F%2Fbye.example%2F"))
            let second = try signedIn.server.call(.get, "/api/v1/auths/signout", headers: headers)
            #expect(second.json["redirect_url"] == "https://bye.example/")
        }
    }

    @Test func adminsSeeTheSessionsWithoutTheirTokens() throws {
        try run { (signedIn) throws in
            let token = signedIn.browser.cookies["token"] ?? ""
            let path = "/api/v1/users/\(signedIn.account)/oauth/sessions"
            let sessions = try signedIn.server.call(.get, path, token: token).json
            #expect(sessions[0]?["provider"] == "oidc")
            #expect(!sessions.text.contains("access-"))
            try signedIn.server.connect().execute("delete from oauth_session")
            #expect(try signedIn.server.call(.get, path, token: token).status == 400)
        }
    }
}
