package import Core

/// How the parameters of a chat and of a workspace model get into a provider's request.
package enum ModelParameters {
    /// For the server and its client alone.
    private static let own: Set<String> = [
        "stream_response", "stream_delta_chunk_size", "function_calling", "reasoning_tags", "system", "custom_params",
    ]

    /// Puts the parameters of a chat into the request: those that are set and not the server's own, then the custom ones.
    package static func apply(_ params: JSONObject, to body: inout JSONObject) {
        for (key, value) in params where !own.contains(key) && !value.isNull { body[key] = value }
        for (key, value) in custom(params) where !value.isNull { merge(value, into: &body, at: key) }
    }

    /// Puts the parameters of a workspace model over those of the request.
    package static func override(_ body: inout JSONObject, with params: JSONObject) {
        for (key, value) in params where !own.contains(key) && !value.isNull {
            switch key {
            case "temperature", "top_p", "min_p", "frequency_penalty", "presence_penalty":
                body[key] = value.string.flatMap(Double.init).map { JSONValue($0) } ?? value
            case "max_tokens": body[key] = value.string.flatMap { Int($0) }.map { JSONValue($0) } ?? value
            case "stop": body[key] = value.array.map { .array($0.map(unescaped)) } ?? unescaped(value)
            default: body[key] = value
            }
        }
        for (key, value) in custom(params) where !value.isNull { merge(value, into: &body, at: key) }
    }

    /// `"198:5, 7:-300"` as `{"198": 5, "7": -100}`; what is an object already stays.
    package static func logitBias(_ value: JSONValue) -> JSONValue {
        guard let text = value.string else { return value }
        if let object = try? JSONValue(parsing: text), object.object != nil { return object }
        var biases: JSONObject = [:]
        for pair in text.split(separator: ",") {
            let parts = pair.split(separator: ":").map { $0.trimmed }
            guard parts.count == 2, let bias = Double(parts[1]) else { continue }
            biases[parts[0]] = JSONValue(Int(min(100, max(-100, bias))))
        }
        return .object(biases)
    }

    /// Custom values are JSON where they parse as such, else text.
    private static func custom(_ params: JSONObject) -> JSONObject {
        (params["custom_params"]?.object ?? [:]).mapValues { value in
            value.string.flatMap { try? JSONValue(parsing: $0) } ?? value
        }
    }

    private static func merge(_ value: JSONValue, into body: inout JSONObject, at key: String) {
        guard let new = value.object, var old = body[key]?.object else {
            body[key] = value
            return
        }
        for (key, value) in new { merge(value, into: &old, at: key) }
        body[key] = .object(old)
    }

    /// A stop text is typed into a form, where a line break is written `\n`.
    private static func unescaped(_ value: JSONValue) -> JSONValue {
        guard let text = value.string, text.contains("\\") else { return value }
        return (try? JSONValue(parsing: "\"\(text.withQuotesEscaped)\"")) ?? value
    }
}

extension StringProtocol {
    /// Without spaces and line breaks at both ends.
    package var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    /// With escapes before what would end a JSON string.
    fileprivate var withQuotesEscaped: String {
        var out = ""
        var isEscaped = false
        for character in self {
            if character == "\"" && !isEscaped { out += "\\" }
            if character == "\n" { out += "\\n" } else { out.append(character) }
            isEscaped = character == "\\" && !isEscaped
        }
        return out
    }
}
