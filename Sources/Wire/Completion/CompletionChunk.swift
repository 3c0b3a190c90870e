package import Core

/// One chunk of a completion stream in OpenAI's form, taken apart. Members of a wrong type count as absent.
package struct CompletionChunk: Sendable, Equatable {
    /// The chunk as it came.
    package let json: JSONValue
    package private(set) var text = ""
    /// Thinking that is told apart from the text: `reasoning_content`, `reasoning` or `thinking`.
    package private(set) var reasoning = ""
    /// `choices[0].delta.tool_calls`
    package private(set) var toolCalls: [JSONValue] = []

    package init(_ json: JSONValue) {
        self.json = json
        guard let delta else { return }
        toolCalls = delta["tool_calls"]?.array ?? []
        for key in ["reasoning_content", "reasoning", "thinking"] where reasoning.isEmpty {
            reasoning = delta[key]?.string ?? ""
        }
        switch delta["content"] {
        case .string(let content): text = content
        case .array(let parts): parts.forEach { read(part: $0) }
        default: break
        }
    }

    /// Some providers send content as parts: `{type: "text", text}` and `{type: "thinking", thinking: [{type: "text",
    /// text}]}`.
    private mutating func read(part: JSONValue) {
        if let thinking = part["thinking"] {
            reasoning += thinking.string ?? (thinking.array ?? []).compactMap { $0["text"]?.string }.joined()
        } else {
            text += part["text"]?.string ?? ""
        }
    }

    private var choice: JSONValue? { json["choices"]?[0] }
    private var delta: JSONValue? { choice?["delta"] }

    package var hasChoice: Bool { choice?.object != nil }

    /// Whether the delta has no members at all, as in the chunk that only tells why the answer ends.
    package var isDeltaEmpty: Bool { delta?.object?.isEmpty ?? true }

    package var finishReason: String? { choice?["finish_reason"]?.string }

    /// Token counts, with the timings of llama.cpp merged in; nil where there are none.
    package var usage: JSONValue? {
        var usage: JSONValue = json["usage"]?.object == nil ? [:] : json["usage"] ?? [:]
        for (key, value) in json["timings"]?.object ?? [:] { usage[key] = value }
        return present(usage)
    }

    package var error: JSONValue? {
        json["error"].flatMap(present)
    }

    /// The model an arena chose.
    package var selectedModel: String? { json["selected_model_id"]?.string }

    package var sources: JSONValue? {
        json["sources"]?.array.map(JSONValue.array).flatMap(present)
    }

    /// `nil` alone would be JSON's null here.
    private func present(_ value: JSONValue) -> JSONValue? {
        value.isTruthy ? .some(value) : .none
    }

    /// An event for the client that a filter or function put into the stream. Only for chunks of our own making: a
    /// provider that could speak to the browser through it could run code there.
    package var event: JSONValue? { json["event"] }

    /// A chunk without text as it may go to the client: without the members that the client acts upon and that are not
    /// the provider's to send, and without text in places where only the client would look for it.
    package var relayed: JSONValue {
        guard var members = json.object else { return [:] }
        for key in ["event", "done", "content", "title", "error", "selected_model_id"] { members[key] = nil }
        if var choice {
            choice["message"] = Optional.none
            if var delta, delta["content"]?.isTruthy == true {
                delta["content"] = Optional.none
                choice["delta"] = delta
            }
            members["choices"] = [choice]
        }
        return .object(members)
    }
}
