import Core
import HTTP
import Testing

@testable import Accounts

@Suite(.database) struct SCIMUserTests {
    private func role(_ user: JSONValue, _ scim: SCIMClient) throws -> Role? {
        try AccountStore.find(user.id, scim.server.connect())?.role
    }

    @Test func anAccountIsMadeAndShown() throws {
        try SCIMClient.run { (scim) throws in
            let answer = try scim.call(
                .post,
                "/Users",
                [
                    "USERNAME": "Ann@Example.com", "name": ["givenName": "Ann Mary", "familyName": "van Lee"],
                    "externalId": "x-1",
                    "emails": [["value": "Ann@Example.com", "type": "work", "primary": true]], "password": "ignored",
                    "nickName": "A",
                    "photos": [["value": "https://example.com/a.png", "type": "photo"]],
                ],
                headers: [("Host", "chat.example.com:8443")]
            )
            #expect(answer.status == 201)
            #expect(answer.headers("content-type") == ["application/scim+json"])
            let user = answer.json
            #expect(user["userName"] == "ann@example.com")
            #expect(user["displayName"] == "Ann Mary van Lee")
            #expect(
                user["name"] == ["givenName": "Ann Mary", "familyName": "van Lee", "formatted": "Ann Mary van Lee"]
            )
            #expect(user["externalId"] == "x-1")
            #expect(user["active"] == true)
            #expect(user["emails"] == [["value": "ann@example.com", "type": "work", "primary": true]])
            #expect(user["password"] == nil && user["nickName"] == nil && user["groups"] == nil)
            let location = "http://chat.example.com:8443/api/v1/scim/v2/Users/\(user.id)"
            #expect(user["meta"]?["location"] == .string(location))
            #expect(answer.headers("location") == [location])
            #expect(answer.headers("etag") == [user["meta"]?["version"]?.string ?? ""])
            #expect(try scim.call(.get, "/Users/\(user.id)", headers: [("Host", "chat.example.com:8443")]).json == user)
            #expect(try CredentialStore.hash(of: user.id, scim.server.connect()) == nil)
        }
    }

    @Test(
        arguments: [
            [:], ["userName": "ann"], ["userName": 7], ["userName": "a@b.example", "emails": [["type": "work"]]],
            ["userName": "a@b.example", "emails": [["value": "no address"]]],
            ["userName": "a@b.example", "active": "perhaps"],
            ["userName": "a@b.example", "photos": [["value": "data:image/svg+xml;base64,PHN2Zz4="]]],
            ["userName": "a@b.example", "displayName": .string(String(repeating: "x", count: 256))], [1],
        ] as [JSONValue]
    )
    func malformedAccountsAreRefused(_ document: JSONValue) throws {
        try SCIMClient.run { (scim) throws in
            let answer = try scim.call(.post, "/Users", document)
            #expect(answer.status == 400)
            #expect(answer.json["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"])
            #expect(answer.json["status"] == "400")
            #expect(answer.json["scimType"] != nil && answer.detail != nil)
        }
    }

    @Test func noTwoAccountsHaveOneNameOrAddress() throws {
        try SCIMClient.run { (scim) throws in
            let ann = try scim.user("ann", ["userName": "upn-ann"])
            let bob = try scim.user("bob")
            for taken in [
                ["userName": "UPN-Ann", "emails": [["value": "x@example.com"]]],
                ["userName": "x", "emails": [["value": "BOB@example.com"]]],
                ["userName": "bob@example.com"],
            ] as [JSONValue] {
                let answer = try scim.call(.post, "/Users", taken)
                #expect(answer.status == 409)
                #expect(answer.json["scimType"] == "uniqueness")
            }
            #expect(
                try scim.patch("/Users/\(bob.id)", ["op": "replace", "path": "userName", "value": "upn-ann"]).status
                    == 409
            )
            let path = "emails[primary eq true].value"
            #expect(
                try scim.patch(
                    "/Users/\(bob.id)",
                    ["op": "replace", "path": .string(path), "value": "ann@example.com"]
                ).status == 409
            )
            #expect(try scim.call(.get, "/Users/\(bob.id)").json == bob)
            #expect(ann["userName"] == "upn-ann")
        }
    }

    @Test func theUserNameFollowsTheAddressOnlyWhileItIsOne() throws {
        try SCIMClient.run { (scim) throws in
            let linked = try scim.user("ann")
            let moved = try scim.patch(
                "/Users/\(linked.id)",
                ["op": "replace", "path": "userName", "value": "new@example.com"]
            ).json
            #expect(moved["userName"] == "new@example.com" && moved["emails"]?[0]?["value"] == "new@example.com")
            let address: JSONValue = [
                "op": "replace", "path": #"emails[primary eq true].value"#, "value": "other@example.com",
            ]
            let apart = try scim.patch("/Users/\(linked.id)", address).json
            #expect(apart["userName"] == "new@example.com" && apart["emails"]?[0]?["value"] == "other@example.com")
            #expect(try scim.found("/Users", #"userName eq "NEW@example.com""#) == ["ann"])
            let named = try scim.patch(
                "/Users/\(linked.id)",
                ["op": "replace", "path": "userName", "value": "third@example.com"]
            ).json
            #expect(named["userName"] == "third@example.com" && named["emails"]?[0]?["value"] == "other@example.com")
        }
    }

    @Test func activeIsTheRole() throws {
        try SCIMClient.run { (scim) throws in
            _ = try scim.server.account("boss", role: .admin, age: 9)
            let admin = try scim.server.account("second", role: .admin)
            let user = try scim.user("ann", ["active": false])
            #expect(try role(user, scim) == .pending)
            #expect(
                try scim.patch("/Users/\(user.id)", ["op": "replace", "value": ["active": "True"]]).json["active"]
                    == true
            )
            #expect(try role(user, scim) == .user)
            let on: JSONValue = ["op": "replace", "path": "active", "value": true]
            #expect(try scim.patch("/Users/\(admin.id)", on).status == 200)
            #expect(try AccountStore.find(admin.id, scim.server.connect())?.role == .admin)
            #expect(
                try scim.patch("/Users/\(admin.id)", ["op": "replace", "path": "active", "value": false]).json["active"]
                    == false
            )
            #expect(try scim.server.closedRooms == ["user:\(admin.id)"])
            #expect(try scim.patch("/Users/\(admin.id)", on).json["active"] == true)
            #expect(try AccountStore.find(admin.id, scim.server.connect())?.role == .user)
        }
    }

    @Test func activeCanBeUnassignedWithoutChangingAnything() throws {
        try SCIMClient.run { (scim) throws in
            let user = try scim.user("ann")
            let without = try scim.patch("/Users/\(user.id)", ["op": "remove", "path": "active"])
            #expect(without.json["active"] == nil)
            #expect(try role(user, scim) == .user)
            #expect(
                try scim.patch("/Users/\(user.id)", ["op": "add", "path": "active", "value": true]).json["active"]
                    == true
            )
        }
    }

    @Test func theFirstAdminStays() throws {
        try SCIMClient.run { (scim) throws in
            let boss = try scim.server.account("boss", role: .admin)
            #expect(
                try scim.patch("/Users/\(boss.id)", ["op": "replace", "path": "active", "value": false]).status == 403
            )
            #expect(try scim.call(.delete, "/Users/\(boss.id)").status == 403)
            #expect(
                try scim.patch("/Users/\(boss.id)", ["op": "replace", "path": "displayName", "value": "Chief"]).status
                    == 200
            )
        }
    }

    @Test func replacingKeepsWhatIsNotNamed() throws {
        try SCIMClient.run { (scim) throws in
            let user = try scim.user("ann", ["externalId": "1", "photos": [["value": "https://example.com/a.png"]]])
            let put = try scim.call(.put, "/Users/\(user.id)", ["displayName": "Zoe"]).json
            #expect(put["displayName"] == "Zoe" && put["externalId"] == "1" && put["photos"] == user["photos"])
            let cleared = try scim.call(.put, "/Users/\(user.id)", ["externalId": .null, "photos": []]).json
            #expect(cleared["externalId"] == nil && cleared["photos"] == nil)
            #expect(try scim.call(.put, "/Users/\(user.id)", ["emails": []]).status == 400)
            #expect(try scim.call(.put, "/Users/\(user.id)", cleared).sorted == cleared.sorted)
        }
    }

    @Test func namePartsAreKeptUntilTheNameChangesElsewhere() throws {
        try SCIMClient.run { (scim) throws in
            let user = try scim.user("ann", ["name": ["givenName": "Ann Mary", "familyName": "Lee"]])
            let renamed = try scim.patch(
                "/Users/\(user.id)",
                ["op": "replace", "path": "name.familyName", "value": "Hill"]
            ).json
            #expect(renamed["displayName"] == "Ann Mary Hill" && renamed["name"]?["givenName"] == "Ann Mary")
            let shown = try scim.patch("/Users/\(user.id)", ["op": "replace", "path": "displayName", "value": "A. M."])
                .json
            #expect(shown["displayName"] == "A. M." && shown["name"] == renamed["name"])
            try scim.server.connect().execute("update account set name = 'Own Choice' where id = \(user.id)")
            let own = try scim.call(.get, "/Users/\(user.id)").json
            #expect(own["name"] == ["givenName": "Own", "familyName": "Choice", "formatted": "Own Choice"])
            var whole = own
            whole["name"]?["familyName"] = "Chosen"
            #expect(try scim.call(.put, "/Users/\(user.id)", whole).json["displayName"] == "Own Chosen")
            #expect(try scim.patch("/Users/\(user.id)", ["op": "remove", "path": "name"]).json["name"] == nil)
        }
    }

    @Test func pictureDataIsNotSentAndNotLost() throws {
        try SCIMClient.run { (scim) throws in
            let picture = "data:image/png;base64,iVBORw0KGgo="
            let person = try scim.server.account("ann", picture: picture)
            let user = try scim.call(.get, "/Users/\(person.id)", headers: [("Host", "h")]).json
            let url = "http://h/api/v1/users/\(person.id)/profile/image"
            #expect(user["photos"] == [["value": .string(url), "primary": true]])
            #expect(try scim.call(.put, "/Users/\(person.id)", user, headers: [("Host", "h")]).status == 200)
            #expect(try AccountStore.profileImageURL(of: person.id, scim.server.connect()) == picture)
        }
    }

    @Test func versionsGuardChanges() throws {
        try SCIMClient.run { (scim) throws in
            let user = try scim.user("ann")
            let version = try #require(user["meta"]?["version"]?.string)
            let path = "/Users/\(user.id)"
            #expect(try scim.call(.get, path, headers: [("If-None-Match", version)]).status == 304)
            #expect(try scim.call(.put, path, ["displayName": "b"], headers: [("If-Match", version)]).status == 200)
            #expect(try scim.call(.put, path, ["displayName": "c"], headers: [("If-Match", version)]).status == 412)
            #expect(try scim.call(.delete, path, headers: [("If-Match", "\"x\", \(version)")]).status == 412)
            #expect(try scim.call(.get, path, headers: [("If-None-Match", version)]).status == 200)
            #expect(try scim.call(.delete, path, headers: [("If-Match", "*")]).status == 204)
            #expect(try scim.call(.get, path).status == 404)
        }
    }

    @Test func attributesAreChosen() throws {
        try SCIMClient.run { (scim) throws in
            let user = try scim.user("ann")
            func keys(_ query: String) throws -> [String] {
                try #require(scim.call(.get, "/Users/\(user.id)?\(query)").json.object).keys.sorted()
            }
            #expect(try keys("attributes=userName,NAME.givenName") == ["id", "name", "schemas", "userName"])
            #expect(
                try scim.call(.get, "/Users/\(user.id)?attributes=name.givenName").json["name"] == ["givenName": "ann"]
            )
            #expect(
                try keys("excludedAttributes=id,emails,meta,name,active") == [
                    "displayName", "id", "schemas", "userName",
                ]
            )
            #expect(
                try scim.call(.get, "/Users?attributes=userName").json["Resources"]?[0]?.object?.keys.sorted() == [
                    "id", "schemas", "userName",
                ]
            )
            #expect(try scim.call(.get, "/Users/\(user.id)?attributes=a%20b").status == 400)
        }
    }
}
