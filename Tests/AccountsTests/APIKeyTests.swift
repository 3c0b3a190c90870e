import Accounts
import Core
import HTTP
import Postgres
import Testing

@Suite(.database) struct APIKeyTests {
    private static let path = "/api/v1/auths/api_key"

    @Test func aKeyStandsForItsAccountUntilItIsReplacedOrDeleted() throws {
        try TestServer.run { (server) throws in
            #expect(try server.call(.post, Self.path).status == 401)
            let person = try server.account("ann")
            let none = try server.call(.get, Self.path, token: person.token)
            #expect(none.status == 404)
            #expect(none.detail?.contains("The API key is missing") == true)
            let key = try #require(try server.call(.post, Self.path, token: person.token).json["api_key"]?.string)
            #expect(key.hasPrefix("sk-") && key.count == 35)
            #expect(try server.call(.get, Self.path, token: person.token).json["api_key"] == .string(key))
            let session = try server.call(.get, "/api/v1/auths/", token: key)
            #expect(session.json["token"] == .string(key))
            #expect(session.headers("set-cookie").isEmpty)
            let next = try server.call(.post, Self.path, token: person.token).json["api_key"]?.string
            #expect(try server.call(.get, "/api/v1/auths/", token: key).status == 401)
            #expect(try server.call(.get, "/api/v1/auths/", token: next).status == 200)
            #expect(try server.call(.delete, Self.path, token: person.token).json == true)
            #expect(try server.call(.get, "/api/v1/auths/", token: next).status == 401)
        }
    }

    @Test func theKeyLiesSealed() throws {
        try TestServer.run { (server) throws in
            let person = try server.account("ann")
            let key = try server.call(.post, Self.path, token: person.token).json["api_key"]?.string ?? ""
            let row = try server.connect().query("select sealed, digest from api_key")[0]
            #expect(!String(decoding: try row.bytes(0), as: UTF8.self).contains(key))
            #expect(try row.bytes(1).count == 32)
        }
    }

    @Test func keysMayBeOffOrRestricted() throws {
        try TestServer.run(["ENABLE_API_KEY": "false"]) { (server) throws in
            let person = try server.account("ann")
            let answer = try server.call(.post, Self.path, token: person.token)
            #expect(answer.status == 403)
            #expect(answer.detail == "API key creation is not allowed in the environment.")
        }
        let restricted = [
            "ENABLE_API_KEY_ENDPOINT_RESTRICTIONS": "true", "API_KEY_ALLOWED_ENDPOINTS": "/api/v1/f, /api/v1/groups",
        ]
        try TestServer.run(restricted) { (server) throws in
            let person = try server.account("ann")
            let key = try server.call(.post, Self.path, token: person.token).json["api_key"]?.string
            #expect(try server.call(.get, "/api/v1/groups/", token: key).status == 200)
            let refused = try server.call(.get, "/api/v1/users/search", token: key)
            #expect(refused.status == 403)
            #expect(refused.detail == Detail.apiKeyNotAllowed)
        }
    }

    @Test func aPendingAccountsKeyIsNoWayIn() throws {
        try TestServer.run { (server) throws in
            let person = try server.account("ann", role: .pending)
            let key = try server.call(.post, Self.path, token: person.token).json["api_key"]?.string
            #expect(try server.call(.get, "/api/v1/groups/", token: key).status == 401)
        }
    }
}
