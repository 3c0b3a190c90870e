import Core
import HTTP
import Testing

@testable import Accounts

/// Filters, order and pages as the database answers them.
@Suite(.database) struct SCIMListTests {
    private func fill(_ scim: SCIMClient) throws {
        _ = try scim.user(
            "ann",
            [
                "externalId": "X1", "name": ["givenName": "Ann", "familyName": "Lee"], "displayName": "Ann Lee",
                "emails": [
                    ["value": "ann@example.com", "type": "work", "primary": true],
                    ["value": "a@home.example", "type": "home"],
                ],
            ]
        )
        _ = try scim.user("bob", ["userName": "upn-bob", "active": false, "displayName": "Bob %_"])
        let eve = try scim.user("eve", ["displayName": "eve"])
        _ = try scim.group("Staff", [.string(eve.id)])
        _ = try scim.group("guests")
    }

    @Test func filtersFindUsers() throws {
        try SCIMClient.run { (scim) throws in
            try fill(scim)
            let cases: [(String, Set<String>)] = [
                (#"userName eq "ANN@example.com""#, ["Ann Lee"]), (#"userName eq "upn-BOB""#, ["Bob %_"]),
                (#"userName eq "bob@example.com""#, []), (#"USERNAME SW "e""#, ["eve"]),
                (#"externalId eq "X1""#, ["Ann Lee"]), (#"externalId eq "x1""#, []), ("externalId pr", ["Ann Lee"]),
                ("externalId eq null", ["Bob %_", "eve"]), (#"displayName co "%""#, ["Bob %_"]),
                (#"displayName ew "EE""#, ["Ann Lee"]),
                (#"displayName eq "a' or 1=1 --""#, []), (#"displayName ne "eve""#, ["Ann Lee", "Bob %_"]),
                ("active eq false", ["Bob %_"]), (#"active ne "false""#, ["Ann Lee", "eve"]),
                (#"name.familyName eq "lee""#, ["Ann Lee"]), (#"name.givenName eq "Bob""#, ["Bob %_"]),
                (#"emails.value eq "a@home.example""#, ["Ann Lee"]),
                (#"emails co "example.com""#, ["Ann Lee", "Bob %_", "eve"]),
                (#"emails[type eq "home" and value sw "a@"]"#, ["Ann Lee"]),
                (#"emails[type eq "home" and primary eq true]"#, []),
                (#"groups.display eq "staff""#, ["eve"]), ("groups pr", ["eve"]),
                ("not (groups pr) and active eq true", ["Ann Lee"]),
                (#"not (externalId eq "X1")"#, ["Bob %_", "eve"]),
                (#"meta.created gt "2020-01-01T00:00:00Z""#, ["Ann Lee", "Bob %_", "eve"]),
                (#"meta.lastModified lt "2020-01-01T00:00:00Z""#, []),
                (#"meta.resourceType eq "User" and userName ge "u""#, ["Bob %_"]),
                (#"urn:ietf:params:scim:schemas:core:2.0:User:userName eq "upn-bob""#, ["Bob %_"]),
            ]
            for (filter, names) in cases {
                #expect(Set(try scim.found("/Users", filter)) == names, "\(filter)")
            }
        }
    }

    @Test func filtersFindGroups() throws {
        try SCIMClient.run { (scim) throws in
            try fill(scim)
            #expect(try scim.found("/Groups", #"displayName eq "STAFF""#) == ["Staff"])
            #expect(try scim.found("/Groups", "members pr") == ["Staff"])
            #expect(try scim.found("/Groups", #"members.display eq "eve""#) == ["Staff"])
            #expect(try scim.found("/Groups", "not (members pr)") == ["guests"])
        }
    }

    @Test(arguments: [
        "userName", #"colour eq "x""#, #"active gt true"#, #"active eq "perhaps""#, "userName eq 7",
        #"meta.created co "2020""#,
        #"meta.created gt "soon""#, #"name eq "x""#, #"userName[value eq "x"]"#, #"emails[colour eq "x"]"#,
        "userName gt null",
        #"password eq "x""#, #"urn:other:User:userName eq "x""#,
    ])
    func filtersThatMeanNothingAreRefused(_ filter: String) throws {
        try SCIMClient.run { (scim) throws in
            let answer = try scim.call(.get, "/Users?filter=\(PercentEncoding.encode(filter))")
            #expect(answer.status == 400 && answer.json["scimType"] == "invalidFilter", "\(filter)")
        }
    }

    @Test func resultsComeInOrderAndPages() throws {
        try SCIMClient.run { (scim) throws in
            try fill(scim)
            #expect(try scim.found("/Users", "id pr", "&sortBy=displayName") == ["Ann Lee", "Bob %_", "eve"])
            #expect(
                try scim.found("/Users", "id pr", "&sortBy=userName&sortOrder=descending") == [
                    "Bob %_", "eve", "Ann Lee",
                ]
            )
            #expect(try scim.found("/Users", "id pr", "&sortBy=displayName&startIndex=2&count=1") == ["Bob %_"])
            func page(_ query: String) throws -> [Int?] {
                let json = try scim.call(.get, "/Users?\(query)").json
                return ["totalResults", "itemsPerPage", "startIndex"].map { json[$0]?.int }
            }
            #expect(try page("count=0") == [3, 0, 1])
            #expect(try page("count=-5&startIndex=-5") == [3, 0, 1])
            #expect(try page("startIndex=99") == [3, 0, 99])
            #expect(try page("count=100000") == [3, 3, 1])
            #expect(try scim.call(.get, "/Users?count=many").status == 400)
            #expect(try scim.call(.get, "/Users?sortBy=colour").status == 400)
        }
    }

    @Test func searchesGoThroughEverything() throws {
        try SCIMClient.run { (scim) throws in
            try fill(scim)
            func names(_ path: String, _ body: JSONValue) throws -> [String] {
                let answer = try scim.call(.post, path, body)
                try #require(answer.status == 200, "\(answer.json.text)")
                return (answer.json["Resources"]?.array ?? []).compactMap { $0["displayName"]?.string }
            }
            #expect(
                try names("/.search", ["sortBy": "displayName"]) == ["Ann Lee", "Bob %_", "eve", "guests", "Staff"]
            )
            #expect(
                try names("/.search", ["filter": #"userName pr"#, "sortBy": "userName"]) == [
                    "Ann Lee", "eve", "Bob %_",
                ]
            )
            #expect(
                try names("/.search", ["filter": #"meta.resourceType eq "Group""#, "sortBy": "displayName"]) == [
                    "guests", "Staff",
                ]
            )
            #expect(try names("/Users/.search", ["filter": #"displayName eq "staff""#]) == [])
            #expect(
                try names("/Groups/.search", ["filter": #"displayName eq "staff""#, "attributes": ["displayName"]]) == [
                    "Staff"
                ]
            )
            #expect(try scim.call(.post, "/.search", ["count": "many"]).status == 400)
        }
    }
}
