import Accounts
import Core
import HTTP

/// What administrators do with the models on the nodes. Long work is streamed from the node as it goes on.
enum OllamaAdminRoutes {
    static let all: [Route<Context>] =
        [
            Route(.post, "/ollama/api/unload", .admin, unload)
        ] + OllamaModelRoutes.onAnyNode("/ollama/api/pull", pull, .post, .admin)
        + OllamaModelRoutes.onAnyNode("/ollama/api/push", push, .delete, .admin)
        + OllamaModelRoutes.onAnyNode("/ollama/api/create", create, .post, .admin)
        + OllamaModelRoutes.onAnyNode("/ollama/api/copy", copy, .post, .admin)
        + OllamaModelRoutes.onAnyNode("/ollama/api/delete", delete, .delete, .admin)

    /// Takes a model out of the memories of all nodes that have it.
    private static func unload(_ context: Context) throws -> Response {
        let id = try OllamaModelRoutes.modelName(Form(context.request))
        let nodes = try OllamaNodes(context, age: 1)
        guard let model = nodes.listing[id] else { throw OllamaNodes.unknown(id) }
        var failures = 0
        for connection in nodes.enabled where model.nodes.contains(connection.index) {
            let body: JSONObject = [
                "model": .string(connection.name(of: model.id)), "keep_alive": 0, "prompt": "", "stream": false,
            ]
            do {
                _ = try nodes.ask(.post, "/api/generate", body, on: connection)
            } catch is APIError {
                failures += 1
            }
        }
        guard failures == 0 else { throw APIError(500, "Failed to unload model on \(failures) nodes") }
        return .json(["status": true])
    }

    /// Administrators may take models from registries without TLS, too.
    private static func pull(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let nodes = try OllamaNodes(context)
        let connection = try nodes.first()
        var body = form.object.withoutNulls
        body["model"] = .string(connection.name(of: try OllamaModelRoutes.modelName(form)))
        body["insecure"] = true
        return try nodes.stream("/api/pull", body, on: connection)
    }

    private static func push(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let id = try form.string("model")
        let nodes = try OllamaNodes(context, age: 1)
        let connection = try nodes.having(id)
        var body: JSONObject = ["model": .string(name(id, on: connection, nodes))]
        if let insecure = try form.optionalBool("insecure") { body["insecure"] = .bool(insecure) }
        if let stream = try form.optionalBool("stream") { body["stream"] = .bool(stream) }
        return try nodes.stream("/api/push", body, on: connection)
    }

    private static func create(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let nodes = try OllamaNodes(context)
        return try nodes.stream("/api/create", form.object.withoutNulls, on: nodes.first())
    }

    private static func copy(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let id = try form.string("source")
        let nodes = try OllamaNodes(context, age: 1)
        let connection = try nodes.having(id)
        let body: JSONObject = [
            "source": .string(name(id, on: connection, nodes)), "destination": .string(try form.string("destination")),
        ]
        _ = try nodes.ask(.post, "/api/copy", body, on: connection)
        return try renewed(context)
    }

    private static func delete(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let id = try OllamaModelRoutes.modelName(form)
        let nodes = try OllamaNodes(context, age: 1)
        let connection = try nodes.having(id)
        _ = try nodes.ask(.delete, "/api/delete", ["model": .string(name(id, on: connection, nodes))], on: connection)
        return try renewed(context)
    }

    private static func name(_ id: String, on connection: OllamaConnection, _ nodes: OllamaNodes) -> String {
        connection.name(of: nodes.listing[id]?.id ?? id)
    }

    /// The nodes' lists have changed.
    private static func renewed(_ context: Context) throws -> Response {
        try ProviderFetch.refresh(.all, try context.settings, context.http, context.database, onlyOllama: true)
        return .json(true)
    }
}
