import Core

/// How sources get into a request: numbered, inside the administrator's template, before the last question.
struct ContextPrompt {
    /// `<source id="1" name="…">text</source>`, one a line.
    let context: String
    /// How many origins there are.
    let count: Int

    init(_ sources: [ContextSource]) {
        var numbers: [String: Int] = [:]
        var lines: [String] = []
        for source in sources {
            let name = source.item["name"]?.string.map { " name=\"\($0.replacing("\"", with: "&quot;"))\"" } ?? ""
            for passage in source.passages {
                let origin = source.origin(of: passage)
                let number = numbers[origin] ?? numbers.count + 1
                numbers[origin] = number
                lines.append("<source id=\"\(number)\"\(name)>\(passage.text)</source>")
            }
        }
        context = lines.joined(separator: "\n").trimmed
        count = numbers.count
    }

    /// Puts the filled template before the last question, which follows it once more.
    func insert(into messages: inout [JSONValue], template: String, _ system: SystemPrompt) {
        guard !context.isEmpty else { return }
        let query = Messages.lastUserText(messages) ?? ""
        let text = fill(template.trimmed.isEmpty ? SettingText.retrievalTemplate : template, query, system)
        Messages.prepend(toLastQuestion: text, in: &messages)
    }

    private static let placeholders = ["[context]", "{{CONTEXT}}", "[query]", "{{QUERY}}"]

    /// What is filled in is not looked at again, so that no text can bring in another placeholder.
    func fill(_ template: String, _ query: String, _ system: SystemPrompt) -> String {
        var out = ""
        var rest = template[...]
        while true {
            let found = Self.placeholders.compactMap { rest.firstRange(of: $0) }.min { $0.lowerBound < $1.lowerBound }
            guard let found else { return out + system.expand(String(rest)) }
            out += system.expand(String(rest[..<found.lowerBound]))
            out += rest[found].lowercased().contains("context") ? context : query
            rest = rest[found.upperBound...]
        }
    }
}
