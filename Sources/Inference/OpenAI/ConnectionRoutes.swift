package import Accounts
import Core
package import HTTP
import Outbound
import Postgres

/// The connections to OpenAI-compatible providers. Their keys are shown to admins only.
package enum ConnectionRoutes {
    package static let all: [Route<Context>] = [
        Route(.get, "/openai/config", .admin, config),
        Route(.post, "/openai/config/update", .admin, update),
        Route(.post, "/openai/verify", .admin, verify),
        Route(.get, "/openai/models", .verified, models),
        Route(.get, "/openai/v1/models", .verified, models),
        Route(.get, "/openai/models/{index}", .verified, modelsOfConnection),
    ]

    /// What clients compare.
    static let connectionError = "Open WebUI: Server Connection Error"

    private static func config(_ context: Context) throws -> Response {
        .json(try configuration(context.settings))
    }

    private static func update(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let urls = try form.strings("OPENAI_API_BASE_URLS")
        var keys = try form.strings("OPENAI_API_KEYS").prefix(urls.count).map { $0 }
        keys += Array(repeating: "", count: urls.count - keys.count)
        let configs = try form.dictionary("OPENAI_API_CONFIGS").filter {
            Int($0.key).map(urls.indices.contains) ?? false
        }
        try SettingsStore.save(
            [
                (Setting.enableOpenAIAPI, JSONValue(try form.optionalBool("ENABLE_OPENAI_API") ?? true)),
                (Setting.openAIAPIBaseURLs, JSONValue(urls.map(\.withoutSlash))),
                (Setting.openAIAPIKeys, JSONValue(keys)),
                (Setting.openAIAPIConfigs, .object(configs)),
            ],
            context.database
        )
        try context.shared.settings.reload(context.database)
        let settings = context.shared.settings.current
        // The answer does not wait for providers; but most answer at once, and then the page's next list has their models.
        try ProviderFetch.refresh(.missing, settings, context.http, context.database)
        return .json(configuration(settings))
    }

    private static func verify(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let connection = ProviderConnection(
            index: 0,
            url: try form.string("url"),
            key: try form.optionalString("key") ?? "",
            config: form["config"] ?? [:]
        )
        return try pass(ProviderFetch.request(connection, timeout: 10, context.settings), context)
    }

    private static func models(_ context: Context) throws -> Response {
        guard try context.settings[Setting.enableOpenAIAPI] else { return .json(["data": []]) }
        try ProviderFetch.refresh(.missing, context.settings, context.http, context.database)
        let catalog = try CatalogCache.process.catalog(context.shared.settings, context.database)
        let access = try ModelAccess(context)
        return .json { json in
            json.object { json in
                json.key("data")
                json.array(of: catalog.providersModels) { json, entry in
                    guard let id = entry["id"]?.string, let model = catalog[id], !model.isOllama, access.mayUse(model)
                    else { return }
                    json.value(.object(entry))
                }
            }
        }
    }

    /// One provider's own list. For others than admins it is filtered like the merged one.
    private static func modelsOfConnection(_ context: Context) throws -> Response {
        let connections = ProviderConnection.all(try context.settings)
        guard let index = Int(context.parameter("index")), connections.indices.contains(index) else {
            throw APIError.notFound("There is no such connection")
        }
        let fixed = connections[index].fixedModels
        if connections[index].isAzure, !fixed.isEmpty { return .json(["data": JSONValue(fixed), "object": "list"]) }
        let answer = try pass(ProviderFetch.request(connections[index], timeout: 10, context.settings), context)
        guard answer.status == 200 else {
            let error = try JSONValue(parsing: answer.body)["error"] ?? .null
            throw APIError(500, .string("External Error: \(error["message"]?.string ?? error.text)"))
        }
        guard try !context.account.isAdmin else { return answer }
        let catalog = try CatalogCache.process.catalog(context.shared.settings, context.database)
        let access = try ModelAccess(context)
        var list = try JSONValue(parsing: answer.body)
        list["data"] = .array(
            (list["data"]?.array ?? []).filter { entry in
                guard let own = entry["id"]?.string else { return false }
                return catalog[connections[index].prefix.map { "\($0).\(own)" } ?? own].map(access.mayUse) ?? false
            }
        )
        return .json(list)
    }

    /// The provider's answer with its status; its JSON is passed on, anything else becomes an error.
    private static func pass(_ request: HTTPRequest, _ context: Context) throws -> Response {
        let answer: HTTPAnswer
        do {
            answer = try context.http.send(request)
        } catch {
            throw APIError(500, .string(connectionError))
        }
        guard let json = try? JSONValue(parsing: answer.body) else {
            throw APIError(answer.status >= 400 ? answer.status : 500, "The provider's answer is no JSON")
        }
        return .json(json, status: answer.status)
    }

    private static func configuration(_ settings: Settings) -> JSONValue {
        let connections = settings.openAIConnections
        return [
            "ENABLE_OPENAI_API": .bool(settings[Setting.enableOpenAIAPI]),
            "OPENAI_API_BASE_URLS": JSONValue(connections.map(\.url)),
            "OPENAI_API_KEYS": JSONValue(connections.map(\.key)),
            "OPENAI_API_CONFIGS": settings[Setting.openAIAPIConfigs],
        ]
    }
}
