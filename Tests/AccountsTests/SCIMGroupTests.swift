import Core
import HTTP
import Testing

@testable import Accounts

@Suite(.database) struct SCIMGroupTests {
    @Test func aGroupIsMadeChangedAndDeleted() throws {
        try SCIMClient.run { (scim) throws in
            let boss = try scim.server.account("boss", role: .admin)
            let (ann, bob) = (try scim.user("ann"), try scim.user("bob"))
            let group = try scim.group("staff", [.string(ann.id)])
            let path = "/Groups/\(group.id)"
            #expect(group["members"]?.array?.count == 1)
            #expect(group["members"]?[0]?["display"] == "ann")
            #expect(group["members"]?[0]?["$ref"]?.string?.hasSuffix("/Users/\(ann.id)") == true)
            #expect(try GroupStore.find(group.id, scim.server.connect())?.ownerID == boss.id)

            let both = try scim.patch(
                path,
                ["op": "add", "path": "members", "value": [["value": .string(bob.id), "display": "Bobby"]]]
            ).json
            #expect(both["members"]?.array?.map { $0["display"] } == ["ann", "Bobby"])
            #expect(try scim.call(.get, "/Users/\(bob.id)").json["groups"]?[0]?["display"] == "staff")
            let less = try scim.patch(path, ["op": "remove", "path": .string("members[value eq \"\(ann.id)\"]")]).json
            #expect(less["members"]?.array?.map { $0["value"] } == [.string(bob.id)])

            #expect(try scim.call(.put, path, ["displayName": "all"]).json["members"] == less["members"])
            #expect(try scim.call(.put, path, ["members": []]).json["members"] == [])
            #expect(try scim.call(.put, path, ["displayName": .null]).status == 400)
            #expect(try scim.call(.delete, path).status == 204)
            #expect(try scim.call(.delete, path).status == 404)
        }
    }

    @Test func changesKeepWhatOthersGaveTheGroup() throws {
        try SCIMClient.run { (scim) throws in
            let boss = try scim.server.account("boss", role: .admin)
            let group = try scim.group("staff")
            let form: JSONValue = ["name": "staff", "description": "d", "permissions": ["chat": ["delete": false]]]
            _ = try scim.server.call(.post, "/api/v1/groups/id/\(group.id)/update", form, token: boss.token)
            _ = try scim.patch(
                "/Groups/\(group.id)",
                ["op": "replace", "value": ["displayName": "crew", "externalId": "e"]]
            )
            let kept = try #require(try GroupStore.find(group.id, scim.server.connect()))
            #expect(kept.name == "crew" && kept.description == "d")
            #expect(kept.permissions.map { try? JSONValue(parsing: $0) } == ["chat": ["delete": false]])
            #expect(try scim.found("/Groups", #"externalId eq "e""#) == ["crew"])
        }
    }

    @Test func onlyAccountsAreMembers() throws {
        try SCIMClient.run { (scim) throws in
            let group = try scim.group("staff")
            for member in [["value": "nobody"], ["value": .string(group.id)], ["display": "x"]] as [JSONValue] {
                let answer = try scim.patch("/Groups/\(group.id)", ["op": "add", "path": "members", "value": [member]])
                #expect(answer.status == 400 && answer.json["scimType"] == "invalidValue")
                #expect(try scim.call(.post, "/Groups", ["displayName": "new", "members": [member]]).status == 400)
            }
            #expect(try scim.found("/Groups", "displayName pr") == ["staff"])
        }
    }

    @Test func membersAreLeftOutOfListsThatDoNotWantThem() throws {
        try SCIMClient.run { (scim) throws in
            _ = try scim.group("staff", [.string(try scim.user("ann").id)])
            let lean = try scim.call(.get, "/Groups?excludedAttributes=members").json["Resources"]?[0]
            #expect(lean?["members"] == nil && lean?["meta"]?["version"] == nil)
            #expect(try scim.call(.get, "/Groups").json["Resources"]?[0]?["members"]?.array?.count == 1)
        }
    }
}
