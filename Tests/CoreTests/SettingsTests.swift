import Testing

@testable import Core

@Suite struct SettingsTests {
    private func settings(
        _ environment: [String: String] = [:],
        dotenv: String = "",
        database: [String: JSONValue] = [:]
    ) throws -> Settings {
        try Settings(source: .init(environment: environment, dotenv: dotenv), database: database)
    }

    @Test(arguments: [
        ("true", true), ("TRUE", true), ("True", true), ("1", false), ("yes", false), ("on", false), ("", false),
        (" true", false),
        ("false", false),
    ])
    func onlyTrueIsTrue(text: String, expected: Bool) throws {
        #expect(try settings(["ENABLE_NOTES": text])[Setting.enableNotes] == expected)
    }

    @Test func numbersAreParsed() throws {
        let settings = try settings([
            "CHUNK_SIZE": " 1500 ", "RAG_RELEVANCE_THRESHOLD": "0.25", "AUTOCOMPLETE_GENERATION_INPUT_MAX_LENGTH": "-1",
            "AUTOMATIC1111_CFG_SCALE": "7", "RAG_FILE_MAX_SIZE": "25",
        ])
        #expect(settings[Setting.chunkSize] == 1500)
        #expect(settings[Setting.ragRelevanceThreshold] == 0.25)
        #expect(settings[Setting.autocompleteGenerationInputMaxLength] == -1)
        #expect(settings[Setting.automatic1111CFGScale] == 7)
        #expect(settings[Setting.ragFileMaxSize] == 25)
    }

    @Test func emptyTextsAreNoValueWhereNoneIsPossible() throws {
        let settings = try settings([
            "CHUNK_SIZE": "", "WEBUI_BANNERS": "", "AIOHTTP_CLIENT_TIMEOUT_MODEL_LIST": "", "DEFAULT_MODELS": "",
            "OAUTH_PICTURE_CLAIM": "",
        ])
        #expect(settings[Setting.chunkSize] == 1000)
        #expect(settings.origin(of: Setting.chunkSize) == .default)
        #expect(settings[Setting.webUIBanners] == [])
        #expect(settings[Setting.aiohttpClientTimeoutModelList] == nil)
        #expect(settings[Setting.defaultModels] == nil)
        #expect(settings[Setting.oauthPictureClaim] == "")
        #expect(settings.origin(of: Setting.oauthPictureClaim) == .environment)
    }

    @Test func listsAreSplit() throws {
        let settings = try settings([
            "RAG_ALLOWED_FILE_EXTENSIONS": "pdf, md,,txt ", "OAUTH_ALLOWED_ROLES": "staff", "OPENAI_API_KEYS": "a;; b",
            "CORS_ALLOW_ORIGIN": "https://a.example;https://b.example", "YOUTUBE_LOADER_LANGUAGE": "de,en",
        ])
        #expect(settings[Setting.ragAllowedFileExtensions] == ["pdf", "md", "txt"])
        #expect(settings[Setting.oauthAllowedRoles] == ["staff"])
        #expect(settings[Setting.openAIAPIKeys] == ["a", "", "b"])
        #expect(settings[Setting.corsAllowOrigin] == ["https://a.example", "https://b.example"])
        #expect(settings[Setting.youTubeLoaderLanguage] == ["de", "en"])
    }

    @Test func jsonIsParsed() throws {
        let settings = try settings([
            "WEBUI_BANNERS": #"[{"id":"1","type":"info"}]"#, "DOCLING_PICTURE_DESCRIPTION_API": #"{"url":"http://x"}"#,
        ])
        #expect(settings[Setting.webUIBanners] == [["id": "1", "type": "info"]])
        #expect(settings[Setting.doclingPictureDescriptionAPI]["url"] == "http://x")
    }

    @Test func allProblemsAreToldAtOnceAndNoSecret() throws {
        let error = try #require(throws: SettingsError.self) {
            try settings([
                "CHUNK_SIZE": "many", "RAG_TOP_K": "3.5", "TOOL_SERVER_CONNECTIONS": #"{"key":"hunter2"}"#,
                "WEBUI_BANNERS": "[",
                "RAG_RELEVANCE_THRESHOLD": "inf", "JWT_EXPIRES_IN": "soon", "OAUTH_CODE_CHALLENGE_METHOD": "plain",
            ])
        }
        let names: Set = [
            "CHUNK_SIZE", "RAG_TOP_K", "TOOL_SERVER_CONNECTIONS", "WEBUI_BANNERS", "RAG_RELEVANCE_THRESHOLD",
            "JWT_EXPIRES_IN",
            "OAUTH_CODE_CHALLENGE_METHOD",
        ]
        #expect(Set(error.problems.map(\.name)) == names)
        #expect(error.description.contains("CHUNK_SIZE: “many” is not a whole number"))
        #expect(!error.description.contains("hunter2"))
    }

    @Test func theHigherOneDecides() throws {
        let database: [String: JSONValue] = [
            "rag.chunk_size": 3, "rag.top_k": 30, "RAG_TOP_K_RERANKER": 300, "rag.chunk_overlap": nil,
        ]
        let settings = try settings(
            ["CHUNK_SIZE": "1"],
            dotenv: "CHUNK_SIZE=2\nIMAGE_STEPS=20\nRAG_TOP_K=20",
            database: database
        )
        #expect(settings[Setting.chunkSize] == 1)
        #expect(settings.origin(of: Setting.chunkSize) == .environment)
        #expect(settings[Setting.imageSteps] == 20)
        #expect(settings.origin(of: Setting.imageSteps) == .dotenv)
        #expect(settings[Setting.ragTopK] == 20)
        #expect(settings.isFixed(Setting.ragTopK))
        #expect(settings[Setting.ragTopKReranker] == 300)
        #expect(settings.origin(of: Setting.ragTopKReranker) == .database)
        #expect(!settings.isFixed(Setting.ragTopKReranker))
        #expect(settings[Setting.chunkOverlap] == 100)
        #expect(settings.origin(of: Setting.chunkOverlap) == .default)
    }

    @Test func mergingReplacesWhatWasSaved() throws {
        let first = try settings(["CHUNK_SIZE": "1"], database: ["rag.top_k": 9])
        let second = first.merging(database: ["rag.chunk_size": 2, "ui.enable_signup": false])
        #expect(first[Setting.ragTopK] == 9)
        #expect(second[Setting.ragTopK] == 3)
        #expect(second[Setting.chunkSize] == 1)
        #expect(!second[Setting.enableSignup])
    }

    @Test func savedValuesOfOtherShapesAreUnderstoodOrReported() throws {
        let settings = try settings(database: [
            "rag.chunk_size": "800", "rag.relevance_threshold": 1, "ui.enable_signup": "true", "rag.file.max_size": "",
            "audio.stt.azure.max_speakers": 4, "rag.file.allowed_extensions": "pdf,md", "rag.top_k": ["x"],
            "openai.api_keys": [1, "b"],
        ])
        #expect(settings[Setting.chunkSize] == 800)
        #expect(settings[Setting.ragRelevanceThreshold] == 1)
        #expect(settings[Setting.enableSignup])
        #expect(settings[Setting.ragFileMaxSize] == nil)
        #expect(settings[Setting.audioSTTAzureMaxSpeakers] == "4")
        #expect(settings[Setting.ragAllowedFileExtensions] == ["pdf", "md"])
        #expect(settings[Setting.openAIAPIKeys] == ["1", "b"])
        #expect(settings[Setting.ragTopK] == 3)
        #expect(settings.problems.map(\.name) == ["RAG_TOP_K"])
    }

    @Test func savedValuesCanBeSwitchedOff() throws {
        let database: [String: JSONValue] = ["rag.top_k": 9, "oauth.oidc.scopes": "openid", "DATA_DIR": "/elsewhere"]
        let usual = try settings(database: database)
        #expect(usual[Setting.ragTopK] == 9)
        #expect(usual[Setting.oauthScopes] == "openid")
        #expect(usual[Setting.dataDirectory] == "/var/lib/swiftlet")
        let withoutOAuth = try settings(["ENABLE_OAUTH_PERSISTENT_CONFIG": "false"], database: database)
        #expect(withoutOAuth[Setting.oauthScopes] == "openid email profile")
        let without = try settings(["ENABLE_PERSISTENT_CONFIG": "false"], database: database)
        #expect(without[Setting.ragTopK] == 3)
    }

    @Test func aliasesAndInheritance() throws {
        let settings = try settings([
            "OAUTH_GROUP_CLAIM": "teams", "OPENAI_API_KEYS": "", "OPENAI_API_KEY": "k",
            "CODE_EXECUTION_JUPYTER_URL": "http://j",
            "WEBUI_JWT_SECRET_KEY": "old", "WEBUI_SESSION_COOKIE_SECURE": "true",
        ])
        #expect(settings[Setting.oauthGroupsClaim] == "teams")
        #expect(settings[Setting.openAIAPIKeys] == ["k"])
        #expect(settings[Setting.codeInterpreterJupyterURL] == "http://j")
        #expect(settings.origin(of: Setting.codeInterpreterJupyterURL) == .default)
        #expect(settings[Setting.webUISecretKey] == "old")
        #expect(settings[Setting.oauthSessionTokenEncryptionKey] == "old")
        #expect(settings[Setting.webUIAuthCookieSecure])
        let own = settings.merging(database: ["code_interpreter.jupyter.url": "http://own"])
        #expect(own[Setting.codeInterpreterJupyterURL] == "http://own")
    }

    @Test func theOwnNameGoesBeforeAnAlias() throws {
        let settings = try settings(["OAUTH_GROUP_CLAIM": "old"], dotenv: "OAUTH_GROUPS_CLAIM=new")
        #expect(settings[Setting.oauthGroupsClaim] == "new")
    }

    @Test func shownCoversSecrets() throws {
        let settings = try settings(["SCIM_TOKEN": "abc", "CHUNK_SIZE": "5"])
        #expect(settings.shown(Setting.scimToken) == "•••")
        #expect(settings.shown(Setting.ldapAppPassword) == "")
        #expect(settings.shown(Setting.chunkSize) == "5")
        #expect(settings.shown(Setting.webUIName) == "Open WebUI")
    }

    @Test func apiValuesAreJSON() throws {
        let settings = try settings(["RAG_FILE_MAX_SIZE": "5"])
        #expect(settings.json(Setting.ragFileMaxSize) == 5)
        #expect(settings.json(Setting.ragFileMaxCount) == .null)
        #expect(settings.json(Setting.ragHybridBM25Weight).text == "0.5")
        #expect(settings.json(Setting.oauthAdminRoles) == ["admin"])
    }
}
