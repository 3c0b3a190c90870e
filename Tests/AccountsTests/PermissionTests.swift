import Accounts
import Core
import HTTP
import Testing

@Suite(.database) struct PermissionTests {
    private static let defaults = "/api/v1/users/default/permissions"

    @Test func groupsOnlyAdd() {
        let tree = Permissions(
            everybody: ["chat": ["delete": true, "share": false], "features": ["notes": false]],
            groups: [["chat": ["delete": false, "share": true]], ["features": ["notes": false, "web": true]], [:]]
        )
        #expect(tree.allows("chat.delete"))
        #expect(tree.allows("chat.share"))
        #expect(!tree.allows("features.notes"))
        #expect(tree.allows("features.web"))
        #expect(!tree.allows("chat.unknown"))
        #expect(!tree.allows("chat.delete.more"))
    }

    @Test func gapsAreFilledFromTheStandardTree() {
        let tree = Permissions(
            everybody: ["chat": ["delete": false]],
            groups: [["chat": ["share": true]]],
            standard: ["chat": ["delete": true, "export": true, "share": false], "features": ["notes": true]]
        )
        #expect(!tree.allows("chat.delete"))
        #expect(tree.allows("chat.export"))
        #expect(tree.allows("chat.share"))
        #expect(tree.allows("features.notes"))
    }

    @Test func theAdminSetsWhatEverybodyMay() throws {
        try TestServer.run { (server) throws in
            let boss = try server.account("boss", role: .admin)
            let person = try server.account("ann")
            #expect(try server.call(.get, Self.defaults).status == 401)
            #expect(try server.call(.get, Self.defaults, token: person.token).status == 401)
            var tree = try server.call(.get, Self.defaults, token: boss.token).json
            #expect(tree.object?.keys.map(\.self) == ["workspace", "sharing", "chat", "features"])
            #expect(tree["chat"]?.object?.count == 19)
            tree["chat"]?["delete"] = false
            tree["sharing"] = [:]
            let saved = try server.call(.post, Self.defaults, tree, token: boss.token).json
            #expect(saved["chat"]?["delete"] == false)
            #expect(saved["sharing"]?["public_notes"] == true)
            #expect(try server.call(.get, "/api/v1/users/permissions", token: person.token).sorted == saved.sorted)
            #expect(try server.call(.post, Self.defaults, ["chat": [:]], token: boss.token).status == 422)
            tree["chat"]?["delete"] = "perhaps"
            #expect(try server.call(.post, Self.defaults, tree, token: boss.token).status == 422)
            #expect(try server.call(.get, Self.defaults, token: boss.token).json == saved)
        }
    }

    @Test func aGroupGivesItsMembersMore() throws {
        try TestServer.run { (server) throws in
            let boss = try server.account("boss", role: .admin)
            let person = try server.account("ann")
            let form: JSONValue = [
                "name": "g", "description": "", "permissions": ["features": ["direct_tool_servers": true]],
            ]
            let id = try server.call(.post, "/api/v1/groups/create", form, token: boss.token).json["id"]?.string ?? ""
            func may() throws -> JSONValue? {
                try server.call(.get, "/api/v1/auths/", token: person.token)
                    .json["permissions"]?["features"]?["direct_tool_servers"]
            }
            #expect(try may() == false)
            _ = try server.call(
                .post,
                "/api/v1/groups/id/\(id)/users/add",
                ["user_ids": [.string(person.id)]],
                token: boss.token
            )
            #expect(try may() == true)
        }
    }
}
