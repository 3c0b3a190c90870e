import Accounts
import Core
import HTTP
import Testing

@Suite(.database) struct AdministrationConfigDocumentTests {
    private static let path = "/api/v1/configs"

    @Test func onlyWhatWasSavedIsExported() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            #expect(try server.call(.get, Self.path + "/export", as: boss).json == [:])
            let form: JSONValue = ["ENABLE_DIRECT_CONNECTIONS": true, "ENABLE_BASE_MODELS_CACHE": false]
            _ = try server.call(.post, Self.path + "/connections", form, as: boss)
            #expect(
                try server.call(.get, Self.path + "/export", as: boss).json
                    == ["direct": ["enable": true], "models": ["base_models_cache": false]]
            )
        }
    }

    @Test func anImportReplacesAllThatWasSaved() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            let form: JSONValue = ["ENABLE_DIRECT_CONNECTIONS": true, "ENABLE_BASE_MODELS_CACHE": true]
            _ = try server.call(.post, Self.path + "/connections", form, as: boss)
            let document: JSONValue = [
                "version": 0, "ui": ["default_models": "m", "enable_signup": .null, "later": ["deep": ["x": [1]]]],
                "models": ["base_models_cache": false],
                "user": ["permissions": ["workspace": ["models": true]]],
            ]
            let answer = try server.call(.post, Self.path + "/import", ["config": document], as: boss)
            #expect(answer.status == 200)
            let saved: JSONValue = [
                "models": ["base_models_cache": false], "ui": ["default_models": "m", "later": ["deep": ["x": [1]]]],
                "user": ["permissions": ["workspace": ["models": true]]], "version": 0,
            ]
            #expect(answer.json == saved)
            #expect(try server.call(.get, Self.path + "/export", as: boss).json == saved)
            #expect(
                try server.call(.get, Self.path + "/connections", as: boss).json
                    == ["ENABLE_DIRECT_CONNECTIONS": false, "ENABLE_BASE_MODELS_CACHE": false]
            )
            let config = try server.call(.get, "/api/config", as: boss).json
            #expect(config["default_models"] == "m")
            #expect(config["features"]?["enable_signup"] == true)
            #expect(config["permissions"] == ["workspace": ["models": true]])
            #expect(try server.call(.post, Self.path + "/import", ["config": saved], as: boss).json == saved)
        }
    }

    @Test func aValueOfAnotherKindIsRefusedWithTheWholeFile() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            let form: JSONValue = ["ENABLE_DIRECT_CONNECTIONS": true, "ENABLE_BASE_MODELS_CACHE": true]
            _ = try server.call(.post, Self.path + "/connections", form, as: boss)
            let document: JSONValue = [
                "direct": ["enable": [1]], "ldap": ["server": ["port": "many", "app_password": ["hunter2"]]],
                "ui": ["default_models": "m"],
            ]
            let answer = try server.call(.post, Self.path + "/import", ["config": document], as: boss)
            #expect(answer.status == 400)
            for name in ["ENABLE_DIRECT_CONNECTIONS", "LDAP_SERVER_PORT", "LDAP_APP_PASSWORD"] {
                #expect(answer.detail?.contains(name) == true, "\(name)")
            }
            #expect(!answer.text.contains("hunter2"))
            for bad: JSONValue in [[:], ["config": "text"], ["config": []], []] {
                #expect(try server.call(.post, Self.path + "/import", bad, as: boss).status == 422)
            }
            #expect(try server.call(.get, Self.path + "/connections", as: boss).json == form)
            #expect(try server.call(.get, "/api/config", as: boss).json["default_models"] == .null)
        }
    }

    @Test func tooManyEntriesAreNoConfiguration() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            let many = JSONObject(uniqueKeysWithValues: (0...5000).map { ("k\($0)", .string("x")) })
            #expect(try server.call(.post, Self.path + "/import", ["config": .object(many)], as: boss).status == 413)
        }
    }
}
