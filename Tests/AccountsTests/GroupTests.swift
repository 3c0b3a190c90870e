import Accounts
import Core
import HTTP
import Testing

@Suite(.database) struct GroupTests {
    private static let path = "/api/v1/groups"

    @Test func onlyAdminsManageGroups() throws {
        try TestServer.run { (server) throws in
            let person = try server.account("ann")
            let calls: [(HTTP.Method, String)] = [
                (.post, "/create"), (.get, "/id/x"), (.post, "/id/x/update"), (.post, "/id/x/users/add"),
                (.post, "/id/x/users/remove"), (.delete, "/id/x/delete"),
            ]
            for (method, path) in calls {
                #expect(try server.call(method, Self.path + path, [:]).detail == Detail.notAuthenticated)
                #expect(try server.call(method, Self.path + path, [:], token: person.token).status == 401)
            }
        }
    }

    @Test func aGroupIsMadeReadChangedAndDeleted() throws {
        try TestServer.run { (server) throws in
            let boss = try server.account("boss", role: .admin)
            let person = try server.account("ann")
            let made = try server.call(
                .post,
                Self.path + "/create",
                ["name": "g", "description": "d"],
                token: boss.token
            ).json
            let id = try #require(made["id"]?.string)
            #expect(made["user_id"] == .string(boss.id))
            #expect(made["user_ids"] == [])
            #expect(made["permissions"] == .null)
            #expect(try server.call(.get, Self.path + "/id/\(id)", token: boss.token).json == made)
            let tree: JSONValue = ["workspace": ["models": true]]
            let change: JSONValue = [
                "name": "n", "description": "", "permissions": tree, "user_ids": [.string(person.id), "nobody"],
            ]
            let changed = try server.call(.post, Self.path + "/id/\(id)/update", change, token: boss.token).json
            #expect(changed["permissions"] == tree)
            #expect(changed["user_ids"] == [.string(person.id)])
            let kept = try server.call(
                .post,
                Self.path + "/id/\(id)/update",
                ["name": "m", "description": ""],
                token: boss.token
            ).json
            #expect(kept["permissions"] == tree)
            #expect(kept["user_ids"] == [.string(person.id)])
            #expect(try server.call(.get, Self.path + "/", token: person.token).json[0]?["id"] == .string(id))
            let emptied = try server.call(
                .post,
                Self.path + "/id/\(id)/update",
                ["name": "m", "description": "", "user_ids": []],
                token: boss.token
            )
            #expect(emptied.json["user_ids"] == [])
            #expect(try server.call(.delete, Self.path + "/id/\(id)/delete", token: boss.token).json == true)
            let gone = try server.call(.get, Self.path + "/id/\(id)", token: boss.token)
            #expect(gone.status == 401)
            #expect(gone.detail == Detail.notFound)
            #expect(try server.call(.delete, Self.path + "/id/\(id)/delete", token: boss.token).json == true)
        }
    }

    @Test func membersComeAndGo() throws {
        try TestServer.run { (server) throws in
            let boss = try server.account("boss", role: .admin)
            let (ann, bob) = try (server.account("ann").id, server.account("bob").id)
            let made = try server.call(
                .post,
                Self.path + "/create",
                ["name": "g", "description": ""],
                token: boss.token
            ).json
            let path = Self.path + "/id/" + (made["id"]?.string ?? "")
            func members(_ verb: String, _ ids: [String]) throws -> Set<JSONValue> {
                let answer = try server.call(
                    .post,
                    path + "/users/" + verb,
                    ["user_ids": JSONValue(ids)],
                    token: boss.token
                )
                return Set(answer.json["user_ids"]?.array ?? [])
            }
            #expect(try members("add", [ann, "nobody"]) == [.string(ann)])
            #expect(try members("add", [ann, bob]) == [.string(ann), .string(bob)])
            #expect(try members("remove", [ann, "nobody"]) == [.string(bob)])
            let unknown = try server.call(
                .post,
                Self.path + "/id/x/users/add",
                ["user_ids": []],
                token: boss.token
            )
            #expect(unknown.status == 400)
            #expect(unknown.detail == "[ERROR: 400: [ERROR: Error adding users to group]]")
            #expect(try server.call(.post, Self.path + "/create", ["name": "g"], token: boss.token).status == 422)
        }
    }
}
