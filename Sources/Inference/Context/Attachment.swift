import Core

/// A piece of text that a model is given to answer from, and where it comes from: `{source?, name?, file_id?, …}`.
struct Passage: Equatable {
    let text: String
    let metadata: JSONValue
}

/// Something attached to a question, to a folder or to a model, as far as its text can be had: it lies in the item itself, or is a note or a
/// chat. Files and collections that are only named need a file store and retrieval, which are not built.
enum Attachment: Equatable {
    case passages([Passage])
    case note(id: String)
    case chat(id: String)

    /// - Parameter item: `{type, id, name, context, …}`; nil for kinds that can not be read.
    init?(_ item: JSONObject) {
        let named: JSONValue = ["file_id": item["id"] ?? .null, "name": item["name"] ?? .null]
        switch item["type"]?.string {
        case "text":
            if let text = Self.carriedText(item) {
                self = .passages([Passage(text: text, metadata: item["file"]?["meta"]?.nonNull ?? [:])])
            } else if let text = item["content"]?.string {
                self = .passages([Passage(text: text, metadata: named)])
            } else {
                return nil
            }
        case "note":
            guard let id = item["id"]?.string else { return nil }
            self = .note(id: id)
        case "chat":
            guard let id = item["id"]?.string else { return nil }
            self = .chat(id: id)
        case "file":
            // Whoever wants a file to be used as a whole may send its text along.
            guard item["context"]?.string == "full", let text = Self.carriedText(item), !text.isEmpty else {
                return nil
            }
            var metadata = named
            for (key, value) in item["file"]?["data"]?["metadata"]?.object ?? [:] { metadata[key] = value }
            self = .passages([Passage(text: text, metadata: metadata)])
        default:
            guard let documents = item["docs"]?.array else { return nil }
            self = .passages(
                documents.compactMap { document in
                    document["content"]?.string.map {
                        Passage(text: $0, metadata: document["metadata"]?.nonNull ?? [:])
                    }
                }
            )
        }
    }

    private static func carriedText(_ item: JSONObject) -> String? {
        item["file"]?["data"]?["content"]?.string
    }
}
