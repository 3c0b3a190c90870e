import Testing

@testable import Core

@Suite struct SettingsDerivedTests {
    private func settings(_ environment: [String: String] = [:], _ database: [String: JSONValue] = [:]) throws
        -> Settings
    {
        try Settings(source: .init(environment: environment), database: database)
    }

    @Test func connectionsAreAlignedWithTheirKeys() throws {
        let settings = try settings(
            ["OPENAI_API_BASE_URLS": "https://a/v1/; ;https://c/v1", "OPENAI_API_KEYS": "one;two;three;four"],
            [
                "openai.api_configs": [
                    "0": ["prefix_id": "a"], "https://c/v1": ["enable": false],
                    "https://a/v1": ["prefix_id": "by address"],
                ]
            ]
        )
        #expect(
            settings.openAIConnections == [
                ConfiguredConnection(index: 0, url: "https://a/v1", key: "one", config: ["prefix_id": "a"]),
                ConfiguredConnection(index: 1, url: "https://api.openai.com/v1", key: "two", config: [:]),
                ConfiguredConnection(index: 2, url: "https://c/v1", key: "three", config: ["enable": false]),
            ]
        )
        #expect(settings.openAIConnections.map(\.isEnabled) == [true, true, false])
    }

    @Test func missingKeysAreEmpty() throws {
        let settings = try settings(
            ["OPENAI_API_BASE_URLS": "https://a;https://b", "OPENAI_API_KEY": "one"],
            ["openai.api_configs": ["1": "nonsense"]]
        )
        #expect(settings.openAIConnections.map(\.key) == ["one", ""])
        #expect(settings.openAIConnections[1].config == [:])
    }

    @Test func singleVariablesAreFallbacks() throws {
        #expect(Settings().openAIConnections.map(\.url) == ["https://api.openai.com/v1"])
        #expect(try settings(["OPENAI_API_BASE_URL": "https://x/v1/"]).openAIConnections.map(\.url) == ["https://x/v1"])
        #expect(Settings().ollamaConnections.map(\.url) == ["http://localhost:11434"])
        #expect(try settings(["OLLAMA_API_BASE_URL": "http://o:1/api"]).ollamaConnections.map(\.url) == ["http://o:1"])
        let both = ["OLLAMA_API_BASE_URL": "http://o:1/api", "OLLAMA_BASE_URL": "http://p:2/"]
        #expect(try settings(both).ollamaConnections.map(\.url) == ["http://p:2"])
    }

    @Test func ollamaKeysAreInTheConfiguration() throws {
        let settings = try settings(
            ["OLLAMA_BASE_URLS": "http://a;http://b"],
            ["ollama.api_configs": ["1": ["key": "k"]], "ollama.base_urls": ["http://c"]]
        )
        #expect(settings.ollamaConnections.map(\.url) == ["http://a", "http://b"])
        #expect(settings.ollamaConnections.map(\.key) == ["", "k"])
    }

    @Test func speechAndEmbeddingsShareTheKeyOfOpenAI() throws {
        let settings = try settings(
            [
                "OPENAI_API_BASE_URLS": "https://x;https://api.openai.com/v1", "OPENAI_API_KEYS": "a;b",
                "AUDIO_TTS_OPENAI_API_KEY": "own",
            ])
        #expect(settings[Setting.ragOpenAIAPIKey] == "b")
        #expect(settings[Setting.imagesOpenAIAPIKey] == "b")
        #expect(settings[Setting.audioSTTOpenAIAPIKey] == "b")
        #expect(settings[Setting.audioTTSOpenAIAPIKey] == "own")
        let moved = settings.merging(database: ["rag.openai_api_key": ""])
        #expect(moved[Setting.ragOpenAIAPIKey] == "")
        #expect(
            try self.settings(["OPENAI_API_BASE_URL": "https://x", "OPENAI_API_KEY": "a"])[Setting.ragOpenAIAPIKey]
                == ""
        )
    }

    @Test func namesAreMarked() throws {
        #expect(Settings()[Setting.webUIName] == "Open WebUI")
        #expect(try settings(["WEBUI_NAME": "School"])[Setting.webUIName] == "School (Open WebUI)")
        #expect(try settings(["WEBUI_NAME": "Open WebUI"])[Setting.webUIName] == "Open WebUI")
    }

    @Test func switchesThatTurnOthersOff() throws {
        #expect(
            try !settings(["WEBUI_AUTH": "false", "ENABLE_SIGNUP": "true"], ["ui.enable_signup": true])[
                Setting.enableSignup
            ]
        )
        #expect(try !settings(["OFFLINE_MODE": "true"])[Setting.enableVersionUpdateCheck])
    }

    @Test func permissionsFollowTheirVariables() throws {
        let settings = try settings([
            "USER_PERMISSIONS_CHAT_DELETE": "false", "USER_PERMISSIONS_WORKSPACE_TOOLS_ACCESS": "True",
        ])
        #expect(settings.defaultPermissions["chat"]?["delete"] == false)
        #expect(settings.defaultPermissions["workspace"]?["tools"] == true)
        #expect(settings.defaultPermissions["sharing"]?.object?.count == 5)
        #expect(settings[Setting.userPermissions] == settings.defaultPermissions)
        let saved = settings.merging(database: ["user.permissions": ["chat": ["delete": true]]])
        #expect(saved[Setting.userPermissions] == ["chat": ["delete": true]])
        #expect(saved.defaultPermissions == settings.defaultPermissions)
    }

    @Test func databaseAddresses() throws {
        #expect(
            try settings(["DATABASE_URL": "postgresql+psycopg2://u:p+q@h/d"])[Setting.databaseURL]
                == "postgresql://u:p+q@h/d"
        )
        #expect(try settings(["DATABASE_URL": "postgres://h/d"])[Setting.databaseURL] == "postgres://h/d")
        let parts = [
            "DATABASE_TYPE": "postgresql", "DATABASE_USER": "u", "DATABASE_PASSWORD": "p", "DATABASE_HOST": "h",
            "DATABASE_PORT": "5",
            "DATABASE_NAME": "n", "DATABASE_URL": "postgres://other",
        ]
        #expect(try settings(parts)[Setting.databaseURL] == "postgresql://u:p@h:5/n")
        #expect(try settings(parts.filter { $0.key != "DATABASE_PORT" })[Setting.databaseURL] == "postgres://other")
    }

    @Test(arguments: [
        ("-1", TokenLifetime.endless), ("0", .endless), ("4w", .seconds(2_419_200)), ("1h30m", .seconds(5400)),
        ("1h 30m", .seconds(5400)),
        ("1.5h", .seconds(5400)), ("2500ms", .seconds(2)), ("90s", .seconds(90)), ("1d", .seconds(86400)),
        ("-5m", .seconds(-300)),
        ("0s", .endless), ("99999999999w", .seconds(3_153_600_000)),
    ])
    func lifetimes(text: String, expected: TokenLifetime) throws {
        #expect(TokenLifetime(text) == expected)
        #expect(try settings(["JWT_EXPIRES_IN": text]).jwtLifetime == expected)
    }

    @Test(arguments: ["", "1", "-", "h", "soon", "1 h", "1y", ".", "--", "１h"])
    func noLifetimes(text: String) {
        #expect(TokenLifetime(text) == nil)
        #expect(!TokenLifetime.isAcceptable(text))
    }

    @Test func formsTakeOneUnit() {
        for text in ["-1", "0", "4w", "1.5h", "10ms", "-5m"] { #expect(TokenLifetime.isAcceptable(text)) }
        for text in ["1h30m", "1h ", " 1h", "1.h", "2"] { #expect(!TokenLifetime.isAcceptable(text)) }
    }

    @Test func savedNonsenseIsNoLifetime() throws {
        #expect(try settings([:], ["auth.jwt_expiry": "soon"]).jwtLifetime == nil)
    }

    @Test func directories() throws {
        let directories = try settings(["DATA_DIR": "/srv/data/"]).directories
        #expect(directories.root == "/srv/data")
        #expect(directories.uploads == "/srv/data/uploads")
        #expect(directories.speech == "/srv/data/cache/audio/speech")
        #expect(try settings(["DATA_DIR": "/"]).directories.root == "/")
    }
}
