import Accounts
import Core
import Crypto
import HTTP
import Postgres
import Synchronization
import Testing

@Suite(.database) struct SessionListTests {
    private static let path = "/api/v1/auths/sessions"

    private func id(of token: String) throws -> String {
        let claims = try #require(
            SessionToken.verify(token, key: Array("test-secret".utf8), now: Clock.nowSeconds, ignoringExpiry: true)
        )
        return try #require(claims.tokenID)
    }

    private func status(_ server: TestServer, _ token: String) throws -> Int {
        try server.call(.get, "/api/v1/auths/", token: token).status
    }

    @Test func oneSeesWhereOneIsSignedIn() throws {
        try TestServer.run { (server) throws in
            let ann = try server.account("ann")
            let other = try server.signIn("ann")
            _ = try server.account("bob")
            let list = try #require(try server.call(.get, Self.path, token: other).json.array)
            #expect(list.count == 2)
            #expect(Set(list.compactMap { $0["id"]?.string }) == [try id(of: ann.token), try id(of: other)])
            #expect(list.filter { $0["current"] == true }.map { $0["id"] } == [.string(try id(of: other))])
            #expect(
                list[0].object.map { Set($0.keys) }
                    == ["id", "created_at", "expires_at", "last_used_at", "address", "user_agent", "current"]
            )
            #expect(try server.call(.get, Self.path).status == 401)
        }
    }

    @Test func aSessionIsEndedWithItsSockets() throws {
        let ended = Mutex<[String]>([])
        let hooks = AccountHooks(sessionsEnded: { account, _ in ended.withLock { $0.append(account) } })
        try TestServer.run(hooks: hooks) { (server) throws in
            let ann = try server.account("ann")
            let other = try server.signIn("ann")
            let bob = try server.account("bob")
            try server.connect().execute(
                """
                insert into socket_session (sid, daemon, epoch, account_id, session_id)
                values ('gone', 'd', 'e', \(ann.id), \(try id(of: other))), ('kept', 'd', 'e', \(ann.id), \(try id(of: ann.token)))
                """
            )
            let path = "\(Self.path)/\(try id(of: other))"
            #expect(try server.call(.delete, path, token: bob.token).status == 404)
            #expect(try status(server, other) == 200)
            #expect(try server.call(.delete, path, token: ann.token).json == true)
            #expect(try status(server, other) == 401)
            #expect(try status(server, ann.token) == 200)
            #expect(try server.closedRooms == ["gone"])
            #expect(ended.withLock { $0 } == [ann.id])
            #expect(try server.call(.delete, path, token: ann.token).status == 404)
        }
    }

    @Test func adminsSeeAndEndTheSessionsOfOthers() throws {
        try TestServer.run { (server) throws in
            let boss = try server.account("boss", role: .admin)
            let ann = try server.account("ann")
            let path = "/api/v1/users/\(ann.id)/sessions"
            #expect(try server.call(.get, path, token: ann.token).status == 401)
            #expect(try server.call(.delete, path, token: ann.token).status == 401)
            let list = try #require(try server.call(.get, path, token: boss.token).json.array)
            #expect(list.map { $0["current"] } == [false])
            #expect(try server.call(.delete, path, token: boss.token).json == true)
            #expect(try status(server, ann.token) == 401)
            #expect(try status(server, boss.token) == 200)
            #expect(try server.call(.get, path, token: boss.token).json == [])
            #expect(try server.call(.get, "/api/v1/users/nobody/sessions", token: boss.token).status == 400)
            // Of the own sessions the one that asks stays.
            #expect(try server.call(.delete, "/api/v1/users/\(boss.id)/sessions", token: boss.token).json == true)
            #expect(try status(server, boss.token) == 200)
        }
    }

    @Test func theLastUseIsNoted() throws {
        try TestServer.run { (server) throws in
            let ann = try server.account("ann")
            var request = Request(method: .get, path: "/api/v1/chats/")
            request.headers.add("Authorization", "Bearer " + ann.token)
            request.headers.add("User-Agent", "Firefox")
            request.client.address = "192.0.2.9"
            for agent in ["Firefox", "Other"] {
                request.headers = ["authorization": "Bearer " + ann.token, "user-agent": agent]
                let context = server.context(request)
                try context.check(.verified)
                context.noteActivity()
            }
            let session = try #require(try server.call(.get, Self.path, token: ann.token).json[0])
            #expect(session["address"] == "192.0.2.9")
            // Within a minute it is noted once.
            #expect(session["user_agent"] == "Firefox")
            #expect(session["last_used_at"]?.int != nil)
        }
    }

    @Test func aSessionInUseGoesOn() throws {
        try TestServer.run(["JWT_EXPIRES_IN": "1h"]) { (server) throws in
            let ann = try server.account("ann")
            let before = try server.call(.get, "/api/v1/auths/", token: ann.token)
            #expect(before.json["token"] == .string(ann.token))
            let soon = Clock.nowSeconds + 600
            try server.connect().execute("update session set expires_at = \(soon)")
            let held = SessionToken.issue(
                userID: ann.id,
                expiresAt: soon,
                jti: try id(of: ann.token),
                key: Array("test-secret".utf8)
            )
            let after = try server.call(.get, "/api/v1/auths/", token: held)
            let token = try #require(after.json["token"]?.string)
            let end = try #require(after.json["expires_at"]?.int)
            #expect(token != held)
            #expect(end > Clock.nowSeconds + 3500)
            #expect(try id(of: token) == id(of: ann.token))
            #expect(after.headers("set-cookie").first?.hasPrefix("token=\(token); expires=") == true)
            #expect(try status(server, token) == 200)
            #expect(try status(server, held) == 200)
            // It is one session: both tokens end with it.
            #expect(try server.call(.delete, "\(Self.path)/\(try id(of: token))", token: token).json == true)
            #expect(try status(server, token) == 401)
            #expect(try status(server, held) == 401)
        }
    }

    @Test func anyRequestKeepsASessionAlive() throws {
        try TestServer.run(["JWT_EXPIRES_IN": "1h"]) { (server) throws in
            let ann = try server.account("ann")
            let database = server.connect()
            try database.execute("update session set expires_at = \(Clock.nowSeconds + 600)")
            let context = server.context(
                Request(method: .get, path: "/", headers: ["authorization": "Bearer " + ann.token])
            )
            try context.check(.verified)
            context.noteActivity()
            #expect(try database.query("select expires_at from session")[0].int(0) > Clock.nowSeconds + 3500)
        }
    }

    @Test func withoutRenewalASessionEnds() throws {
        try TestServer.run(["JWT_EXPIRES_IN": "1h", "ENABLE_SESSION_RENEWAL": "false"]) { (server) throws in
            let ann = try server.account("ann")
            let end = Clock.nowSeconds + 600
            try server.connect().execute("update session set expires_at = \(end)")
            #expect(try server.call(.get, "/api/v1/auths/", token: ann.token).json["expires_at"] == JSONValue(end))
        }
    }

    @Test func theSessionSaysWhenATokenEnds() throws {
        try TestServer.run { (server) throws in
            let ann = try server.account("ann")
            let now = Clock.nowSeconds
            let database = server.connect()
            let key = Array("test-secret".utf8)
            let old = SessionToken.issue(userID: ann.id, expiresAt: now - 10, jti: try id(of: ann.token), key: key)
            // A session without an end never had such a token.
            #expect(try status(server, old) == 401)
            try database.execute("update session set expires_at = \(now + 500)")
            #expect(try status(server, old) == 200)
            #expect(try server.call(.get, "/api/v1/auths/", token: old).json["token"] != .string(old))
            try database.execute("update session set expires_at = \(now - 5)")
            #expect(try status(server, old) == 401)
            #expect(try status(server, ann.token) == 401)
            let foreign = SessionToken.issue(userID: ann.id, expiresAt: now + 100, jti: "unknown", key: key)
            #expect(try status(server, foreign) == 401)
            let bob = try server.account("bob")
            try database.execute("update session set expires_at = null")
            let stolen = SessionToken.issue(userID: bob.id, expiresAt: nil, jti: try id(of: ann.token), key: key)
            #expect(try status(server, stolen) == 401)
        }
    }
}
