import Core
import HTTP
import Testing

@testable import Accounts

/// Who may ask, what the service says about itself, and how it refuses.
@Suite(.database) struct SCIMServiceTests {
    private static let paths: [(HTTP.Method, String)] = [
        (.get, "/Users"), (.post, "/Users"), (.get, "/Users/x"), (.put, "/Users/x"), (.patch, "/Users/x"),
        (.delete, "/Users/x"),
        (.get, "/Groups"), (.post, "/Groups"), (.get, "/Groups/x"), (.put, "/Groups/x"), (.patch, "/Groups/x"),
        (.delete, "/Groups/x"),
        (.post, "/.search"), (.post, "/Users/.search"), (.post, "/Groups/.search"), (.post, "/Bulk"), (.get, "/Me"),
    ]

    @Test func nothingIsThereWhileItIsOff() throws {
        try TestServer.run(["SCIM_TOKEN": SCIMClient.token]) { (server) throws in
            for (method, path) in Self.paths + [
                (.get, "/ServiceProviderConfig"), (.get, "/Schemas"), (.get, "/nothing"),
            ] {
                let answer = try server.call(method, SCIMClient.root + path, [:], token: SCIMClient.token)
                #expect(answer.status == 404, "\(path)")
            }
        }
    }

    @Test func onlyTheTokenOpens() throws {
        try SCIMClient.run { (scim) throws in
            let admin = try scim.server.account("boss", role: .admin)
            let cases: [(String?, String)] = [
                (nil, "Authorization header required"), ("Basic \(SCIMClient.token)", "Invalid authentication scheme"),
                (SCIMClient.token, "Invalid authorization format. Expected: Bearer <token>"),
                ("Bearer", "Invalid authorization format. Expected: Bearer <token>"),
                ("Bearer \(admin.token)", "Invalid SCIM token"), ("Bearer \(SCIMClient.token)x", "Invalid SCIM token"),
            ]
            for (header, detail) in cases {
                for (method, path) in Self.paths {
                    let answer = try scim.server.call(
                        method,
                        SCIMClient.root + path,
                        [:],
                        headers: header.map { [("Authorization", $0)] } ?? []
                    )
                    #expect(answer.status == 401 && answer.detail == detail, "\(path)")
                    #expect(answer.headers("www-authenticate") == ["Bearer"])
                }
            }
            let answer = try scim.server.call(
                .get,
                SCIMClient.root + "/Users",
                headers: [("Authorization", "bearer  \(SCIMClient.token)")]
            )
            #expect(answer.status == 200)
        }
    }

    @Test func withoutATokenNobodyEnters() throws {
        try TestServer.run(["SCIM_ENABLED": "true"]) { (server) throws in
            #expect(
                try server.call(.get, SCIMClient.root + "/Users", headers: [("Authorization", "Bearer x")]).detail
                    == "Invalid SCIM token"
            )
            #expect(try server.call(.get, SCIMClient.root + "/Users", token: "").status == 401)
        }
    }

    @Test func theServiceDescribesItself() throws {
        try SCIMClient.run { (scim) throws in
            let server = scim.server
            let config = try server.call(.get, SCIMClient.root + "/ServiceProviderConfig").json
            #expect(
                config["patch"]?["supported"] == true && config["etag"]?["supported"] == true
                    && config["bulk"]?["supported"] == false
            )
            let types = try server.call(.get, SCIMClient.root + "/ResourceTypes").json
            #expect(
                types["totalResults"] == 2
                    && types["Resources"]?.array?.map { $0["endpoint"] } == ["/Users", "/Groups"]
            )
            for id in (types["Resources"]?.array ?? []).compactMap({ $0["schema"]?.string }) {
                #expect(try server.call(.get, SCIMClient.root + "/Schemas/\(id)").json["id"] == .string(id))
            }
            #expect(try server.call(.get, SCIMClient.root + "/ResourceTypes/user").json["name"] == "User")
            for path in ["/ResourceTypes/x", "/Schemas/x", "/x", "/Users/a/b"] {
                let answer = try server.call(.get, SCIMClient.root + path)
                #expect(answer.status == 404 && answer.json["status"] == "404", "\(path)")
            }
        }
    }

    @Test func methodsThatAreNotServedAreNamed() throws {
        try SCIMClient.run { (scim) throws in
            for method in [HTTP.Method.post, .put, .patch, .delete] {
                let answer = try scim.call(method, "/Schemas", [:])
                #expect(answer.status == 405 && answer.json["status"] == "405")
                #expect(answer.headers("allow") == ["GET"])
            }
            #expect(try scim.call(.delete, "/Users").headers("allow") == ["GET, POST"])
            #expect(try scim.call(.post, "/Bulk", [:]).status == 501)
            #expect(try scim.call(.get, "/Me").status == 501)
        }
    }

    @Test func clientsThatAskForPlainJSONGetIt() throws {
        try SCIMClient.run { (scim) throws in
            func type(_ accept: String) throws -> [String] {
                try scim.call(.get, "/Users", headers: [("Accept", accept)]).headers("content-type")
            }
            #expect(try type("application/json") == ["application/json"])
            #expect(try type("application/scim+json, application/json") == ["application/scim+json"])
            #expect(try type("*/*") == ["application/scim+json"])
        }
    }

    @Test func aHostThatIsNoneIsInNoAddress() throws {
        try SCIMClient.run { (scim) throws in
            let config = try scim.call(.get, "/ServiceProviderConfig", headers: [("Host", "evil\"><x")]).json
            #expect(config["meta"]?["location"] == "http://localhost/api/v1/scim/v2/ServiceProviderConfig")
        }
    }
}
