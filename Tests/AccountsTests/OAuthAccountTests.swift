import Accounts
import Core
import HTTP
import Postgres
import Testing

@testable import Accounts

@Suite(.database) struct OAuthAccountTests {
    @Test func somebodyElsesAddressIsRefused() throws {
        try OAuthTestProvider.run { (server, provider) throws in
            _ = try server.account("olive")
            provider.behaviour.withLock { $0.claims["email_verified"] = true }
            #expect(try OAuthTestBrowser(server).signIn(provider).error == Detail.emailTaken)
        }
    }

    @Test func withMergingAVerifiedAddressJoinsTheAccountOnce() throws {
        try OAuthTestProvider.run(["OAUTH_MERGE_ACCOUNTS_BY_EMAIL": "true"]) { (server, provider) throws in
            let olive = try server.account("olive")
            #expect(try OAuthTestBrowser(server).signIn(provider).account["id"] == .string(olive.id))
            provider.behaviour.withLock { $0.claims["sub"] = "a stranger" }
            #expect(try OAuthTestBrowser(server).signIn(provider).error == Detail.emailTaken)
        }
    }

    @Test(arguments: [false, "false", "no", 0] as [JSONValue])
    func anUnverifiedAddressJoinsNothing(mark: JSONValue) throws {
        try OAuthTestProvider.run(["OAUTH_MERGE_ACCOUNTS_BY_EMAIL": "true"]) { (server, provider) throws in
            _ = try server.account("olive")
            provider.behaviour.withLock { $0.claims["email_verified"] = mark }
            #expect(try OAuthTestBrowser(server).signIn(provider).error == Detail.emailTaken)
        }
    }

    @Test func aMarkOfTheTokenSaysNothingOfAnotherDocumentsAddress() throws {
        try OAuthTestProvider.run(["OAUTH_MERGE_ACCOUNTS_BY_EMAIL": "true", "OAUTH_EMAIL_CLAIM": "mail"]) {
            (server, provider) throws in
            _ = try server.account("olive")
            provider.behaviour.withLock {
                $0.claims = ["sub": "s1", "mail": "olive@example.com", "name": "O", "email_verified": false]
            }
            #expect(try OAuthTestBrowser(server).signIn(provider).error == Detail.emailTaken)
        }
    }

    @Test(
        arguments: [
            (["admin"], "admin"), ("admin", "admin"), (["x", "user"], "user"), (["x"], "pending"), (7, "pending"),
            (nil, "pending"),
        ] as [(JSONValue, String)]
    )
    func rolesOfTheProviderDecide(claim: JSONValue, role: String) throws {
        try OAuthTestProvider.run(["ENABLE_OAUTH_ROLE_MANAGEMENT": "true", "OAUTH_ROLES_CLAIM": "realm.roles"]) {
            (server, provider) throws in
            provider.behaviour.withLock { $0.claims["realm"] = ["roles": claim] }
            #expect(try OAuthTestBrowser(server).signIn(provider).account["role"] == .string(role))
        }
    }

    @Test func aChangedRoleCountsButTheLastAdminStays() throws {
        try OAuthTestProvider.run(["ENABLE_OAUTH_ROLE_MANAGEMENT": "true"]) { (server, provider) throws in
            provider.behaviour.withLock { $0.claims["roles"] = ["admin"] }
            let browser = try OAuthTestBrowser(server).signIn(provider)
            #expect(try browser.account["role"] == "admin")
            provider.behaviour.withLock { $0.claims["roles"] = nil }
            let database = server.connect()
            try database.execute("update account set role = 'user' where email = 'boss@example.com'")
            #expect(try OAuthTestBrowser(server).signIn(provider).account["role"] == "admin")
            try database.execute("update account set role = 'admin' where email = 'boss@example.com'")
            #expect(try OAuthTestBrowser(server).signIn(provider).account["role"] == "pending")
            let id = try browser.account["id"]?.string ?? ""
            #expect(try server.closedRooms == ["user:\(id)"])
        }
    }

    @Test func withoutRoleManagementTheRoleStays() throws {
        try OAuthTestProvider.run { (server, provider) throws in
            provider.behaviour.withLock { $0.claims["roles"] = ["admin"] }
            #expect(try OAuthTestBrowser(server).signIn(provider).account["role"] == "pending")
        }
    }

    private func groups(_ server: TestServer) throws -> [String] {
        try server.connect().query(
            """
            select g.name from membership m join account_group g on g.id = m.group_id
            join account a on a.id = m.account_id where a.oauth_sub = 'oidc@s1' order by g.name
            """
        ).map { try $0.text(0) }
    }

    @Test func groupsFollowTheProviderExceptBlockedOnes() throws {
        let environment = [
            "ENABLE_OAUTH_GROUP_MANAGEMENT": "true", "ENABLE_OAUTH_GROUP_CREATION": "true",
            "OAUTH_BLOCKED_GROUPS": #"["kept", "blocked-*", "^secret[0-9]+$"]"#,
            "OAUTH_GROUPS_CLAIM": "https://x.example/groups",
        ]
        try OAuthTestProvider.run(environment) { (server, provider) throws in
            let claim = "https://x.example/groups"
            provider.behaviour.withLock { $0.claims[claim] = ["one", "two", "blocked-a", "secret7", "kept"] }
            try OAuthTestBrowser(server).signIn(provider)
            #expect(try groups(server) == ["one", "two"])
            let database = server.connect()
            #expect(try database.query("select count(*) from account_group")[0].int(0) == 2)
            try database.execute(
                "insert into account_group (id, owner_id, name, created_at, updated_at) values ('k', 'x', 'kept', 1, 1)"
            )
            try database.execute("insert into membership select 'k', id from account where oauth_sub = 'oidc@s1'")
            provider.behaviour.withLock { $0.claims[claim] = ["two", "three"] }
            try OAuthTestBrowser(server).signIn(provider)
            #expect(try groups(server) == ["kept", "three", "two"])
            provider.behaviour.withLock { $0.claims[claim] = [] }
            try OAuthTestBrowser(server).signIn(provider)
            #expect(try groups(server) == ["kept", "three", "two"])
        }
    }

    @Test func groupsAreNotCreatedUnasked() throws {
        try OAuthTestProvider.run(["ENABLE_OAUTH_GROUP_MANAGEMENT": "true"]) { (server, provider) throws in
            provider.behaviour.withLock { $0.claims["groups"] = "one" }
            try OAuthTestBrowser(server).signIn(provider)
            #expect(try groups(server).isEmpty)
        }
    }

    private static let pixel: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3]

    @Test func aPictureAtTheProviderIsKeptInTheAccount() throws {
        try OAuthTestProvider.run { (server, provider) throws in
            provider.behaviour.withLock {
                $0.picture = ("text/plain", Self.pixel)
                $0.claims["picture"] = .string(provider.url + "/picture")
            }
            let picture = try OAuthTestBrowser(server).signIn(provider).account["profile_image_url"]?.string
            #expect(picture?.hasPrefix("data:image/png;base64,") == true)
            #expect(provider.log.first { $0.path == "/picture" }?.authorization?.hasPrefix("Bearer access-") == true)
        }
    }

    @Test(arguments: ["<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "<script>alert(1)</script>", ""])
    func whatIsNoPictureIsNotKept(content: String) throws {
        try OAuthTestProvider.run { (server, provider) throws in
            provider.behaviour.withLock {
                $0.picture = ("image/png", Array(content.utf8))
                $0.claims["picture"] = .string(provider.url + "/picture")
            }
            #expect(try OAuthTestBrowser(server).signIn(provider).account["profile_image_url"] == "/user.png")
        }
    }

    @Test func aPictureElsewhereIsAskedForWithoutTheTokenAndNotInside() throws {
        let stranger = try OAuthTestProvider()
        stranger.behaviour.withLock { $0.picture = ("image/png", Self.pixel) }
        try OAuthTestProvider.run { (server, provider) throws in
            provider.behaviour.withLock { $0.claims["picture"] = .string(stranger.url + "/picture") }
            #expect(try OAuthTestBrowser(server).signIn(provider).account["profile_image_url"] == "/user.png")
            #expect(stranger.log.isEmpty)
        }
        try OAuthTestProvider.run(["ENABLE_RAG_LOCAL_WEB_FETCH": "true"]) { (server, provider) throws in
            provider.behaviour.withLock { $0.claims["picture"] = .string(stranger.url + "/picture") }
            let picture = try OAuthTestBrowser(server).signIn(provider).account["profile_image_url"]?.string
            #expect(picture?.hasPrefix("data:image/png;base64,") == true)
            #expect(stranger.log.map(\.authorization) == [nil])
        }
    }

    @Test func thePictureIsBroughtUpToDateWhenAskedTo() throws {
        try OAuthTestProvider.run(["OAUTH_UPDATE_PICTURE_ON_LOGIN": "true"]) { (server, provider) throws in
            try OAuthTestBrowser(server).signIn(provider)
            provider.behaviour.withLock {
                $0.picture = ("image/png", Self.pixel)
                $0.claims["picture"] = .string(provider.url + "/picture")
            }
            let picture = try OAuthTestBrowser(server).signIn(provider).account["profile_image_url"]?.string
            #expect(picture?.hasPrefix("data:image/png") == true)
            provider.behaviour.withLock { $0.claims["picture"] = .string(provider.url + "/missing") }
            #expect(try OAuthTestBrowser(server).signIn(provider).account["profile_image_url"]?.string == picture)
            provider.behaviour.withLock { $0.claims["picture"] = nil }
            #expect(try OAuthTestBrowser(server).signIn(provider).account["profile_image_url"] == "/user.png")
        }
    }
}
