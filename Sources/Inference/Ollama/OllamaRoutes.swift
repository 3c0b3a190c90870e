package import Accounts
package import HTTP

/// Ollama's own API on top of all nodes that are connected, for clients that speak it. Two routes are not built, see `NotBuiltRoutes`: they bring
/// model files by way of this server.
package enum OllamaRoutes {
    package static let all: [Route<Context>] =
        OllamaConfigRoutes.all + OllamaListRoutes.all + OllamaModelRoutes.all + OllamaAdminRoutes.all
}
