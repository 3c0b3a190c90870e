package import Core
import HTTP
package import Workspace

/// Makes a provider's request out of a client's: the rules that decide which bytes a provider gets.
package enum ProviderPayload {
    /// The server's and its client's own keys; a provider never sees them.
    private static let own: Set<String> = [
        "session_id", "chat_id", "id", "parent_id", "user_message", "background_tasks", "features", "variables",
        "params", "files", "filter_ids",
        "tool_ids", "tool_servers", "model_item", "metadata", "stream_delta_chunk_size",
    ]

    /// The client's request without what is not the provider's business. The parameters of the chat are not in it yet.
    package static func clean(_ body: JSONObject) -> JSONObject {
        body.filter { !own.contains($0.key) }
    }

    /// Puts the system prompt of a workspace model before that of the chat.
    package static func apply(systemOf row: WorkspaceModel, to body: inout JSONObject, prompt: SystemPrompt) {
        guard let system = row.params["system"]?.string, var messages = body["messages"]?.array else { return }
        Messages.prepend(system: prompt.expand(system), to: &messages)
        body["messages"] = .array(messages)
    }

    /// The last steps: what depends on the connection.
    ///
    /// - Returns: the address and the body.
    package static func finish(
        _ body: JSONObject,
        for connection: ProviderConnection,
        entry: JSONObject,
        sender: ProviderConnection.Sender
    ) -> (url: String, body: JSONObject) {
        var body = body
        var name = body["model"]?.string ?? ""
        if let prefix = connection.prefix, name.hasPrefix(prefix + ".") { name.removeFirst(prefix.count + 1) }
        body["model"] = .string(name)
        if entry["pipeline"]?.isTruthy ?? false {
            body["user"] = [
                "name": .string(sender.name), "id": .string(sender.id), "email": .string(sender.email),
                "role": .string(sender.role),
            ]
        }
        limitTokens(&body, name: name, isOpenAI: connection.isOpenAI)
        if let bias = body["logit_bias"] { body["logit_bias"] = ModelParameters.logitBias(bias) }
        guard connection.isAzure else { return ("\(connection.url)/chat/completions", body) }
        return (
            "\(connection.url)/openai/deployments/\(PercentEncoding.encode(name))/chat/completions?api-version=\(connection.apiVersion)",
            azure(body, name: name, apiVersion: connection.apiVersion)
        )
    }

    package static func isReasoningModel(_ name: String) -> Bool {
        ["o1", "o3", "o4", "gpt-5"].contains { name.lowercased().hasPrefix($0) }
    }

    /// OpenAI's reasoning models take `max_completion_tokens` and a developer; all others `max_tokens` and a system.
    private static func limitTokens(_ body: inout JSONObject, name: String, isOpenAI: Bool) {
        if isReasoningModel(name) {
            if let limit = body.removeValue(forKey: "max_tokens") { body["max_completion_tokens"] = limit }
            if var messages = body["messages"]?.array, messages.first?["role"]?.string == "system" {
                let isOld = name.lowercased().hasPrefix("o1-mini") || name.lowercased().hasPrefix("o1-preview")
                messages[0]["role"] = isOld ? "user" : "developer"
                body["messages"] = .array(messages)
            }
        } else if !isOpenAI, let limit = body.removeValue(forKey: "max_completion_tokens") {
            body["max_tokens"] = limit
        }
        if body["max_tokens"] != nil, body["max_completion_tokens"] != nil { body["max_tokens"] = nil }
    }

    private static let azureKeys: Set<String> = [
        "messages", "temperature", "role", "content", "contentPart", "contentPartImage", "enhancements", "dataSources",
        "n", "stream", "stop",
        "max_tokens", "presence_penalty", "frequency_penalty", "logit_bias", "user", "function_call", "functions",
        "tools", "tool_choice", "top_p",
        "log_probs", "top_logprobs", "response_format", "seed", "max_completion_tokens",
    ]

    private static func azure(_ body: JSONObject, name: String, apiVersion: String) -> JSONObject {
        body.filter { key, value in
            if key == "temperature", isReasoningModel(name), value.double != 1 { return false }
            return azureKeys.contains(key) || (key == "stream_options" && apiVersion >= "2024-09-01-preview")
        }
    }
}
