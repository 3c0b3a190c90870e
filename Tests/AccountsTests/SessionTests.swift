import Accounts
import Core
import Crypto
import HTTP
import Postgres
import Testing

@Suite(.database) struct SessionTests {
    private static let path = "/api/v1/auths/"

    /// A token as the reference makes them: without an id.
    private func foreignToken(_ account: String, expiresAt: Int? = nil) -> String {
        var claims: [(name: String, value: SessionToken.ClaimValue)] = [("id", .text(account))]
        if let expiresAt { claims.append(("exp", .integer(expiresAt))) }
        return SessionToken.sign(claims: claims, key: Array("test-secret".utf8))
    }

    private func status(_ server: TestServer, _ token: String?) throws -> Int {
        try server.call(.get, Self.path, token: token).status
    }

    @Test func nobodyGetsInWithoutACredential() throws {
        try TestServer.run { (server) throws in
            let person = try server.account("ann")
            #expect(try server.call(.get, Self.path).detail == Detail.notAuthenticated)
            #expect(try server.call(.get, Self.path, token: "a.b.c").detail == Detail.unauthorized)
            #expect(try status(server, foreignToken("nobody")) == 401)
            #expect(try status(server, foreignToken(person.id, expiresAt: 1)) == 401)
            let other = SessionToken.sign(claims: [("id", .text(person.id))], key: Array("another".utf8))
            #expect(try status(server, other) == 401)
        }
    }

    @Test func aCookieAloneDoesAndAHeaderGoesBeforeIt() throws {
        try TestServer.run { (server) throws in
            let person = try server.account("ann")
            let cookie = ("Cookie", "token=\(person.token)")
            let answer = try server.call(.get, Self.path, headers: [cookie])
            #expect(answer.status == 200)
            #expect(answer.json["token"] == .string(person.token))
            #expect(answer.headers("set-cookie") == ["token=\(person.token); HttpOnly; Path=/; SameSite=lax"])
            #expect(try server.call(.get, Self.path, token: "a.b.c", headers: [cookie]).status == 401)
        }
    }

    @Test func theSessionTellsWhoOneIs() throws {
        try TestServer.run { (server) throws in
            let picture = "data:image/png;base64,iVBORw0KGgo" + String(repeating: "A", count: 1000) + "="
            let person = try server.account("ann", picture: picture)
            let json = try server.call(.get, Self.path, token: person.token).json
            #expect(
                Set(json.object?.keys.map(\.self) ?? []) == [
                    "token", "token_type", "expires_at", "id", "email", "name", "role", "profile_image_url", "bio",
                    "gender",
                    "date_of_birth", "permissions",
                ]
            )
            #expect(json["profile_image_url"] == .string(picture))
        }
    }

    @Test func signingOutEndsTheSessionAndItsSockets() throws {
        try TestServer.run { (server) throws in
            let person = try server.account("ann")
            let other = try server.signIn("ann")
            let database = server.connect()
            let claims = try #require(SessionToken.verify(other, key: Array("test-secret".utf8), now: Clock.nowSeconds))
            try database.execute(
                """
                insert into socket_session (sid, daemon, epoch, account_id, session_id)
                values ('mine', 'd', 'e', \(person.id), \(claims.tokenID as String?)), ('other', 'd', 'e', \(person.id), 'x')
                """
            )
            let answer = try server.call(.get, "/api/v1/auths/signout", headers: [("Cookie", "token=\(other)")])
            #expect(answer.json == ["status": true])
            #expect(
                answer.headers("set-cookie").first { $0.hasPrefix("token=") }.map {
                    $0.hasPrefix("token=\"\";") && $0.contains("Max-Age=0")
                } == true
            )
            #expect(try status(server, other) == 401)
            #expect(try status(server, person.token) == 200)
            #expect(try server.closedRooms == ["mine"])
        }
    }

    @Test func signingOutRevokesATokenOfTheReference() throws {
        try TestServer.run { (server) throws in
            let person = try server.account("ann")
            let token = foreignToken(person.id)
            #expect(try status(server, token) == 200)
            #expect(try server.call(.post, "/api/v1/auths/signout", token: token).status == 200)
            #expect(try status(server, token) == 401)
            #expect(try server.call(.post, "/api/v1/auths/signout", token: token).status == 200)
            #expect(try status(server, foreignToken(person.id, expiresAt: Clock.nowSeconds + 60)) == 200)
        }
    }

    @Test func aPageElsewhereSignsNobodyOut() throws {
        try TestServer.run { (server) throws in
            let person = try server.account("ann")
            let answer = try server.call(
                .get,
                "/api/v1/auths/signout",
                headers: [("Cookie", "token=\(person.token)"), ("Sec-Fetch-Site", "cross-site")]
            )
            #expect(answer.status == 403)
            #expect(answer.headers("set-cookie").isEmpty)
            #expect(try status(server, person.token) == 200)
        }
    }

    @Test func aNewPasswordEndsTheOtherSessions() throws {
        try TestServer.run { (server) throws in
            let person = try server.account("ann")
            let other = try server.signIn("ann")
            let foreign = foreignToken(person.id)
            let path = "/api/v1/auths/update/password"
            let wrong = try server.call(path, old: "wrong", new: "New-word-2", person.token)
            #expect(wrong.status == 400)
            #expect(wrong.detail == Detail.invalidPassword)
            #expect(
                try server.call(path, old: TestServer.password, new: String(repeating: "p", count: 73), person.token)
                    .detail
                    == Detail.passwordTooLong
            )
            #expect(try status(server, other) == 200)
            #expect(try server.call(path, old: TestServer.password, new: "New-word-2", person.token).json == true)
            #expect(try status(server, person.token) == 200)
            #expect(try status(server, other) == 401)
            #expect(try status(server, foreign) == 401)
            _ = try server.signIn("ann", password: "New-word-2")
        }
    }

    @Test func aPendingAccountSeesItsSessionOnly() throws {
        try TestServer.run { (server) throws in
            let boss = try server.account("boss", role: .admin)
            let person = try server.account("ann", role: .pending)
            #expect(try server.call(.get, Self.path, token: person.token).json["role"] == "pending")
            for path in ["/api/v1/users/user/settings", "/api/v1/users/search", "/api/v1/groups/"] {
                let answer = try server.call(.get, path, token: person.token)
                #expect(answer.status == 401)
                #expect(answer.detail == Detail.accessProhibited)
            }
            let edit: JSONValue = [
                "role": "user", "name": "In", "email": "ann@example.com", "profile_image_url": "/user.png",
            ]
            #expect(try server.call(.post, "/api/v1/users/\(person.id)/update", edit, token: boss.token).status == 200)
            #expect(try server.call(.get, "/api/v1/users/search", token: person.token).status == 200)
            #expect(try server.closedRooms.isEmpty)
        }
    }
}

extension TestServer {
    fileprivate func call(_ path: String, old: String, new: String, _ token: String) throws -> Answer {
        try call(.post, path, ["password": .string(old), "new_password": .string(new)], token: token)
    }
}
