package import Core

/// The list `messages` of a completion request.
package enum Messages {
    /// Puts a text before the system message, or makes it the first one.
    package static func prepend(system text: String, to messages: inout [JSONValue]) {
        guard !text.isEmpty else { return }
        guard let index = messages.firstIndex(where: { $0["role"]?.string == "system" }) else {
            messages.insert(["role": "system", "content": .string(text)], at: 0)
            return
        }
        messages[index]["content"] = prefixed(text, messages[index]["content"] ?? "")
    }

    /// Puts a text behind the system message, or makes it the first one.
    package static func append(system text: String, to messages: inout [JSONValue]) {
        guard let index = messages.firstIndex(where: { $0["role"]?.string == "system" }) else {
            messages.insert(["role": "system", "content": .string(text)], at: 0)
            return
        }
        let content = messages[index]["content"] ?? ""
        if let parts = content.array {
            messages[index]["content"] = .array(parts + [["type": "text", "text": .string(text)]])
        } else {
            let old = content.string ?? ""
            messages[index]["content"] = .string(old.isEmpty ? text : "\(old)\n\(text)")
        }
    }

    /// Puts a text before the question that ends the conversation; where none does, the text is a question of its own.
    package static func prepend(toLastQuestion text: String, in messages: inout [JSONValue]) {
        guard let last = messages.indices.last, messages[last]["role"]?.string == "user" else {
            messages.append(["role": "user", "content": .string(text)])
            return
        }
        messages[last]["content"] = prefixed(text, messages[last]["content"] ?? "")
    }

    /// Changes the text of the system messages.
    package static func mapSystem(_ messages: inout [JSONValue], _ change: (String) -> String) {
        for index in messages.indices where messages[index]["role"]?.string == "system" {
            if let text = messages[index]["content"]?.string { messages[index]["content"] = .string(change(text)) }
        }
    }

    /// The text of a message, also when it lies in parts beside pictures.
    package static func text(of message: JSONValue) -> String {
        if let text = message["content"]?.string { return text }
        return (message["content"]?.array ?? []).first { $0["type"]?.string == "text" }?["text"]?.string ?? ""
    }

    package static func lastUserText(_ messages: [JSONValue]) -> String? {
        messages.last { $0["role"]?.string == "user" }.map(text)
    }

    private static func prefixed(_ text: String, _ content: JSONValue) -> JSONValue {
        if let old = content.string { return .string(old.isEmpty ? text : "\(text)\n\(old)") }
        guard var parts = content.array else { return .string(text) }
        if let index = parts.firstIndex(where: { $0["type"]?.string == "text" }) {
            parts[index]["text"] = .string("\(text)\n\(parts[index]["text"]?.string ?? "")")
        } else {
            parts.insert(["type": "text", "text": .string(text)], at: 0)
        }
        return .array(parts)
    }
}
