import Core

/// What the template of a task is filled in with.
///
/// Placeholders: `{{prompt}}`, `{{MESSAGES}}`, either of them with `:START:N`, `:END:N` or `:MIDDLETRUNCATE:N` for a part of it (`prompt` in any
/// case), `{{TYPE}}`, `{{responses}}`, `{{TOOLS}}`, and those of `SystemPrompt`. What stands for nothing here stays as it is written.
package struct TaskPrompt: Sendable {
    /// One message of the conversation, as a template shows it.
    package struct Message: Sendable, Equatable {
        package var role: String
        package var text: String

        package init(role: String, text: String) {
            self.role = role
            self.text = text
        }
    }

    package var prompt: String?
    package var messages: [Message]?
    package var type: String?
    package var responses: [String]?
    package var tools: String?
    private let system: SystemPrompt

    package init(_ system: SystemPrompt) {
        self.system = system
    }

    /// About a conversation; its last question is the prompt.
    package init(_ messages: [Message], _ system: SystemPrompt) {
        self.init(system)
        self.messages = messages
        prompt = messages.last { $0.role == "user" }?.text ?? ""
    }

    /// Fills a template in. What is filled in is not looked at again, so that nothing said in a conversation can bring in another placeholder.
    package func fill(_ template: String) -> String {
        let text = Array(template.utf8)
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            if let name = name(in: text, at: index), let value = value(of: name) {
                out += value.utf8
                index += name.utf8.count + 4
            } else {
                out.append(text[index])
                index += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// No placeholder has a longer name, in bytes: it bounds how far the end of one is looked for.
    private static let longestName = 48

    /// The name between `{{` here and the next `}}`.
    private func name(in text: [UInt8], at start: Int) -> String? {
        let (opening, closing) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
        guard start + 1 < text.count, text[start] == opening, text[start + 1] == opening else { return nil }
        let candidates = text[(start + 2)...].prefix(Self.longestName + 1)
        guard let end = candidates.firstIndex(where: { $0 == closing || $0 == opening }), end + 1 < text.count,
            text[end] == closing,
            text[end + 1] == closing
        else { return nil }
        return String(decoding: text[(start + 2)..<end], as: UTF8.self)
    }

    private func value(of name: String) -> String? {
        if let prompt, let excerpt = Excerpt(of: "prompt", name.lowercased()) { return excerpt.cut(prompt) }
        if let messages, name == name.uppercased(), let excerpt = Excerpt(of: "messages", name.lowercased()) {
            return excerpt.cut(messages).map { "\($0.role.uppercased()): \($0.text)" }.joined(separator: "\n")
        }
        switch name {
        case "TYPE": if let type { return type }
        case "responses": if let responses { return responses.map { "\"\"\"\($0)\"\"\"" }.joined(separator: "\n\n") }
        case "TOOLS": if let tools { return tools }
        default: break
        }
        let placeholder = "{{\(name)}}"
        let value = system.expand(placeholder)
        return value == placeholder ? nil : value
    }
}

/// Which part of something long a placeholder asks for.
private enum Excerpt {
    case whole
    case start(Int)
    case end(Int)
    /// Half of it from the start and half from the end.
    case ends(Int)

    /// From a name such as `prompt:start:20`, in lower case.
    init?(of subject: String, _ name: String) {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        guard parts[0] == subject, parts.count == 1 || parts.count == 3 else { return nil }
        guard parts.count == 3 else {
            self = .whole
            return
        }
        guard !parts[2].isEmpty, parts[2].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        // Digits that are no number any more stand for all there is.
        let count = Int(parts[2]) ?? .max
        switch parts[1] {
        case "start": self = .start(count)
        case "end": self = .end(count)
        case "middletruncate": self = .ends(count)
        default: return nil
        }
    }

    func cut(_ text: String) -> String {
        switch self {
        case .whole: text
        case .start(let count): String(text.prefix(count))
        case .end(let count): String(text.suffix(count))
        case .ends(let count):
            text.count <= count ? text : "\(text.prefix(count - count / 2))...\(text.suffix(count / 2))"
        }
    }

    func cut(_ messages: [TaskPrompt.Message]) -> [TaskPrompt.Message] {
        switch self {
        case .whole: messages
        case .start(let count): Array(messages.prefix(count))
        case .end(let count): Array(messages.suffix(count))
        case .ends(let count):
            messages.count <= count ? messages : messages.prefix(count / 2) + messages.suffix(count - count / 2)
        }
    }
}
