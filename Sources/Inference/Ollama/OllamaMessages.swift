import Core

/// Messages of the OpenAI API in the form that Ollama takes: pictures beside the text, and the arguments of calls as objects.
enum OllamaMessages {
    static func convert(_ messages: [JSONValue]) -> [JSONValue] {
        var tools: [String: JSONValue] = [:]
        return messages.map { message in
            for call in message["tool_calls"]?.array ?? [] {
                if let id = call["id"]?.string { tools[id] = call["function"]?["name"] }
            }
            return convert(message, tools)
        }
    }

    /// `tools` are the names of the tools that were called, by the id of the call.
    private static func convert(_ message: JSONValue, _ tools: [String: JSONValue]) -> JSONValue {
        var out: JSONObject = ["role": message["role"] ?? "user"]
        if let parts = message["content"]?.array {
            let texts = parts.filter { $0["type"]?.string == "text" }.compactMap { $0["text"]?.string }
            out["content"] = .string(texts.joined().trimmed)
            let images = parts.compactMap(image)
            if !images.isEmpty { out["images"] = JSONValue(images) }
        } else {
            out["content"] = .string(message["content"]?.string ?? "")
        }
        if let images = message["images"], images.array != nil { out["images"] = images }
        if let calls = message["tool_calls"]?.array, !calls.isEmpty { out["tool_calls"] = .array(calls.map(call)) }
        if let id = message["tool_call_id"]?.string {
            out["tool_call_id"] = .string(id)
            if let name = tools[id] { out["tool_name"] = name }
        }
        return .object(out)
    }

    /// The picture in base64, without the head of a `data:` URL.
    private static func image(_ part: JSONValue) -> String? {
        guard part["type"]?.string == "image_url" else { return nil }
        let url = part["image_url"]?["url"]?.string ?? part["image_url"]?.string ?? ""
        guard url.hasPrefix("data:"), let comma = url.firstIndex(of: ",") else { return url.isEmpty ? nil : url }
        return String(url[url.index(after: comma)...])
    }

    private static func call(_ call: JSONValue) -> JSONValue {
        let arguments = call["function"]?["arguments"] ?? [:]
        let parsed = arguments.string.flatMap { try? JSONValue(parsing: $0) } ?? arguments
        var out: JSONValue = [
            "function": [
                "name": call["function"]?["name"] ?? "", "arguments": parsed.object == nil ? [:] : parsed,
            ]
        ]
        for key in ["index", "id"] { if let value = call[key], !value.isNull { out[key] = value } }
        return out
    }
}
