import Accounts
import Core
import HTTP

/// Ollama's own API for those who may ask a model. The node's answer is passed on as it comes.
enum OllamaModelRoutes {
    static let all: [Route<Context>] =
        [
            Route(.post, "/ollama/api/show", .verified, show)
        ] + onAnyNode("/ollama/api/embed", embed) + onAnyNode("/ollama/api/embeddings", embeddings)
        + onAnyNode("/ollama/api/generate", generate) + onAnyNode("/ollama/api/chat", chat)
        + onAnyNode("/ollama/v1/completions", completeText) + onAnyNode("/ollama/v1/chat/completions", completeChat)

    /// The route, and the same with the index of a node.
    static func onAnyNode(
        _ path: String,
        _ handler: @escaping @Sendable (Context) throws -> Response,
        _ method: HTTP.Method = .post,
        _ access: Access = .verified
    ) -> [Route<Context>] {
        [Route(method, path, access, handler), Route(method, "\(path)/{url_idx}", access, handler)]
    }

    private static func show(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let nodes = try OllamaNodes(context)
        let asked = try nodes.asked(try modelName(form))
        var body = form.object.withoutNulls
        body["model"] = .string(asked.name)
        body["name"] = nil
        return .json(try nodes.json(.post, "/api/show", body, on: asked.connection))
    }

    private static func embed(_ context: Context) throws -> Response {
        try answer("/api/embed", requiring: "input", context)
    }

    private static func embeddings(_ context: Context) throws -> Response {
        try answer("/api/embeddings", requiring: "prompt", context)
    }

    private static func answer(_ path: String, requiring key: String, _ context: Context) throws -> Response {
        let form = try Form(context.request)
        if !form.present(key) { throw APIError.invalid("missing", at: ["body", .string(key)], "Field required") }
        let nodes = try OllamaNodes(context)
        let asked = try nodes.asked(try form.string("model"))
        var body = form.object.withoutNulls
        body["model"] = .string(asked.name)
        return .json(try nodes.json(.post, path, body, on: asked.connection))
    }

    private static func generate(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        _ = try form.string("prompt")
        let nodes = try OllamaNodes(context)
        let asked = try nodes.asked(try form.string("model"))
        var body = try permitted(form.object.withoutNulls, context)
        body["model"] = .string(asked.name)
        return try nodes.stream("/api/generate", body, on: asked.connection)
    }

    private static func chat(_ context: Context) throws -> Response {
        let (nodes, asked, prepared) = try conversation(context)
        var body = prepared
        if let params = asked.model.row?.params { OllamaPayload.apply(params, to: &body) }
        return try nodes.stream("/api/chat", body, on: asked.connection)
    }

    private static func completeChat(_ context: Context) throws -> Response {
        let (nodes, asked, prepared) = try conversation(context)
        var body = prepared
        if let params = asked.model.row?.params { ModelParameters.override(&body, with: params) }
        return try nodes.stream("/v1/chat/completions", body, on: asked.connection)
    }

    private static func completeText(_ context: Context) throws -> Response {
        let form = try body(context)
        _ = try form.string("prompt")
        let nodes = try OllamaNodes(context)
        let asked = try nodes.asked(try form.string("model"))
        var body = form.object.withoutNulls
        if let params = asked.model.row?.params { ModelParameters.override(&body, with: params) }
        body["model"] = .string(asked.name)
        return try nodes.stream("/v1/completions", body, on: asked.connection)
    }

    /// A request with messages, with the system prompt of the workspace model.
    private static func conversation(_ context: Context) throws -> (OllamaNodes, OllamaNodes.Asked, JSONObject) {
        let form = try body(context)
        let id = try form.string("model")
        var messages = try form.list("messages")
        guard messages.allSatisfy({ $0["role"]?.string != nil }) else {
            throw APIError.badRequest("Each message needs a role")
        }
        let nodes = try OllamaNodes(context)
        let asked = try nodes.asked(id)
        var body = form.object.withoutNulls
        if let system = asked.model.row?.params["system"]?.string {
            let preparation = CompletionPreparation(
                account: try context.account,
                catalog: nodes.catalog,
                settings: nodes.settings
            )
            Messages.prepend(system: preparation.prompt(variables: [:]).expand(system), to: &messages)
        }
        body["messages"] = .array(messages)
        body["model"] = .string(asked.name)
        return (nodes, asked, body)
    }

    /// What is wrong with such a request is told with a 400, as clients know it.
    private static func body(_ context: Context) throws -> Form {
        guard var object = try context.request.json().object else { throw APIError.badRequest("The body is no object") }
        object["metadata"] = nil
        guard object["model"]?.string != nil else { throw APIError.badRequest("The model is missing") }
        return Form(object: try permitted(object, context))
    }

    /// What the caller's permissions leave of his request, before the workspace adds its own to it.
    private static func permitted(_ body: JSONObject, _ context: Context) throws -> JSONObject {
        let permissions = TurnPermissions(try context.account, try context.settings)
        try permissions.check(body, nil, context.database)
        return permissions.trim(body)
    }

    static func modelName(_ form: Form) throws -> String {
        guard let name = form["model"]?.string ?? form["name"]?.string, !name.isEmpty else {
            throw APIError.badRequest("The name of the model is missing")
        }
        return name
    }
}

extension JSONObject {
    var withoutNulls: JSONObject { filter { !$0.value.isNull } }
}
