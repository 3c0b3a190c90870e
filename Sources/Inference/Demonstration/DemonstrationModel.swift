package import Core

/// A small model that is built in, so that a newcomer can chat before a provider is configured. It knows nothing and says so.
package enum DemonstrationModel {
    package static let id = "swiftlet-demonstration"

    package static var catalogModel: CatalogModel {
        CatalogModel(
            id: id,
            name: "Demonstration (no provider configured)",
            source: .demonstration,
            entry: [
                "id": .string(id), "name": "Demonstration (no provider configured)", "object": "model", "created": 0,
                "owned_by": "swiftlet",
                "connection_type": "local",
            ],
            reader: .everybody
        )
    }

    /// Its answer to a conversation, in the pieces in which it is shown.
    package static func answer(to messages: [JSONValue]) -> [String] {
        let question = (Messages.lastUserText(messages) ?? "").trimmed
        let task = Task.allCases.first { question.contains("\"\($0.rawValue)\"") }
        let text =
            task.map { $0.answer(about: subject(of: question)) }
            ?? spoken(question, turn: messages.filter { $0["role"]?.string == "user" }.count)
        return pieces(text)
    }

    /// The housekeeping after an answer, which asks for JSON with one of these keys.
    private enum Task: String, CaseIterable {
        case followUps = "follow_ups"
        case title
        case tags

        func answer(about subject: String) -> String {
            switch self {
            case .title: JSONValue.object(["title": .string(subject)]).text
            case .tags: #"{"tags": ["Demonstration"]}"#
            case .followUps: #"{"follow_ups": ["How do I add a provider?", "What can Swiftlet do?"]}"#
            }
        }
    }

    private static func spoken(_ question: String, turn: Int) -> String {
        let excerpt = question.count > 200 ? question.prefix(200) + "…" : question[...]
        return """
            This is the built-in demonstration model. It does not understand language; it only shows that everything works: \
            your message went through the queue, and this answer is streamed to you word by word and kept.

            > \(excerpt.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n> "))

            That was message number \(turn) of this chat. An administrator can connect a real model under \
            **Admin Settings → Connections**.
            """
    }

    /// The first words that somebody said, as a title.
    private static func subject(of prompt: String) -> String {
        let marker = "USER: "
        let line =
            prompt.split(separator: "\n").first { $0.hasPrefix(marker) }?.dropFirst(marker.count) ?? "Demonstration"
        return line.split(separator: " ").prefix(6).joined(separator: " ")
    }

    private static func pieces(_ text: String) -> [String] {
        var pieces: [String] = []
        var piece = ""
        for character in text {
            piece.append(character)
            if character == " " || character == "\n" {
                pieces.append(piece)
                piece = ""
            }
        }
        if !piece.isEmpty { pieces.append(piece) }
        return pieces
    }
}
