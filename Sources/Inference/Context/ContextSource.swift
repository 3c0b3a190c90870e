import Core

/// What a model is given to answer from, with the item it was read for. The client shows it below the answer.
struct ContextSource {
    /// The item as it was attached, less the texts it carried: they are the passages.
    let item: JSONObject
    let passages: [Passage]

    init(_ item: JSONObject, _ passages: [Passage]) {
        var item = item
        for key in ["data", "content", "docs"] { item[key] = nil }
        if item["file"]?["data"] != nil { item["file"]?["data"] = Optional.none }
        self.item = item
        self.passages = passages
    }

    /// `{source, document: [text], metadata: [{…}]}`
    var json: JSONValue {
        [
            "source": .object(item), "document": JSONValue(passages.map(\.text)),
            "metadata": .array(passages.map(\.metadata)),
        ]
    }

    /// Only what has a name or an id can be shown.
    var isShown: Bool {
        item["name"]?.isTruthy ?? false || item["id"]?.isTruthy ?? false
    }

    /// Passages of the same origin share a number in the prompt.
    func origin(of passage: Passage) -> String {
        for value in [passage.metadata["source"], item["id"]] {
            if let value, value.isTruthy { return value.string ?? value.text }
        }
        return "N/A"
    }
}
