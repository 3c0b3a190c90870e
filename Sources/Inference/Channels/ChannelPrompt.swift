import Conversations
import Core

/// What a model is asked that takes part in a channel's thread.
struct ChannelPrompt {
    let body: JSONObject

    init(_ thread: ChannelAnswer.Thread, _ model: CatalogModel) {
        let question: JSONValue =
            thread.pictures.isEmpty
            ? .string(thread.question)
            : .array(
                [["type": "text", "text": .string(thread.question)]]
                    + thread.pictures.map { ["type": "image_url", "image_url": ["url": .string($0)]] }
            )
        body = [
            "model": .string(model.id), "stream": false,
            "messages": [
                ["role": "system", "content": .string(Self.instruction(model.name, thread.lines))],
                ["role": "user", "content": question],
            ],
        ]
    }

    private static func instruction(_ name: String, _ lines: [String]) -> String {
        var text =
            "You are \(name), one of several people and models who talk in a thread. Answer briefly, as one does in a conversation."
        if !lines.isEmpty {
            text += "\n\nThe thread so far:\n\n\(lines.joined(separator: "\n"))\n\n"
            text += "Speak as \(name). Answer the last message, with the whole thread in mind."
        }
        return text
    }
}
