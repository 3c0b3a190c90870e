import Accounts
import Administration
import Core
import HTTP
import Postgres
import Testing

@Suite(.database) struct AdministrationClientConfigTests {
    private static let publicFeatures: Set = [
        "auth", "auth_trusted_header", "enable_signup_password_confirmation", "enable_ldap", "enable_api_key",
        "enable_signup",
        "enable_login_form", "enable_websocket", "enable_version_update_check",
    ]
    private static let features = publicFeatures.union([
        "enable_direct_connections", "enable_channels", "enable_notes", "enable_web_search", "enable_code_execution",
        "enable_code_interpreter", "enable_image_generation", "enable_autocomplete_generation",
        "enable_community_sharing",
        "enable_message_rating", "enable_user_webhooks", "enable_admin_export", "enable_admin_chat_access",
        "enable_google_drive_integration", "enable_onedrive_integration",
    ])

    private static func keys(_ value: JSONValue?) -> Set<String> {
        Set(value?.object?.keys.map { $0 } ?? [])
    }

    @Test func aVisitorLearnsOnlyHowToSignIn() throws {
        try WorkspaceServer.run { (server) throws in
            #expect(try server.call(.get, "/api/config").json["onboarding"] == true)
            _ = try server.person("boss", .admin)
            let config = try server.call(.get, "/api/config").json
            #expect(Self.keys(config) == ["status", "name", "version", "default_locale", "oauth", "features"])
            #expect(config["status"] == true)
            #expect(config["name"] == "Open WebUI")
            #expect(config["version"] == "0.6.32")
            #expect(config["default_locale"] == "")
            #expect(config["oauth"] == ["providers": [:]])
            #expect(Self.keys(config["features"]) == Self.publicFeatures)
            #expect(config["features"]?["auth"] == true)
            #expect(config["features"]?["auth_trusted_header"] == false)
        }
    }

    @Test func aBadTokenIsNoToken() throws {
        try WorkspaceServer.run { (server) throws in
            _ = try server.person("boss", .admin)
            let config = try server.call(.get, "/api/config", headers: [("Authorization", "Bearer nonsense")])
            #expect(config.status == 200)
            #expect(Self.keys(config.json["features"]) == Self.publicFeatures)
        }
    }

    @Test func anAPIKeyIsNoVisitor() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            let key = try server.call(.post, "/api/v1/auths/api_key", as: boss).json["api_key"]?.string
            let header = ("Authorization", "Bearer \(try #require(key))")
            #expect(try server.call(.get, "/api/models/none", headers: [header]).status == 404)
            #expect(
                Self.keys(try server.call(.get, "/api/config", headers: [header]).json["features"])
                    == Self.publicFeatures
            )
        }
    }

    @Test func aPendingAccountLearnsWhatToWaitFor() throws {
        try WorkspaceServer.run(["PENDING_USER_OVERLAY_TITLE": "Wait"]) { (server) throws in
            let config = try server.call(.get, "/api/config", as: try server.person("pat", .pending)).json
            #expect(Self.keys(config["features"]) == Self.features)
            #expect(config["ui"] == ["pending_user_overlay_title": "Wait", "pending_user_overlay_content": ""])
            #expect(Self.keys(config) == ["status", "name", "version", "default_locale", "oauth", "features", "ui"])
        }
    }

    @Test func aUserLearnsWhatThePageNeeds() throws {
        try WorkspaceServer.run { (server) throws in
            let user = try server.person("ann")
            _ = try server.person("boss", .admin)
            let config = try server.call(.get, "/api/config", headers: [("Cookie", "token=\(user.token)")]).json
            #expect(Self.keys(config["features"]) == Self.features)
            for feature in config["features"]?.object?.values.map({ $0 }) ?? [] { #expect(feature.bool != nil) }
            #expect(config["default_models"] == .null)
            #expect(config["default_prompt_suggestions"]?[0]?["title"]?.array?.count == 2)
            #expect(config["user_count"] == 2)
            #expect(config["code"] == ["engine": "pyodide"])
            #expect(
                config["audio"] == [
                    "tts": ["engine": "", "voice": "alloy", "split_on": "punctuation"], "stt": ["engine": ""],
                ]
            )
            #expect(
                config["file"] == [
                    "max_size": .null, "max_count": .null, "image_compression": ["width": .null, "height": .null],
                ]
            )
            #expect(Self.keys(config["permissions"]).isSuperset(of: ["workspace", "sharing", "chat", "features"]))
            #expect(config["permissions"]?["chat"]?["file_upload"] == true)
            #expect(config["google_drive"] == ["client_id": "", "api_key": ""])
            #expect(Self.keys(config["onedrive"]).count == 4)
            #expect(
                config["ui"] == [
                    "pending_user_overlay_title": "", "pending_user_overlay_content": "", "response_watermark": "",
                ]
            )
            #expect(config["license_metadata"] == .null)
            #expect(config["active_entries"] == nil)
        }
    }

    @Test func anAdminLearnsTheRest() throws {
        let environment = ["WEBUI_NAME": "School", "ENABLE_ONEDRIVE_INTEGRATION": "true", "RAG_FILE_MAX_SIZE": "7"]
        try WorkspaceServer.run(environment) { (server) throws in
            let config = try server.call(.get, "/api/config", as: try server.person("boss", .admin)).json
            #expect(config["active_entries"] == .null)
            #expect(config["name"] == "School (Open WebUI)")
            #expect(config["file"]?["max_size"] == 7)
            #expect(
                Self.keys(config["features"])
                    == Self.features.union(["enable_onedrive_personal", "enable_onedrive_business"])
            )
        }
    }

    @Test func theServerTellsWhatItIs() throws {
        try WorkspaceServer.run(["WEBUI_NAME": "A & <B>", "WEBUI_URL": "https://chat.example"]) { (server) throws in
            #expect(try server.call(.get, "/api/version").json == ["version": "0.6.32"])
            #expect(try server.call(.get, "/api/version/updates").status == 401)
            let updates = try server.call(.get, "/api/version/updates", as: try server.person("ann"))
            #expect(updates.json == ["current": "0.6.32", "latest": "0.6.32"])
            let manifest = try server.call(.get, "/manifest.json")
            #expect(manifest.header("content-type") == "application/json")
            #expect(manifest.json["name"] == "A & <B> (Open WebUI)")
            #expect(manifest.json["short_name"] == manifest.json["name"])
            #expect(manifest.json["start_url"] == "/")
            #expect(manifest.json["display"] == "standalone")
            #expect(manifest.json["icons"]?.array?.compactMap { $0["purpose"] } == ["any", "maskable"])
            let search = try server.call(.get, "/opensearch.xml")
            #expect(search.header("content-type") == "application/xml")
            #expect(search.text.contains("<ShortName>A &amp; &lt;B&gt; (Open WebUI)</ShortName>"))
            #expect(search.text.contains("template=\"https://chat.example/?q={searchTerms}\""))
            #expect(!search.text.contains("<B>"))
        }
    }

    @Test func aManifestOfOnesOwnThatCanNotBeHadIsReplaced() throws {
        try WorkspaceServer.run(["EXTERNAL_PWA_MANIFEST_URL": "http://127.0.0.1:9/manifest.json"]) { (server) throws in
            #expect(try server.call(.get, "/manifest.json").json["name"] == "Open WebUI")
        }
    }

    @Test func theServerIsHealthy() throws {
        try WorkspaceServer.run { (server) throws in
            #expect(try server.call(.get, "/health").text == #"{"status":true}"#)
            #expect(try server.call(.get, "/health/db").text == #"{"status":true}"#)
            let unreachable = Connection(url: "postgresql://127.0.0.1:1/none", name: "none")
            let context = Context(
                request: Request(method: .get, path: "/health"),
                parameters: [:],
                database: unreachable,
                http: server.http,
                shared: server.shared
            )
            let table = RouteTable(AdministrationFeature.routes)
            guard case .found(let health, _) = table.find(.get, "/health"),
                case .found(let database, _) = table.find(.get, "/health/db")
            else { throw APIError.notFound() }
            #expect(try health.handler(context).status == 200)
            #expect(throws: PostgresError.self) { try database.handler(context) }
        }
    }

    @Test func whoIsConnectedIsTold() throws {
        try WorkspaceServer.run { (server) throws in
            #expect(try server.call(.get, "/api/usage").status == 401)
            let user = try server.person("ann")
            #expect(try server.call(.get, "/api/usage", as: user).json == ["model_ids": [], "user_ids": []])
            try server.database.script(
                """
                insert into socket_session (sid, daemon, epoch, account_id)
                    values ('a', 'd', 'e', '\(user.id)'), ('b', 'd', 'e', '\(user.id)');
                insert into model_usage values ('a', 'm', clock_timestamp()), ('b', 'm', clock_timestamp()),
                    ('a', 'old', clock_timestamp() - interval '4 seconds');
                """
            )
            #expect(
                try server.call(.get, "/api/usage", as: user).json == [
                    "model_ids": ["m"], "user_ids": [.string(user.id)],
                ]
            )
        }
    }

    @Test func whatIsNotBuiltHasEmptyLists() throws {
        try WorkspaceServer.run { (server) throws in
            let user = try server.person("ann")
            let paths = ["/api/v1/knowledge/", "/api/v1/knowledge/list"]
            try server.expectRefusals(paths.map { (.get, $0) }, as: [try server.person("pat", .pending)])
            for path in paths { #expect(try server.call(.get, path, as: user).text == "[]") }
        }
    }
}
