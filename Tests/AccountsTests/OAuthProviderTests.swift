import Accounts
import Core
import HTTP
import Outbound
import Postgres
import Testing

@testable import Accounts

/// The providers whose addresses are fixed, with a local one that speaks as they do.
@Suite(.database) struct OAuthProviderTests {
    private static let address = "https://chat.example.com"

    private func run(
        _ key: String,
        subject: String,
        _ environment: [String: String] = [:],
        _ body: (OAuthTestProvider, _ signIn: () throws -> Response) throws -> Void
    ) throws {
        let local = try OAuthTestProvider()
        var provider = OAuthProvider(
            key: key,
            name: key,
            clientID: OAuthTestProvider.clientID,
            clientSecret: OAuthTestProvider.clientSecret,
            scope: "user:email",
            endpoints: .fixed(
                authorization: local.url + "/authorize",
                token: local.url + "/token",
                userInfo: local.url + "/userinfo"
            )
        )
        provider.subjectClaim = subject
        if key == "github" { provider.addressesURL = local.url + "/addresses" }
        try TestServer.run(["ENABLE_OAUTH_SIGNUP": "true"].merging(environment) { $1 }) { (server) throws in
            _ = try server.account("boss", role: .admin, age: 100)
            try body(local) { try Self.signIn(provider, local, server) }
        }
    }

    private static func signIn(
        _ provider: OAuthProvider,
        _ local: OAuthTestProvider,
        _ server: TestServer
    ) throws -> Response {
        let begun = Answer(try OAuthSignIn(provider, server.context()).begin(address))
        let location = try #require(begun.headers("location").first)
        #expect(!location.contains("nonce="))
        let cookie = try #require(begun.headers("set-cookie").first?.split(separator: ";").first)
        let request = Request(
            method: .get,
            path: "/oauth/\(provider.key)/callback",
            query: Query(local.approve(location)),
            headers: ["cookie": String(cookie)]
        )
        let pending = PendingSignIn.all(of: request, secret: "test-secret", now: Clock.nowSeconds).first
        return try OAuthSignIn(provider, server.context(request)).finish(pending, address)
    }

    @Test func gitHubNamesAccountsByNumber() throws {
        try run("github", subject: "id") { (local, signIn) throws in
            local.behaviour.withLock {
                $0.userInfo = ["id": 583_231, "login": "octo", "email": "octo@example.com", "name": "Octo"]
            }
            let answer = Answer(try signIn())
            #expect(answer.headers("location") == [Self.address + "/auth"])
            #expect(answer.headers("set-cookie").contains { $0.hasPrefix("token=") })
            #expect(!answer.headers("set-cookie").contains { $0.hasPrefix("oauth_id_token=") })
        }
    }

    @Test func gitHubsHiddenAddressIsThePrimaryVerifiedOne() throws {
        try run("github", subject: "id") { (local, signIn) throws in
            local.behaviour.withLock {
                $0.userInfo = ["id": 1, "email": .null, "name": "Octo"]
                $0.addresses = [
                    ["email": "second@example.com", "primary": false, "verified": true],
                    ["email": "First@example.com", "primary": true, "verified": true],
                ]
            }
            #expect(try signIn().status == 307)
            #expect(local.log.last?.path == "/addresses")
            local.behaviour.withLock {
                $0.userInfo = ["id": 2, "email": .null, "name": "Other"]
                $0.addresses = [["email": "other@example.com", "primary": true, "verified": false]]
            }
            #expect(throws: OAuthFailure.self) { try signIn() }
        }
    }

    @Test func feishuWrapsWhatItSays() throws {
        try run("feishu", subject: "user_id") { (local, signIn) throws in
            local.behaviour.withLock {
                $0.userInfo = ["code": 0, "data": ["user_id": "ou_7", "email": "fei@example.com", "name": "Fei"]]
            }
            #expect(try signIn().status == 307)
            local.behaviour.withLock {
                $0.userInfo = ["code": 0, "data": ["email": "x@example.com", "name": "No id"]]
            }
            #expect(throws: OAuthFailure.self) { try signIn() }
        }
    }

    @Test(arguments: [("tenant", true), ("common", false)])
    func microsoftVouchesForTheAddressesOfOneTenant(tenant: String, vouches: Bool) throws {
        let settings = try Settings(
            source: Settings.Source(environment: [
                "MICROSOFT_CLIENT_ID": "a", "MICROSOFT_CLIENT_SECRET": "b", "MICROSOFT_CLIENT_TENANT_ID": tenant,
            ])
        )
        let provider = try #require(OAuthProviders.find("microsoft", settings))
        func isVerified(_ claims: JSONObject) throws -> Bool {
            let all = claims.merging(["sub": "s", "email": "a@b.example"]) { own, _ in own }
            return try OAuthIdentity(all, provider: provider, settings).isEmailVerified
        }
        #expect(try isVerified([:]) == vouches)
        #expect(try isVerified(["xms_edov": true]))
        #expect(try !isVerified(["xms_edov": false]))
        #expect(try !isVerified(["email_verified": false]))
    }

    @Test func microsoftIsFoundBelowItsTenant() throws {
        let local = try OAuthTestProvider()
        let environment = [
            "MICROSOFT_CLIENT_ID": OAuthTestProvider.clientID,
            "MICROSOFT_CLIENT_SECRET": OAuthTestProvider.clientSecret,
            "MICROSOFT_CLIENT_TENANT_ID": "tenant", "MICROSOFT_CLIENT_LOGIN_BASE_URL": local.url,
            "MICROSOFT_CLIENT_PICTURE_URL": local.url + "/picture", "ENABLE_OAUTH_SIGNUP": "true",
        ]
        local.behaviour.withLock { $0.picture = ("image/jpeg", [0xFF, 0xD8, 0xFF, 0xE0, 1, 2]) }
        try TestServer.run(environment) { (server) throws in
            let browser = OAuthTestBrowser(server)
            let location = try #require(try browser.get("/oauth/microsoft/login").headers("location").first)
            try browser.get("/oauth/microsoft/callback?" + local.approve(location))
            let account = try browser.account
            #expect(account["email"] == "olive@example.com")
            #expect(account["profile_image_url"]?.string?.hasPrefix("data:image/jpeg;base64,") == true)
        }
    }
}
