import Core
import Wire

/// What a model answered to a task, as far as it is usable: models do not always keep to what they were asked for.
package struct TaskReply: Sendable {
    /// Null when the answer holds no JSON object.
    private let object: JSONValue

    /// - Parameter body: the provider's completion.
    package init(completion body: [UInt8]) {
        let answer = (try? JSONValue(parsing: body)).flatMap(CompletionAnswer.init)
        self.init(text: answer?.text ?? "")
    }

    /// - Parameter text: JSON, maybe with words or a code fence around it.
    package init(text: String) {
        object = EmbeddedJSON.object(in: text) ?? .null
    }

    /// Longer ones are cut, in characters.
    static let longestTitle = 1000
    private static let mostItems = 20
    /// In bytes.
    private static let longestTag = 255

    package var title: String? {
        object["title"]?.string.flatMap(Self.title)
    }

    /// A text as a title; nil when there is nothing to see in it.
    package static func title(_ text: String) -> String? {
        let title = text.prefix(longestTitle).trimmed
        return title.isEmpty ? nil : title
    }

    /// Nil when there is no list; what is no text in it is left out.
    package var followUps: [String]? {
        texts("follow_ups")
    }

    /// Names of tags, each once. "None" is the name for having no tags, so it is none.
    package var tags: [String]? {
        guard let names = texts("tags") else { return nil }
        var seen: Set<String> = ["none"]
        return names.filter {
            $0.utf8.count <= Self.longestTag && seen.insert($0.lowercased().replacing(" ", with: "_")).inserted
        }
    }

    private func texts(_ key: String) -> [String]? {
        object[key]?.array.map { items in
            Array(items.lazy.compactMap { $0.string?.trimmed }.filter { !$0.isEmpty }.prefix(Self.mostItems))
        }
    }
}
