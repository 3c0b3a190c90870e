import Accounts
import Core
import HTTP
import Postgres
import Testing

@Suite(.database) struct UserTests {
    private static let path = "/api/v1/users"

    private func edit(_ name: String, role: String = "user", _ changes: JSONObject = [:]) -> JSONValue {
        let form: JSONObject = [
            "role": .string(role), "name": .string(name), "email": .string("\(name)@example.com"),
            "profile_image_url": "/user.png",
        ]
        return .object(form.merging(changes) { $1 })
    }

    @Test func onlyAdminsManageUsers() throws {
        try TestServer.run { (server) throws in
            let person = try server.account("ann")
            let calls: [(HTTP.Method, String)] = [
                (.get, "/"), (.get, "/all"), (.post, "/x/update"), (.put, "/x"), (.delete, "/x"), (.get, "/x/groups"),
                (.get, "/x/oauth/sessions"),
            ]
            for (method, path) in calls {
                #expect(try server.call(method, Self.path + path, [:]).status == 401)
                let answer = try server.call(method, Self.path + path, [:], token: person.token)
                #expect(answer.status == 401)
                #expect(answer.detail == Detail.accessProhibited)
            }
        }
    }

    @Test func theListIsSearchedOrderedAndPaged() throws {
        try TestServer.run { (server) throws in
            let boss = try server.account("boss", role: .admin)
            let database = server.connect()
            try database.execute(
                """
                insert into account (id, email, name, role, last_active_at, created_at, updated_at)
                select 'id' || n, 'p' || n || '@example.org', 'Per_son ' || lpad(n::text, 2, '0'), 'user', n, n, n
                from generate_series(1, 70) n
                """
            )
            func list(_ query: String) throws -> (names: [String], total: Int) {
                let json = try server.call(.get, Self.path + "/" + query, token: boss.token).json
                return (json["users"]?.array?.compactMap { $0["name"]?.string } ?? [], json["total"]?.int ?? -1)
            }
            let first = try list("")
            #expect(first.names.count == 30 && first.total == 71)
            #expect(first.names.prefix(2) == ["boss", "Per_son 70"])
            #expect(try list("?page=3").names.count == 11)
            #expect(try list("?page=0").names == first.names)
            #expect(try list("?page=99999999999").names.isEmpty)
            let found = try list("?query=son%2007")
            #expect(found.names == ["Per_son 07"] && found.total == 1)
            #expect(try list("?query=P5@").total == 1)
            #expect(try list("?query=r_s&page=2&order_by=name&direction=asc").names.first == "Per_son 31")
            #expect(try list("?query=%25").total == 0)
            #expect(try list("?order_by=created_at&direction=asc").names.first == "Per_son 01")
            #expect(try list("?order_by=name;drop%20table%20account&direction=x").names == first.names)
            let huge = try server.call(
                .get,
                Self.path + "/?page=999999999999999999999999999999",
                token: boss.token
            )
            #expect(huge.status == 422)
            #expect(try server.call(.get, Self.path + "/all", token: boss.token).json["users"]?.array?.count == 71)
            let search = try server.call(.get, Self.path + "/search?query=son%2007", token: boss.token).json
            #expect(search == ["users": [["id": "id7", "name": "Per_son 07"]], "total": 1])
        }
    }

    @Test func aRowHasAllDetailsButNoSecrets() throws {
        try TestServer.run { (server) throws in
            let boss = try server.account("boss", role: .admin)
            let key = try server.call(.post, "/api/v1/auths/api_key", token: boss.token).json["api_key"]?.string ?? "?"
            let json = try server.call(.get, Self.path + "/", token: boss.token).json
            #expect(
                Set(json["users"]?[0]?.object?.keys.map(\.self) ?? []) == [
                    "id", "name", "email", "username", "role", "profile_image_url", "bio", "gender", "date_of_birth",
                    "info",
                    "settings", "api_key", "oauth_sub", "last_active_at", "updated_at", "created_at",
                ]
            )
            #expect(!json.text.contains(key) && !json.text.contains("argon2"))
        }
    }

    @Test func anybodySeesNamePictureAndActivity() throws {
        try TestServer.run { (server) throws in
            let (person, other) = try (server.account("ann"), server.account("bob"))
            let shown: JSONValue = ["name": "bob", "profile_image_url": "/user.png", "active": false]
            #expect(try server.call(.get, Self.path + "/\(other.id)", token: person.token).json == shown)
            let unknown = try server.call(.get, Self.path + "/nobody", token: person.token)
            #expect(unknown.status == 400)
            #expect(unknown.detail == Detail.notFound)
            let database = server.connect()
            try database.execute(
                "insert into socket_session (sid, daemon, epoch, account_id) values ('s', 'd', 'e', \(other.id))"
            )
            try database.execute(
                """
                insert into chat (id, account_id, title, body, created_at, updated_at)
                values ('c', \(other.id), 't', '{}', 1, 1)
                """
            )
            let byChat = try server.call(.get, Self.path + "/shared-c", token: person.token).json
            #expect(byChat["name"] == "bob" && byChat["active"] == true)
            #expect(
                try server.call(.get, Self.path + "/active", token: person.token).json["user_ids"] == [
                    .string(other.id)
                ]
            )
            #expect(
                try server.call(.get, Self.path + "/\(person.id)/active", token: person.token).json == ["active": false]
            )
            let boss = try server.account("boss", role: .admin)
            let full = try server.call(.get, Self.path + "/\(other.id)", token: boss.token).json
            #expect(full["email"] == "bob@example.com" && full["active"] == true)
        }
    }

    @Test func picturesAreServedByWhatTheyAre() throws {
        try TestServer.run { (server) throws in
            let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
            let viewer = try server.account("viewer")
            func picture(_ name: String, _ url: String) throws -> Answer {
                let id = try server.account(name, picture: url).id
                return try server.call(.get, Self.path + "/\(id)/profile/image", token: viewer.token)
            }
            let image = try picture("a", "data:image/jpeg;base64," + png)
            #expect(image.status == 200)
            #expect(image.headers("content-type") == ["image/png"])
            #expect(image.response.body.count == 70)
            for (name, url) in [
                ("b", "/user.png"), ("c", "data:image/svg+xml;base64,PHN2Zz4="), ("d", "data:image/png;base64,PGI+"),
            ] {
                #expect(try picture(name, url).headers("location") == ["/user.png"])
            }
            #expect(try picture("e", "https://example.com/a.png").headers("location") == ["https://example.com/a.png"])
            #expect(try server.call(.get, Self.path + "/x/profile/image", token: viewer.token).status == 400)
        }
    }

    @Test func theAdminChangesAnAccount() throws {
        try TestServer.run { (server) throws in
            let boss = try server.account("boss", role: .admin)
            let person = try server.account("ann")
            _ = try server.account("bob")
            let path = Self.path + "/\(person.id)/update"
            let changed = try server.call(.post, path, edit("Anna", ["email": "ANNA@example.com"]), token: boss.token)
            #expect(changed.json["email"] == "anna@example.com" && changed.json["name"] == "Anna")
            let taken = try server.call(.put, Self.path + "/\(person.id)", edit("bob"), token: boss.token)
            #expect(taken.status == 400)
            #expect(taken.detail == Detail.emailTaken)
            #expect(try server.call(.post, path, edit("a", role: "king"), token: boss.token).status == 422)
            #expect(try server.call(.post, path, edit("no address", [:]), token: boss.token).status == 400)
            #expect(try server.call(.post, Self.path + "/x/update", edit("x"), token: boss.token).status == 400)
        }
    }

    @Test func aNewPasswordByTheAdminEndsAllSessions() throws {
        try TestServer.run { (server) throws in
            let boss = try server.account("boss", role: .admin)
            let person = try server.account("ann")
            let path = Self.path + "/\(person.id)/update"
            #expect(try server.call(.post, path, edit("ann", ["password": ""]), token: boss.token).status == 200)
            #expect(try server.call(.get, "/api/v1/auths/", token: person.token).status == 200)
            #expect(try server.closedRooms.isEmpty)
            #expect(
                try server.call(.post, path, edit("ann", ["password": "Given-word-3"]), token: boss.token).status == 200
            )
            #expect(try server.call(.get, "/api/v1/auths/", token: person.token).status == 401)
            #expect(try server.closedRooms == ["user:\(person.id)"])
            _ = try server.signIn("ann", password: "Given-word-3")
        }
    }

    @Test func aRoleIsInForceWithTheNextRequest() throws {
        try TestServer.run { (server) throws in
            let boss = try server.account("boss", role: .admin, age: 10)
            let second = try server.account("second", role: .admin)
            func set(_ role: String) throws {
                let path = Self.path + "/\(second.id)/update"
                #expect(try server.call(.post, path, edit("second", role: role), token: boss.token).status == 200)
            }
            #expect(try server.call(.get, Self.path + "/", token: second.token).status == 200)
            try set("user")
            #expect(try server.call(.get, Self.path + "/", token: second.token).status == 401)
            #expect(try server.call(.get, Self.path + "/search", token: second.token).status == 200)
            #expect(try server.closedRooms.isEmpty)
            try set("pending")
            #expect(try server.call(.get, Self.path + "/search", token: second.token).status == 401)
            #expect(try server.call(.get, "/api/v1/auths/", token: second.token).json["role"] == "pending")
            #expect(try server.closedRooms == ["user:\(second.id)"])
        }
    }

    @Test func theFirstAdminStaysAdmin() throws {
        try TestServer.run { (server) throws in
            let boss = try server.account("boss", role: .admin, age: 10)
            let second = try server.account("second", role: .admin)
            let path = Self.path + "/\(boss.id)"
            for token in [boss.token, second.token] {
                let demoted = try server.call(.post, path + "/update", edit("boss"), token: token)
                #expect(demoted.status == 403)
                #expect(demoted.detail == Detail.actionProhibited)
                #expect(try server.call(.delete, path, token: token).status == 403)
            }
            #expect(
                try server.call(.post, path + "/update", edit("renamed", role: "admin"), token: second.token).status
                    == 403
            )
            #expect(
                try server.call(.post, path + "/update", edit("renamed", role: "admin"), token: boss.token).status
                    == 200
            )
            #expect(try server.call(.delete, Self.path + "/\(second.id)", token: second.token).status == 403)
        }
    }

    @Test func aDeletedAccountIsGoneWithWhatWasItsOwn() throws {
        try TestServer.run { (server) throws in
            let boss = try server.account("boss", role: .admin)
            let person = try server.account("ann")
            let key = try server.call(.post, "/api/v1/auths/api_key", token: person.token).json["api_key"]?.string
            #expect(try server.call(.delete, Self.path + "/\(person.id)", token: boss.token).json == true)
            #expect(try server.closedRooms == ["user:\(person.id)"])
            #expect(try server.call(.get, "/api/v1/auths/", token: person.token).status == 401)
            #expect(try server.call(.get, "/api/v1/auths/", token: key).status == 401)
            #expect(try server.connect().query("select from session where account_id = \(person.id)").isEmpty)
            #expect(try server.call(.delete, Self.path + "/\(person.id)", token: boss.token).json == true)
            #expect(try server.account("ann").id != person.id)
        }
    }

    @Test func activityIsNotedOnceAMinute() throws {
        try TestServer.run { (server) throws in
            let id = try server.account("ann").id
            let database = server.connect()
            try database.execute("update account set last_active_at = 1000 where id = \(id)")
            let stale = try #require(try AccountStore.find(id, database))
            try AccountStore.touch(stale, database)
            let fresh = try #require(try AccountStore.find(id, database))
            #expect(fresh.lastActiveAt > 1000)
            try database.execute("update account set last_active_at = last_active_at - 30 where id = \(id)")
            try AccountStore.touch(stale, database)
            #expect(try AccountStore.find(id, database)?.lastActiveAt == fresh.lastActiveAt - 30)
        }
    }
}
