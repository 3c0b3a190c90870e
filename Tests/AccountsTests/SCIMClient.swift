import Accounts
import Core
import HTTP
import Testing

/// An identity provider in front of a test server.
struct SCIMClient {
    static let token = "scim-test-token"
    static let environment = ["SCIM_ENABLED": "true", "SCIM_TOKEN": token]
    static let root = "/api/v1/scim/v2"

    let server: TestServer

    static func run(_ body: (SCIMClient) throws -> Void) throws {
        try TestServer.run(environment) { try body(SCIMClient(server: $0)) }
    }

    func call(
        _ method: HTTP.Method,
        _ path: String,
        _ body: JSONValue? = nil,
        headers: [(String, String)] = []
    ) throws -> Answer {
        try server.call(method, Self.root + path, body, token: Self.token, headers: headers)
    }

    /// The answer of a patch by operations.
    func patch(_ path: String, _ operations: JSONValue...) throws -> Answer {
        try call(.patch, path, ["Operations": .array(operations)])
    }

    func user(_ name: String, _ more: JSONObject = [:]) throws -> JSONValue {
        let document: JSONObject = [
            "userName": .string("\(name)@example.com"), "displayName": .string(name),
            "emails": [["value": .string("\(name)@example.com"), "primary": true]],
        ]
        let answer = try call(.post, "/Users", .object(document.merging(more) { $1 }))
        #expect(answer.status == 201, "\(answer.json.text)")
        return answer.json
    }

    func group(_ name: String, _ members: [JSONValue] = []) throws -> JSONValue {
        let answer = try call(
            .post,
            "/Groups",
            ["displayName": .string(name), "members": .array(members.map { ["value": $0] })]
        )
        #expect(answer.status == 201, "\(answer.json.text)")
        return answer.json
    }

    /// The names that a search finds: of accounts and groups alike.
    func found(_ path: String, _ filter: String, _ more: String = "") throws -> [String] {
        let answer = try call(.get, "\(path)?filter=\(PercentEncoding.encode(filter))\(more)")
        try #require(answer.status == 200, "\(filter): \(answer.json.text)")
        return (answer.json["Resources"]?.array ?? []).compactMap { $0["displayName"]?.string }
    }
}

extension JSONValue {
    var id: String { self["id"]?.string ?? "" }
}
