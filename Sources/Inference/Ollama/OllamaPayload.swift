package import Core

/// Makes a request for Ollama's `/api/chat` out of one in OpenAI's form. Until it is sent (`encoded`), its messages stay in OpenAI's form, so that
/// further rounds of an answer can add to them.
package enum OllamaPayload {
    /// Options that the OpenAI API has at the root.
    private static let rootOptions: Set<String> = [
        "temperature", "top_p", "top_k", "min_p", "seed", "stop", "max_tokens", "max_completion_tokens",
        "frequency_penalty", "presence_penalty",
    ]
    /// Members of Ollama's own that may lie among the options.
    private static let members: Set<String> = ["format", "keep_alive", "think"]
    private static let integers: Set<String> = [
        "num_ctx", "num_batch", "num_keep", "num_predict", "num_gpu", "num_thread", "repeat_last_n", "top_k",
        "mirostat",
        "seed",
    ]

    /// The client's request is in OpenAI's form, without what is not the provider's business; `params` are those of the chat. Those of the
    /// workspace model, `row`, win.
    package static func make(_ request: JSONObject, params: JSONObject, row: JSONObject?) -> JSONObject {
        var out: JSONObject = [
            "model": request["model"] ?? "", "messages": request["messages"] ?? [],
            "stream": .bool(request["stream"]?.isTruthy ?? false),
        ]
        if let tools = request["tools"], !tools.isNull { out["tools"] = tools }
        var options = request["options"]?.object ?? [:]
        for (key, value) in request where !value.isNull && (rootOptions.contains(key) || members.contains(key)) {
            options[key] = value
        }
        ModelParameters.apply(params, to: &options)
        if let row { ModelParameters.override(&options, with: row) }
        if let format = format(request["response_format"] ?? .null) { options["format"] = format }
        settle(&options, in: &out)
        return out
    }

    /// Applies a workspace model to a request that is in Ollama's form already.
    package static func apply(_ row: JSONObject, to body: inout JSONObject) {
        var options = body["options"]?.object ?? [:]
        ModelParameters.override(&options, with: row)
        body["options"] = nil
        settle(&options, in: &body)
    }

    /// The request's bytes, with the messages in Ollama's form.
    package static func encoded(_ body: JSONObject) -> [UInt8] {
        var body = body
        body["messages"] = .array(OllamaMessages.convert(body["messages"]?.array ?? []))
        return JSONValue.object(body).bytes
    }

    /// Moves members that are no options to the root, and renames what Ollama calls otherwise.
    private static func settle(_ options: inout JSONObject, in body: inout JSONObject) {
        let limits = [options.removeValue(forKey: "max_completion_tokens"), options.removeValue(forKey: "max_tokens")]
        if let limit = limits.compactMap(\.self).last { options["num_predict"] = limit }
        if let format = options.removeValue(forKey: "format") { body["format"] = parsed(format) }
        if let time = options.removeValue(forKey: "keep_alive") { body["keep_alive"] = parsed(time) }
        if let think = options.removeValue(forKey: "think") { body["think"] = self.think(think) }
        for (key, value) in options where integers.contains(key) {
            if let number = value.string.flatMap({ Int($0) }) { options[key] = JSONValue(number) }
        }
        if let stop = options["stop"]?.string { options["stop"] = [.string(stop)] }
        if !options.isEmpty { body["options"] = .object(options) }
    }

    /// Forms give JSON as text.
    private static func parsed(_ value: JSONValue) -> JSONValue {
        value.string.flatMap { try? JSONValue(parsing: $0) } ?? value
    }

    /// Some models think in degrees.
    private static func think(_ value: JSONValue) -> JSONValue {
        if let degree = value.string, ["low", "medium", "high"].contains(degree) { return value }
        if let text = value.string, let flag = Bool(text) { return .bool(flag) }
        return .bool(value.isTruthy)
    }

    private static func format(_ response: JSONValue) -> JSONValue? {
        switch response["type"]?.string {
        case "json_schema": response["json_schema"]?["schema"]?.nonNull
        case "json_object": .some("json")
        default: .none
        }
    }
}
