/// A person or a model that a text names: `<@U:id|label>`, `<@M:id|label>`, or the same without a label.
struct Mention: Equatable {
    enum Kind: Character {
        case user = "U"
        case model = "M"
    }

    /// Nil for a kind that is not known.
    let kind: Kind?
    let id: String
    let label: String?

    /// The mentions of a text, in order.
    static func all(in text: String) -> [Mention] {
        pieces(of: text).compactMap { if case .mention(let mention) = $0 { mention } else { nil } }
    }

    /// The text with each mention as it is read aloud: by its label, or else its id.
    static func plain(_ text: String) -> String {
        pieces(of: text).map { piece in
            switch piece {
            case .text(let text): String(text)
            case .mention(let mention): mention.label ?? mention.id
            }
        }.joined()
    }

    private enum Piece {
        case text(Substring)
        case mention(Mention)
    }

    private static func pieces(of text: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text[...]
        while let start = rest.firstRange(of: "<@") {
            if let (mention, end) = read(rest[start.upperBound...]) {
                pieces += [.text(rest[..<start.lowerBound]), .mention(mention)]
                rest = rest[end...]
            } else {
                pieces.append(.text(rest[..<start.upperBound]))
                rest = rest[start.upperBound...]
            }
        }
        return pieces + [.text(rest)]
    }

    /// Reads a mention behind its `<@`, and says where it ends.
    private static func read(_ text: Substring) -> (Mention, String.Index)? {
        guard let letter = text.first, ("A"..."Z").contains(letter), text.dropFirst().first == ":" else { return nil }
        let body = text.dropFirst(2)
        guard let end = body.firstIndex(of: ">") else { return nil }
        let parts = body[..<end].split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        guard !parts[0].isEmpty, !parts[0].contains("<") else { return nil }
        let label = parts.count > 1 && !parts[1].isEmpty ? String(parts[1]) : nil
        return (Mention(kind: Kind(rawValue: letter), id: String(parts[0]), label: label), body.index(after: end))
    }
}
