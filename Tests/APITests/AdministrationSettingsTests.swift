import Accounts
import Administration
import Core
import HTTP
import Logging
import Synchronization
import Testing

@Suite(.database) struct AdministrationSettingsTests {
    private static let path = "/api/v1/configs"

    @Test func settingsAreForAdmins() throws {
        try WorkspaceServer.run { (server) throws in
            let (pending, user) = (try server.person("pat", .pending), try server.person("ann"))
            let routes: [(HTTP.Method, String)] = [
                (.get, "/connections"), (.post, "/connections"), (.get, "/tool_servers"), (.post, "/tool_servers"),
                (.post, "/tool_servers/verify"), (.post, "/oauth/clients/register"), (.get, "/code_execution"),
                (.post, "/code_execution"),
                (.get, "/models"), (.post, "/models"), (.post, "/suggestions"), (.post, "/banners"), (.get, "/export"),
                (.post, "/import"),
            ]
            let others: [(HTTP.Method, String)] = [
                (.get, "/api/webhook"), (.post, "/api/webhook"), (.get, "/api/v1/evaluations/config"),
                (.post, "/api/v1/evaluations/config"),
            ]
            try server.expectRefusals(routes.map { ($0, Self.path + $1) } + others, as: [pending, user])
            try server.expectRefusals([(.get, Self.path + "/banners")], as: [pending])
        }
    }

    @Test func connectionsAreSwitched() throws {
        try WorkspaceServer.run { (server) throws in
            let (boss, user) = (try server.person("boss", .admin), try server.person("ann"))
            let on: JSONValue = ["ENABLE_DIRECT_CONNECTIONS": true, "ENABLE_BASE_MODELS_CACHE": false]
            #expect(try server.call(.post, Self.path + "/connections", on, as: boss).json == on)
            #expect(try server.call(.get, Self.path + "/connections", as: boss).json == on)
            #expect(
                try server.call(.get, "/api/config", as: user).json["features"]?["enable_direct_connections"] == true
            )
            let half = try server.call(
                .post,
                Self.path + "/connections",
                ["ENABLE_DIRECT_CONNECTIONS": false],
                as: boss
            )
            #expect(half.status == 422)
            #expect(half.json["detail"]?[0]?["loc"] == ["body", "ENABLE_BASE_MODELS_CACHE"])
            #expect(try server.call(.get, Self.path + "/connections", as: boss).json == on)
        }
    }

    @Test func codeExecutionIsSet() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            let before = try server.call(.get, Self.path + "/code_execution", as: boss).json
            #expect(before.object?.count == 15)
            #expect(before["CODE_EXECUTION_ENGINE"] == "pyodide")
            var form = before
            form["ENABLE_CODE_EXECUTION"] = false
            form["CODE_EXECUTION_ENGINE"] = "jupyter"
            form["CODE_EXECUTION_JUPYTER_AUTH_TOKEN"] = "jt"
            form["CODE_EXECUTION_JUPYTER_TIMEOUT"] = 7
            form["CODE_INTERPRETER_JUPYTER_URL"] = .null
            let after = try server.call(.post, Self.path + "/code_execution", form, as: boss).json
            form["CODE_INTERPRETER_JUPYTER_URL"] = ""
            #expect(after == form)
            #expect(try server.call(.get, Self.path + "/code_execution", as: boss).json == form)
            let config = try server.call(.get, "/api/config", as: try server.person("ann"))
            #expect(config.json["code"] == ["engine": "jupyter"])
            #expect(!config.text.contains("jt\""))
            form["CODE_EXECUTION_JUPYTER_AUTH_TOKEN"] = 7
            let wrong = try server.call(.post, Self.path + "/code_execution", form, as: boss)
            #expect(wrong.status == 422)
            #expect(try server.call(.post, Self.path + "/code_execution", before, as: boss).json == before)
        }
    }

    @Test func defaultModelsAndTheirOrderAreSet() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            let form: JSONValue = ["DEFAULT_MODELS": "a,b", "MODEL_ORDER_LIST": ["b", "a"]]
            #expect(try server.call(.post, Self.path + "/models", form, as: boss).json == form)
            #expect(try server.call(.get, Self.path + "/models", as: boss).json == form)
            #expect(try server.call(.get, "/api/config", as: boss).json["default_models"] == "a,b")
            let none: JSONValue = ["DEFAULT_MODELS": .null, "MODEL_ORDER_LIST": []]
            #expect(try server.call(.post, Self.path + "/models", none, as: boss).json == none)
            for bad: JSONValue in [["DEFAULT_MODELS": "a"], ["DEFAULT_MODELS": "a", "MODEL_ORDER_LIST": [7]], [:], []] {
                #expect(try server.call(.post, Self.path + "/models", bad, as: boss).status == 422, "\(bad.text)")
            }
        }
    }

    @Test func suggestionsAndBannersAreSet() throws {
        try WorkspaceServer.run { (server) throws in
            let (boss, user) = (try server.person("boss", .admin), try server.person("ann"))
            let suggestions: JSONValue = [["title": ["One", "two"], "content": "Three"]]
            let given: JSONValue = ["suggestions": [["title": ["One", "two"], "content": "Three", "extra": 1]]]
            #expect(try server.call(.post, Self.path + "/suggestions", given, as: boss).json == suggestions)
            #expect(try server.call(.get, "/api/config", as: user).json["default_prompt_suggestions"] == suggestions)
            let banner: JSONValue = ["id": "b", "type": "info", "content": "Hi", "dismissible": true, "timestamp": 5]
            var kept = banner
            kept["title"] = .null
            #expect(
                try server.call(.post, Self.path + "/banners", ["banners": [banner]], as: boss).json.inKeyOrder == [
                    kept.inKeyOrder
                ]
            )
            #expect(try server.call(.get, Self.path + "/banners", as: user).json.inKeyOrder == [kept.inKeyOrder])
            for (path, bad) in [
                ("/suggestions", ["suggestions": [["title": "One", "content": "x"]]]),
                ("/suggestions", ["suggestions": ["x"]]),
                ("/suggestions", [:]), ("/banners", ["banners": [["id": "b"]]]), ("/banners", ["banners": [:]]),
            ] as [(String, JSONValue)] {
                #expect(try server.call(.post, Self.path + path, bad, as: boss).status == 422, "\(bad.text)")
            }
            #expect(try server.call(.get, Self.path + "/banners", as: user).json.inKeyOrder == [kept.inKeyOrder])
            #expect(try server.call(.post, Self.path + "/banners", ["banners": []], as: boss).json == [])
        }
    }

    @Test func theArenaIsSetInParts() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            let path = "/api/v1/evaluations/config"
            #expect(
                try server.call(.get, path, as: boss).json == [
                    "ENABLE_EVALUATION_ARENA_MODELS": true, "EVALUATION_ARENA_MODELS": [],
                ]
            )
            let arena: JSONValue = ["id": "a", "name": "Duel", "meta": ["model_ids": ["m"]]]
            let set = try server.call(.post, path, ["EVALUATION_ARENA_MODELS": [arena]], as: boss).json
            #expect(
                set.inKeyOrder == [
                    "ENABLE_EVALUATION_ARENA_MODELS": true, "EVALUATION_ARENA_MODELS": [arena.inKeyOrder],
                ]
            )
            let off = try server.call(
                .post,
                path,
                ["ENABLE_EVALUATION_ARENA_MODELS": false, "EVALUATION_ARENA_MODELS": .null],
                as: boss
            ).json
            #expect(
                off.inKeyOrder == [
                    "ENABLE_EVALUATION_ARENA_MODELS": false, "EVALUATION_ARENA_MODELS": [arena.inKeyOrder],
                ]
            )
            #expect(try server.call(.post, path, ["EVALUATION_ARENA_MODELS": ["m"]], as: boss).status == 422)
        }
    }

    @Test func theWebhookIsSet() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            #expect(try server.call(.get, "/api/webhook", as: boss).json == ["url": ""])
            let url: JSONValue = ["url": "https://hooks.example/x"]
            #expect(try server.call(.post, "/api/webhook", url, as: boss).json == url)
            #expect(try server.call(.get, "/api/webhook", as: boss).json == url)
            #expect(try server.call(.post, "/api/webhook", ["url": "file:///etc/passwd"], as: boss).status == 400)
            #expect(try server.call(.post, "/api/webhook", [:], as: boss).status == 422)
            #expect(try server.call(.get, "/api/webhook", as: boss).json == url)
            #expect(try server.call(.post, "/api/webhook", ["url": ""], as: boss).json == ["url": ""])
        }
    }

    @Test func toolServersAreNotBuilt() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            let none: JSONValue = ["TOOL_SERVER_CONNECTIONS": []]
            #expect(try server.call(.get, Self.path + "/tool_servers", as: boss).json == none)
            #expect(try server.call(.post, Self.path + "/tool_servers", none, as: boss).json == none)
            let one: JSONValue = ["TOOL_SERVER_CONNECTIONS": [["url": "http://x", "path": "openapi.json"]]]
            for path in ["/tool_servers", "/tool_servers/verify", "/oauth/clients/register"] {
                let answer = try server.call(.post, Self.path + path, one, as: boss)
                #expect(answer.status == 501)
                #expect(answer.detail == "This server can not use tool servers yet")
            }
            #expect(try server.call(.get, Self.path + "/tool_servers", as: boss).json == none)
        }
    }

    @Test func theEnvironmentOverridesASaveAndTheLogSaysSo() throws {
        let lines = Lines()
        var log = Logger(label: "test") { _ in lines }
        log.logLevel = .warning
        let environment = ["CODE_EXECUTION_JUPYTER_AUTH_TOKEN": "from-env", "CODE_EXECUTION_ENGINE": "jupyter"]
        try WorkspaceServer.run(environment, log: log) { (server) throws in
            let boss = try server.person("boss", .admin)
            var form = try server.call(.get, Self.path + "/code_execution", as: boss).json
            #expect(try server.call(.post, Self.path + "/code_execution", form, as: boss).json == form)
            #expect(lines.all.isEmpty)
            form["CODE_EXECUTION_JUPYTER_AUTH_TOKEN"] = "from-form"
            form["CODE_EXECUTION_JUPYTER_TIMEOUT"] = 9
            let answer = try server.call(.post, Self.path + "/code_execution", form, as: boss).json
            #expect(answer["CODE_EXECUTION_JUPYTER_AUTH_TOKEN"] == "from-env")
            #expect(answer["CODE_EXECUTION_JUPYTER_TIMEOUT"] == 9)
            #expect(lines.all.count == 1)
            #expect(lines.all[0].contains("CODE_EXECUTION_JUPYTER_AUTH_TOKEN"))
            #expect(!lines.all[0].contains("from-"))
            let names = try server.database.query("select name from setting").map { try $0.text(0) }
            #expect(!names.contains("CODE_EXECUTION_JUPYTER_AUTH_TOKEN"))
            #expect(!names.contains("CODE_EXECUTION_ENGINE"))
            _ = try server.call(
                .post,
                Self.path + "/import",
                ["config": ["code_execution": ["engine": "pyodide"]]],
                as: boss
            )
            #expect(lines.all.count == 2)
            #expect(lines.all[1].contains("CODE_EXECUTION_ENGINE"))
            #expect(
                try server.call(.get, Self.path + "/code_execution", as: boss).json["CODE_EXECUTION_ENGINE"]
                    == "jupyter"
            )
        }
    }

    /// What is logged, message and metadata.
    private final class Lines: LogHandler {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }

        var metadata: Logger.Metadata {
            get { [:] }
            set { _ = newValue }
        }
        var logLevel: Logger.Level {
            get { .warning }
            set { _ = newValue }
        }
        subscript(metadataKey _: String) -> Logger.MetadataValue? {
            get { nil }
            set { _ = newValue }
        }

        func log(event: LogEvent) {
            lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
        }
    }
}
