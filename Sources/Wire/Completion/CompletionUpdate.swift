package import Core

/// What a chunk changed in an answer.
package enum CompletionUpdate: Sendable, Equatable {
    /// The content is what it was, and this behind it.
    case appended(String)
    /// The content changed before its end, but only by more of the same: the model thinks or writes code.
    case grown
    /// The content changed: a block began, ended, or got its result.
    case replaced
    /// A chunk without text, to be told as it came. `isEmpty` says that its delta has no members.
    case passthrough(JSONValue, isEmpty: Bool)
    case usage(JSONValue)
    case error(JSONValue)
    case selectedModel(String)
    /// The model waits for its code to be run; nothing more of this stream is wanted.
    case stop
}

/// What clients are told in a `chat:completion` event.
package enum CompletionEvent: Sendable, Equatable {
    /// The whole content so far.
    case content(String)
    /// What the content has grown by.
    case delta(String)
    case passthrough(JSONValue)
    case usage(JSONValue)
    case error(JSONValue)
    case selectedModel(String)

    /// The event's `data`.
    package var data: JSONValue {
        switch self {
        case .content(let content): ["content": .string(content)]
        case .delta(let text): ["choices": [["index": 0, "delta": ["content": .string(text)]]]]
        case .passthrough(let chunk): chunk
        case .usage(let usage): ["usage": usage]
        case .error(let error): ["error": error]
        case .selectedModel(let id): ["selected_model_id": .string(id)]
        }
    }
}
