/// What somebody typed into the search of chats: words, and among them `tag:x`, `folder:x`, `pinned:true`, `archived:true`,
/// `shared:true` (or `false`). The words that are left are looked for as one text, in the order and with the spaces they have.
struct SearchQuery: Equatable {
    var text = ""
    /// Ids. A chat must have all of them; `none` stands for chats without any.
    var tags: [String] = []
    /// Names; a chat must be in one of them, or below.
    var folders: [String] = []
    var isPinned: Bool?
    var isArchived: Bool?
    var isShared: Bool?
    /// The tag, when the query is nothing but one.
    var onlyTag: String?

    init(_ typed: String) {
        let trimmed = String(typed.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        let words = trimmed.split(separator: " ", omittingEmptySubsequences: false)
        var rest: [Substring] = []
        for original in words {
            let word = original.lowercased()
            if let tag = word.removingPrefix("tag:") {
                tags.append(tag)
            } else if let folder = word.removingPrefix("folder:") {
                folders.append(folder)
            } else if let value = word.removingPrefix("pinned:") {
                isPinned = Self.flag(value, isPinned)
            } else if let value = word.removingPrefix("archived:") {
                isArchived = Self.flag(value, isArchived)
            } else if let value = word.removingPrefix("shared:") {
                isShared = Self.flag(value, isShared)
            } else {
                rest.append(original)
            }
        }
        text = rest.joined(separator: " ")
        if words.count == 1 { onlyTag = tags.first }
    }

    /// True goes before false; any other word says nothing.
    private static func flag(_ value: String, _ earlier: Bool?) -> Bool? {
        switch value {
        case "true": true
        case "false": earlier ?? false
        default: earlier
        }
    }
}

extension String {
    fileprivate func removingPrefix(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
