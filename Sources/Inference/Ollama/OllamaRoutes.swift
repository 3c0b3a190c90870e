package import Accounts
import Core
package import HTTP

/// What pages ask of Ollama in any case. Connections to Ollama are not built: the answers say that there are none, and none can be made.
package enum OllamaRoutes {
    package static let all: [Route<Context>] = [
        Route(.get, "/ollama/api/version", .verified, version),
        Route(.get, "/ollama/config", .admin, config),
        Route(.post, "/ollama/config/update", .admin, update),
        Route(.get, "/ollama/api/tags", .verified, tags),
    ]

    /// False stands for "switched off".
    private static func version(_ context: Context) throws -> Response {
        .json(["version": false])
    }

    private static func config(_ context: Context) throws -> Response {
        .json(off)
    }

    /// The admin page saves all connections at once, so saving that there is none must be possible.
    private static func update(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let urls = try form.optionalStrings("OLLAMA_BASE_URLS") ?? []
        if try form.optionalBool("ENABLE_OLLAMA_API") ?? false, urls.contains(where: { !$0.isEmpty }) {
            throw APIError.notImplemented(
                "Connections to Ollama are not built; Ollama's OpenAI-compatible API at /v1 can be connected instead"
            )
        }
        return .json(off)
    }

    private static func tags(_ context: Context) throws -> Response {
        .json(["models": []])
    }

    private static let off: JSONValue = ["ENABLE_OLLAMA_API": false, "OLLAMA_BASE_URLS": [], "OLLAMA_API_CONFIGS": [:]]
}
