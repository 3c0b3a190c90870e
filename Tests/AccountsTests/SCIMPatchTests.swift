import Core
import Testing

@testable import Accounts

/// What PATCH operations do to a resource's attributes, without a database.
struct SCIMPatchTests {
    private static let start: JSONObject = [
        "userName": "ann", "displayName": "Ann Lee", "name": ["givenName": "Ann", "familyName": "Lee"], "active": true,
        "emails": [
            ["value": "ann@work.example", "type": "work", "primary": true],
            ["value": "ann@home.example", "type": "home"],
        ],
    ]

    private func patch(_ operations: JSONValue..., on document: JSONObject = start) throws -> JSONObject {
        var document = document
        try SCIMPatch(["Operations": .array(operations)], .user).apply(to: &document)
        return document
    }

    private func kind(_ operation: JSONValue) -> SCIMError.Kind? {
        do {
            _ = try patch(operation)
            return nil
        } catch { return (error as? SCIMError)?.kind }
    }

    @Test func singleValuesAreSetAndTakenAway() throws {
        #expect(try patch(["op": "Replace", "path": "displayname", "value": "Zoe"])["displayName"] == "Zoe")
        #expect(try patch(["op": "add", "path": "externalId", "value": "7"])["externalId"] == "7")
        #expect(try patch(["op": "replace", "path": "active", "value": "False"])["active"] == false)
        #expect(try patch(["op": "remove", "path": "active"])["active"] == .some(.null))
        #expect(kind(["op": "remove", "path": "userName"]) == .mutability)
    }

    @Test func partsAreSetAlone() throws {
        let name = try patch(["op": "replace", "path": "name", "value": ["givenName": "Zoe"]])["name"]
        #expect(name == ["givenName": "Zoe", "familyName": "Lee"])
        #expect(try patch(["op": "remove", "path": "name.familyName"])["name"] == ["givenName": "Ann"])
        let all = try patch(["op": "remove", "path": "name.familyName"], ["op": "remove", "path": "name.givenName"])
        #expect(all["name"] == .some(.null))
    }

    @Test func withoutAPathTheValueHasAttributesOrPaths() throws {
        let changed = try patch([
            "op": "replace",
            "value": [
                "displayName": "Zoe", "name.familyName": "Hill", #"emails[type eq "home"].value"#: "zoe@home.example",
                "id": "other",
                "nickName": "Z", "unheardOf": 1,
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": ["department": "d"],
                "urn:ietf:params:scim:schemas:core:2.0:User": ["externalId": "9"],
            ],
        ])
        #expect(changed["displayName"] == "Zoe")
        #expect(changed["externalId"] == "9")
        #expect(changed["name"]?["familyName"] == "Hill")
        #expect(changed["emails"]?[1]?["value"] == "zoe@home.example")
        #expect(changed["id"] == nil)
    }

    @Test func valuesAreAddedMergedAndKeptToOnePrimary() throws {
        let added = try patch(["op": "add", "path": "emails", "value": [["value": "new@x.example", "primary": true]]])[
            "emails"
        ]
        #expect(added?.array?.count == 3)
        #expect(added?.array?.filter { $0["primary"] == true } == [["value": "new@x.example", "primary": true]])
        let merged = try patch([
            "op": "add", "path": "emails", "value": [["value": "ANN@home.example", "display": "d"]],
        ])["emails"]
        #expect(merged?.array?.count == 2)
        #expect(merged?[1]?["display"] == "d")
        let switched = try patch(["op": "replace", "path": #"emails[type eq "home"].primary"#, "value": true])["emails"]
        #expect(switched?.array?.map { $0["primary"] ?? .null } == [false, true])
    }

    @Test func filtersChooseValues() throws {
        let path = #"emails[type eq "work" and value ew "work.example"].value"#
        #expect(
            try patch(["op": "replace", "path": .string(path), "value": "z@z.example"])["emails"]?[0]?["value"]
                == "z@z.example"
        )
        #expect(try patch(["op": "remove", "path": #"emails[not (type eq "work")]"#])["emails"]?.array?.count == 1)
        #expect(try patch(["op": "remove", "path": #"emails[type eq "fax"]"#])["emails"] == Self.start["emails"])
        #expect(kind(["op": "replace", "path": #"emails[type eq "fax"].value"#, "value": "x@x.example"]) == .noTarget)
        #expect(kind(["op": "remove", "path": "emails[value pr]"]) == .mutability)
        #expect(kind(["op": "replace", "path": #"emails[colour eq "red"].value"#, "value": "x"]) == .invalidPath)
        #expect(kind(["op": "replace", "path": "name[givenName pr].familyName", "value": "x"]) == .invalidPath)
    }

    @Test func addingByAFilterMakesTheValue() throws {
        let added = try patch(["op": "add", "path": #"emails[type eq "other"].value"#, "value": "o@o.example"])[
            "emails"
        ]
        #expect(added?[2] == ["type": "other", "value": "o@o.example"])
        #expect(kind(["op": "add", "path": #"emails[type sw "x"].value"#, "value": "o@o.example"]) == .noTarget)
    }

    @Test func membersAreRemovedByPathOrByValue() throws {
        let group: JSONObject = ["displayName": "g", "members": [["value": "a"], ["value": "b"], ["value": "c"]]]
        func members(_ operation: JSONValue) throws -> JSONValue? {
            var document = group
            try SCIMPatch(["operations": [operation]], .group).apply(to: &document)
            return document["members"]
        }
        #expect(try members(["op": "remove", "path": #"members[value eq "b"]"#]) == [["value": "a"], ["value": "c"]])
        #expect(
            try members(["op": "Remove", "path": "members", "value": [["value": "a"], ["value": "b"]]]) == [
                ["value": "c"]
            ]
        )
        #expect(try members(["op": "remove", "path": "members"]) == .some(.null))
        #expect(
            try members(["op": "add", "path": "members", "value": [["value": "b"], ["value": "d"]]])?.array?.count == 4
        )
        #expect(
            try members(["op": "replace", "value": ["members": [["$ref": "https://x/Users/e"]]]])?[0]?["value"] == "e"
        )
    }

    @Test func whatCanNotBeIsRefused() {
        #expect(kind(["op": "move", "path": "displayName", "value": "x"]) == .invalidSyntax)
        #expect(kind("replace") == .invalidSyntax)
        #expect(kind(["op": "remove"]) == .noTarget)
        #expect(kind(["op": "replace", "value": "x"]) == .invalidValue)
        #expect(kind(["op": "add", "path": "displayName"]) == .invalidValue)
        #expect(kind(["op": "replace", "path": "id", "value": "x"]) == .mutability)
        #expect(kind(["op": "replace", "path": "groups", "value": []]) == .mutability)
        #expect(kind(["op": "replace", "path": "nothing", "value": "x"]) == .invalidPath)
        #expect(kind(["op": "replace", "path": "name.nothing", "value": "x"]) == .invalidPath)
        #expect(kind(["op": "replace", "path": 7, "value": "x"]) == .invalidPath)
        #expect(kind(["op": "replace", "path": "active", "value": "perhaps"]) == .invalidValue)
        #expect(kind(["op": "replace", "path": "displayName", "value": ["a": 1]]) == .invalidValue)
        let twoPrimary: JSONValue = [["value": "a@a.a", "primary": true], ["value": "b@b.b", "primary": true]]
        #expect(kind(["op": "replace", "path": "emails", "value": twoPrimary]) == .invalidValue)
        // Attributes of the RFC that are not kept.
        #expect(kind(["op": "replace", "path": "title", "value": "x"]) == nil)
        #expect(kind(["op": "replace", "path": #"addresses[type eq "work"].country"#, "value": "x"]) == nil)
        let department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"
        #expect(kind(["op": "add", "path": .string(department), "value": "x"]) == nil)
    }

    @Test func theNumberOfOperationsIsBounded() {
        let many = Array(repeating: ["op": "replace", "path": "displayName", "value": "x"] as JSONValue, count: 1001)
        #expect { try SCIMPatch(["Operations": .array(many)], .user) } throws: { ($0 as? SCIMError)?.kind == .tooMany }
        #expect { try SCIMPatch([:], .user) } throws: { ($0 as? SCIMError)?.kind == .invalidSyntax }
    }
}
