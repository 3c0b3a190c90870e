package import Core

/// A whole answer of a model, from a `chat.completion` object.
package struct CompletionAnswer: Sendable, Equatable {
    package var text = ""
    package var reasoning = ""
    package var toolCalls: [ToolCall] = []
    package var finishReason: String?
    package var usage: JSONValue?

    package init() {}

    /// - Parameter completion: `{choices: [{message: {content, reasoning_content, tool_calls}, finish_reason}],
    ///   usage}`; nil without a
    ///   message.
    package init?(_ completion: JSONValue) {
        guard let choice = completion["choices"]?[0], let message = choice["message"], message.object != nil else {
            return nil
        }
        // A message holds the members a delta has.
        var json = completion
        json["choices"] = [["delta": message, "finish_reason": choice["finish_reason"] ?? nil]]
        let chunk = CompletionChunk(json)
        text = chunk.text
        reasoning = chunk.reasoning
        toolCalls = chunk.toolCalls.map { ToolCall($0) }
        finishReason = chunk.finishReason
        usage = chunk.usage
    }
}

/// Gathers a stream into one answer, for callers that asked for no stream.
package struct CompletionCollector: Sendable {
    package private(set) var answer = CompletionAnswer()
    package private(set) var error: JSONValue?
    private var head: JSONValue = [:]
    private var gatherer = ToolCallGatherer()

    package init() {}

    package mutating func add(_ chunk: CompletionChunk) {
        for key in ["id", "created", "model", "system_fingerprint"] where head[key] == nil {
            head[key] = chunk.json[key]
        }
        answer.text += chunk.text
        answer.reasoning += chunk.reasoning
        gatherer.add(chunk.toolCalls)
        answer.finishReason = chunk.finishReason ?? answer.finishReason
        answer.usage = chunk.usage ?? answer.usage
        error = error ?? chunk.error
    }

    /// The `chat.completion` object.
    package mutating func finish() -> JSONValue {
        answer.toolCalls += gatherer.take()
        var json = CompletionTemplate.completion(of: answer)
        for (key, value) in head.object ?? [:] { json[key] = value }
        return json
    }
}
