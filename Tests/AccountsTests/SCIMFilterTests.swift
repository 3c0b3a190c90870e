import Core
import Testing

@testable import Accounts

/// The grammar of filters and paths.
struct SCIMFilterTests {
    private func path(_ name: String, _ part: String? = nil, _ schema: String? = nil) -> SCIMAttributePath {
        SCIMAttributePath(schema: schema, name: name, part: part)
    }

    @Test func comparisonsAreRead() throws {
        #expect(try SCIMFilter(parsing: #"userName eq "a@b.c""#) == .compare(path("userName"), .eq, "a@b.c"))
        #expect(
            try SCIMFilter(parsing: #"  name.familyName CO "x"  "#) == .compare(path("name", "familyName"), .co, "x")
        )
        #expect(try SCIMFilter(parsing: "active eq True") == .compare(path("active"), .eq, true))
        #expect(try SCIMFilter(parsing: "externalId ne null") == .compare(path("externalId"), .ne, .null))
        #expect(try SCIMFilter(parsing: "title pr") == .present(path("title")))
        #expect(try SCIMFilter(parsing: #"id eq "a\"b\\\u00e4""#) == .compare(path("id"), .eq, "a\"b\\ä"))
        let urn = "urn:ietf:params:scim:schemas:core:2.0:User"
        #expect(try SCIMFilter(parsing: "\(urn):name.givenName pr") == .present(path("name", "givenName", urn)))
    }

    @Test func andGoesBeforeOr() throws {
        let (a, b, c) = (SCIMFilter.present(path("a")), SCIMFilter.present(path("b")), SCIMFilter.present(path("c")))
        #expect(try SCIMFilter(parsing: "a pr or b pr and c pr") == .or(a, .and(b, c)))
        #expect(try SCIMFilter(parsing: "(a pr or b pr) and c pr") == .and(.or(a, b), c))
        #expect(try SCIMFilter(parsing: "not (a pr) AND NOT(b pr)") == .and(.not(a), .not(b)))
    }

    @Test func bracketsChooseAmongValues() throws {
        let inner = SCIMFilter.and(.compare(path("type"), .eq, "work"), .compare(path("value"), .co, "@x"))
        #expect(try SCIMFilter(parsing: #"emails[type eq "work" and value co "@x"]"#) == .some(path("emails"), inner))
        let target = try SCIMTarget(parsing: "emails[primary eq true].value")
        #expect(
            target
                == SCIMTarget(attribute: path("emails", "value"), filter: .compare(path("primary"), .eq, true))
        )
        #expect(
            try SCIMTarget(parsing: "name.familyName") == SCIMTarget(attribute: path("name", "familyName"), filter: nil)
        )
    }

    @Test(
        arguments: [
            "", "userName", "userName eq", #"userName eq "x"#, #"userName is "x""#, "userName eq x", #"eq "x""#,
            "(a pr", "a pr)",
            "a pr b pr", "a pr and", "not a pr or", #"emails[type eq "x""#, "emails[emails[a pr]]", "a.b.c pr", ". pr",
            "1 pr",
            #"userName eq {"a":1}"#, "a pr\u{0}", "a eq \"\\\"", "userName eq \"a\" or", "[a pr]",
        ]
    )
    func malformedFiltersAreRefused(_ text: String) {
        #expect(throws: SCIMError.self) { try SCIMFilter(parsing: text) }
    }

    @Test(arguments: [
        "", "emails[", "emails[a pr", "emails[a pr].", "emails[a pr]x", "name.familyName[a pr]", "a b",
        "emails[].value",
    ])
    func malformedPathsAreRefused(_ text: String) {
        #expect { try SCIMTarget(parsing: text) } throws: { ($0 as? SCIMError)?.kind == .invalidPath }
    }

    @Test func depthLengthAndCountAreBounded() throws {
        let nested = { (depth: Int) in
            String(repeating: "(", count: depth) + "a pr" + String(repeating: ")", count: depth)
        }
        #expect(try SCIMFilter(parsing: nested(10)) == .present(path("a")))
        for text in [
            nested(1000), String(repeating: "not (", count: 500) + "a pr" + String(repeating: ")", count: 500),
            "id eq \"" + String(repeating: "x", count: 20_000) + "\"",
            Array(repeating: "a pr", count: 1000).joined(separator: " or "),
        ] {
            #expect { try SCIMFilter(parsing: text) } throws: { ($0 as? SCIMError)?.kind == .invalidFilter }
        }
    }

    @Test func timesAreRead() {
        #expect(SCIMTime.text(0) == "1970-01-01T00:00:00Z")
        #expect(SCIMTime.seconds("1970-01-01T00:00:00Z") == 0)
        #expect(SCIMTime.seconds("2024-02-29T12:30:15.5+02:00") == 1_709_202_615.5)
        #expect(SCIMTime.seconds(SCIMTime.text(1_750_000_000)) == 1_750_000_000)
        for text in [
            "", "2024-02-29", "2024-13-01T00:00:00Z", "2024-01-01T00:00:00", "2024-01-01T00:00:00.Z",
            "2024-01-01T25:00:00Z",
        ] {
            #expect(SCIMTime.seconds(text) == nil)
        }
    }
}
