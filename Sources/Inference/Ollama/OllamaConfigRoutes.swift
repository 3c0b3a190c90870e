import Accounts
import Core
import HTTP

/// Which nodes there are. Their keys are shown to admins only.
enum OllamaConfigRoutes {
    static let all: [Route<Context>] = [
        Route(.get, "/ollama/", .anyone, status),
        Route(.get, "/ollama/config", .admin, show),
        Route(.post, "/ollama/config/update", .admin, update),
        Route(.post, "/ollama/verify", .admin, verify),
    ]

    /// Clients of Ollama ask this first.
    private static func status(_ context: Context) throws -> Response {
        .json(["status": true])
    }

    private static func show(_ context: Context) throws -> Response {
        .json(configuration(try context.settings))
    }

    private static func update(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let urls = try form.strings("OLLAMA_BASE_URLS")
        let configs = try form.dictionary("OLLAMA_API_CONFIGS").filter {
            Int($0.key).map(urls.indices.contains) ?? false
        }
        try context.save([
            (Setting.enableOllamaAPI, .bool(try form.optionalBool("ENABLE_OLLAMA_API") ?? false)),
            (Setting.ollamaBaseURLs, JSONValue(urls.map(\.withoutSlash))),
            (Setting.ollamaAPIConfigs, .object(configs)),
        ])
        let settings = context.shared.settings.current
        try ProviderFetch.refresh(.missing, settings, context.http, context.database, onlyOllama: true)
        return .json(configuration(settings))
    }

    /// Asks an address that may not be configured yet for its version.
    private static func verify(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let connection = OllamaConnection(
            index: 0,
            url: try form.string("url"),
            key: try form.optionalString("key") ?? "",
            config: [:]
        )
        let request = connection.question("/api/version", timeout: 10, try context.settings)
        guard let answer = try? context.http.send(request) else {
            throw APIError(500, .string(ConnectionRoutes.connectionError))
        }
        guard answer.status == 200, let json = try? JSONValue(parsing: answer.body) else {
            throw APIError(500, .string("Unexpected error: HTTP Error: \(answer.status)"))
        }
        return .json(json)
    }

    private static func configuration(_ settings: Settings) -> JSONValue {
        [
            "ENABLE_OLLAMA_API": .bool(settings[Setting.enableOllamaAPI]),
            "OLLAMA_BASE_URLS": JSONValue(settings[Setting.ollamaBaseURLs]),
            "OLLAMA_API_CONFIGS": settings[Setting.ollamaAPIConfigs],
        ]
    }
}
