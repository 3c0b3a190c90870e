import Accounts
import Core
import Crypto
import HTTP
import Postgres
import Testing

@Suite(.database) struct SignInTests {
    private static let path = "/api/v1/auths/signin"
    private static let wrong =
        "The email or password provided is incorrect. Please check for typos and try logging in again."

    private func form(_ email: String, _ password: String) -> JSONValue {
        ["email": .string(email), "password": .string(password)]
    }

    @Test func everyFailureLooksTheSame() throws {
        try TestServer.run { (server) throws in
            let person = try server.account("ann")
            let database = server.connect()
            let attempts = [
                form("ann@example.com", "wrong"), form("nobody@example.com", TestServer.password),
                form("ann@example.com", String(repeating: "p", count: 5_000)), form("%", "%"), form("", ""),
            ]
            for attempt in attempts {
                let answer = try server.call(.post, Self.path, attempt)
                #expect(answer.status == 400)
                #expect(answer.detail == Self.wrong)
                #expect(answer.headers("set-cookie").isEmpty)
            }
            try database.execute("update credential set active = false where account_id = \(person.id)")
            #expect(
                try server.call(.post, Self.path, form("ann@example.com", TestServer.password)).detail == Self.wrong
            )
        }
    }

    @Test func aSessionIsOpenedAndItsCookieSet() throws {
        try TestServer.run { (server) throws in
            let person = try server.account("ann")
            let answer = try server.call(.post, Self.path, form("ANN@example.com", TestServer.password))
            let token = try #require(answer.json["token"]?.string)
            #expect(answer.json["id"] == .string(person.id))
            #expect(answer.json["token_type"] == "Bearer")
            #expect(answer.headers("set-cookie") == ["token=\(token); HttpOnly; Path=/; SameSite=lax"])
            let claims = try #require(SessionToken.verify(token, key: Array("test-secret".utf8), now: Clock.nowSeconds))
            #expect(claims.userID == person.id)
            #expect(claims.expiresAt == nil)
        }
    }

    @Test func theSessionLastsAsLongAsTheAdminSays() throws {
        try TestServer.run(["JWT_EXPIRES_IN": "4w", "WEBUI_AUTH_COOKIE_SECURE": "true"]) { (server) throws in
            _ = try server.account("ann")
            let answer = try server.call(.post, Self.path, form("ann@example.com", TestServer.password))
            let expiry = try #require(answer.json["expires_at"]?.int)
            #expect(abs(expiry - Clock.nowSeconds - 4 * 7 * 86400) < 60)
            let cookie = try #require(answer.headers("set-cookie").first)
            #expect(cookie.contains("; expires=") && cookie.contains(" GMT; HttpOnly") && cookie.hasSuffix("; Secure"))
            let token = try #require(answer.json["token"]?.string)
            #expect(try server.call(.get, "/api/v1/auths/", token: token).json["expires_at"]?.int == expiry)
        }
    }

    @Test func expiredSessionsAreSweptUp() throws {
        try TestServer.run { (server) throws in
            let person = try server.account("ann")
            let database = server.connect()
            try database.execute(
                "insert into session (id, account_id, created_at, expires_at) values ('old', \(person.id), 1, 2)"
            )
            _ = try server.signIn("ann")
            #expect(try database.query("select from session where id = 'old'").isEmpty)
        }
    }

    @Test func aBcryptHashIsTakenAndReplaced() throws {
        try TestServer.run { (server) throws in
            let person = try server.account("ann")
            let database = server.connect()
            let bcrypt = try Password.hash(TestServer.password, scheme: .bcrypt)
            try CredentialStore.set(bcrypt, of: person.id, database)
            #expect(try server.call(.post, Self.path, form("ann@example.com", "wrong")).status == 400)
            let read: SQL = "select password_hash from credential where account_id = \(person.id)"
            #expect(try database.query(read)[0].text(0) == bcrypt)
            _ = try server.signIn("ann")
            #expect(try database.query(read)[0].text(0).hasPrefix("$argon2id$"))
            _ = try server.signIn("ann")
        }
    }

    @Test func withoutSignInThereIsOneAccount() throws {
        try TestServer.run(["WEBUI_AUTH": "false"]) { (server) throws in
            let first = try server.call(.post, Self.path, form("", ""))
            #expect(first.json["email"] == "admin@localhost")
            #expect(first.json["role"] == "admin")
            #expect(try server.call(.post, Self.path, form("", "")).json["id"] == first.json["id"])
            #expect(
                try server.call(
                    .post,
                    "/api/v1/auths/signup",
                    ["name": "x", "email": "x@example.com", "password": "Pass-word-1"]
                ).status == 403
            )
        }
        try TestServer.run(["WEBUI_AUTH": "false"]) { (server) throws in
            _ = try server.account("ann", viaPassword: false)
            let answer = try server.call(.post, Self.path, form("", ""))
            #expect(answer.status == 400)
            #expect(answer.detail?.hasPrefix("You can't turn off authentication") == true)
        }
    }

    @Test func theDirectoryIsOff() throws {
        try TestServer.run { (server) throws in
            let body: JSONValue = ["user": "ann", "password": "x"]
            let answer = try server.call(.post, "/api/v1/auths/ldap", body)
            #expect(answer.status == 400)
            #expect(answer.detail == "LDAP authentication is not enabled")
        }
    }
}

@Suite(.database) struct TrustedHeaderTests {
    private static let environment = [
        "WEBUI_AUTH_TRUSTED_EMAIL_HEADER": "X-Email", "WEBUI_AUTH_TRUSTED_NAME_HEADER": "X-Name",
        "WEBUI_AUTH_TRUSTED_GROUPS_HEADER": "X-Groups", "DEFAULT_USER_ROLE": "user",
    ]

    private func enter(_ server: TestServer, _ headers: [(String, String)]) throws -> Answer {
        try server.call(.post, "/api/v1/auths/signin", ["email": "", "password": ""], headers: headers)
    }

    @Test func withoutTheHeaderNobodySignsIn() throws {
        try TestServer.run(Self.environment) { (server) throws in
            _ = try server.account("ann", role: .admin, viaPassword: false)
            let answer = try server.call(
                .post,
                "/api/v1/auths/signin",
                ["email": "ann@example.com", "password": .string(TestServer.password)]
            )
            #expect(answer.status == 400)
            #expect(answer.detail?.contains("trusted header") == true)
        }
    }

    @Test func theHeaderSignsUpAndIn() throws {
        try TestServer.run(Self.environment) { (server) throws in
            let boss = try enter(server, [("X-Email", "Boss@Example.com"), ("X-Name", "The Boss")])
            #expect(boss.json["role"] == "admin")
            #expect(boss.json["name"] == "The Boss")
            #expect(try enter(server, [("X-Email", "ann@example.com")]).status == 403)
            try SettingsStore.save([(Setting.enableSignup, true)], server.connect())
            let ann = try enter(server, [("X-Email", "ann@example.com")])
            #expect(ann.json["name"] == "ann@example.com")
            #expect(try enter(server, [("X-Email", "ANN@example.com")]).json["id"] == ann.json["id"])
        }
    }

    @Test func theHeaderOfAStrangerCountsForNothing() throws {
        try TestServer.run(Self.environment) { (server) throws in
            _ = try enter(server, [("X-Email", "boss@example.com")])
            let answer = try server.call(
                .post,
                "/api/v1/auths/signin",
                ["email": "", "password": ""],
                headers: [("X-Email", "boss@example.com")],
                vouched: false
            )
            #expect(answer.status == 400)
            #expect(answer.detail?.contains("trusted header") == true)
        }
    }

    @Test func theHeaderSetsTheGroups() throws {
        try TestServer.run(Self.environment) { (server) throws in
            let database = server.connect()
            _ = try server.account("boss", role: .admin, viaPassword: false)
            let ann = try server.account("ann", viaPassword: false).id
            for name in ["one", "two", "three"] {
                try database.execute(
                    """
                    insert into account_group (id, owner_id, name, created_at, updated_at)
                    values (\(name), 'x', \(name), 1, 1)
                    """
                )
            }
            _ = try enter(server, [("X-Email", "ann@example.com"), ("X-Groups", "one, two,,unknown")])
            #expect(try GroupStore.ids(of: ann, database) == ["one", "two"])
            _ = try enter(server, [("X-Email", "ann@example.com"), ("X-Groups", "three")])
            #expect(try GroupStore.ids(of: ann, database) == ["three"])
            _ = try enter(server, [("X-Email", "ann@example.com"), ("X-Groups", "")])
            #expect(try GroupStore.ids(of: ann, database) == ["three"])
        }
    }

    @Test func aTokenDoesNotServeAnotherPerson() throws {
        try TestServer.run(Self.environment) { (server) throws in
            let boss = try enter(server, [("X-Email", "boss@example.com")])
            let token = boss.json["token"]?.string
            #expect(
                try server.call(.get, "/api/v1/auths/", token: token, headers: [("X-Email", "ann@example.com")]).status
                    == 401
            )
            #expect(
                try server.call(.get, "/api/v1/auths/", token: token, headers: [("X-Email", "Boss@example.com")]).status
                    == 200
            )
            let change: JSONValue = ["password": "a", "new_password": "b"]
            let answer = try server.call(.post, "/api/v1/auths/update/password", change, token: token)
            #expect(answer.status == 400)
            #expect(answer.detail == Detail.actionProhibited)
        }
    }
}
