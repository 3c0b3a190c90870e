package import Core

/// The JSON of answers that are made here and not by a provider.
package struct CompletionTemplate: Sendable {
    private let id: String
    private let created: Int
    private let model: String

    /// - Parameters:
    ///   - model: the id of the model that answers.
    ///   - uuid: makes the answer's id, `<model>-<uuid>`.
    ///   - created: Unix seconds.
    package init(model: String, uuid: String, created: Int) {
        id = "\(model)-\(uuid)"
        self.created = created
        self.model = model
    }

    /// A `chat.completion.chunk`. One without text, thinking and calls ends the answer.
    package func chunk(
        text: String = "",
        reasoning: String = "",
        toolCalls: [ToolCall] = [],
        usage: JSONValue? = nil
    ) -> JSONValue {
        var delta: JSONValue = [:]
        if !text.isEmpty { delta["content"] = .string(text) }
        if !reasoning.isEmpty { delta["reasoning_content"] = .string(reasoning) }
        if !toolCalls.isEmpty {
            delta["tool_calls"] = .array(
                toolCalls.enumerated().map { index, call in
                    var json = call.json
                    json["index"] = .init(index)
                    return json
                }
            )
        }
        let isEnd = delta.object?.isEmpty ?? true
        var json = named(object: "chat.completion.chunk")
        json["choices"] = [["index": 0, "logprobs": nil, "finish_reason": isEnd ? "stop" : nil, "delta": delta]]
        if let usage { json["usage"] = usage }
        return json
    }

    /// A `chat.completion`.
    package func completion(_ answer: CompletionAnswer) -> JSONValue {
        var json = named(object: "chat.completion")
        for (key, value) in Self.completion(of: answer).object ?? [:] { json[key] = value }
        return json
    }

    static func completion(of answer: CompletionAnswer) -> JSONValue {
        var message: JSONValue = ["role": "assistant", "content": .string(answer.text)]
        if !answer.reasoning.isEmpty { message["reasoning_content"] = .string(answer.reasoning) }
        if !answer.toolCalls.isEmpty { message["tool_calls"] = .array(answer.toolCalls.map(\.json)) }
        let reason = answer.finishReason ?? (answer.toolCalls.isEmpty ? "stop" : "tool_calls")
        var json: JSONValue = [
            "object": "chat.completion",
            "choices": [["index": 0, "logprobs": nil, "finish_reason": .string(reason), "message": message]],
        ]
        if let usage = answer.usage { json["usage"] = usage }
        return json
    }

    private func named(object: String) -> JSONValue {
        ["id": .string(id), "object": .string(object), "created": .init(created), "model": .string(model)]
    }
}
