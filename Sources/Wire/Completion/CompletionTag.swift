package import Core

/// A pair of marks that set a part of the text apart.
package struct CompletionTag: Sendable, Equatable {
    enum Kind: Sendable {
        case reasoning, solution, code
    }

    let kind: Kind
    package let opening: String
    package let closing: String
    private let openingBytes: [UInt8]
    let closingBytes: [UInt8]
    /// Whether the opening mark has the form `<name>` and may hold attributes.
    private let takesAttributes: Bool

    init(_ kind: Kind, _ opening: String, _ closing: String) {
        self.kind = kind
        self.opening = opening
        self.closing = closing
        openingBytes = Array(opening.utf8)
        closingBytes = Array(closing.utf8)
        takesAttributes = opening.utf8.count > 2 && opening.hasPrefix("<") && opening.hasSuffix(">")
    }

    /// Attributes longer than this many bytes are no attributes; the bound keeps the search for `>` short.
    private static let maximumAttributes = 512

    enum Match: Equatable {
        case none
        /// The text ends before it is clear.
        case partial
        /// The mark ends before this index; its attributes lie in the range.
        case full(end: Int, attributes: Range<Int>)
    }

    var firstByte: UInt8 { openingBytes[0] }

    func match(_ text: [UInt8], at start: Int) -> Match {
        let fixed = takesAttributes ? openingBytes.dropLast() : openingBytes[...]
        let available = min(fixed.count, text.count - start)
        guard text[start..<(start + available)].elementsEqual(fixed.prefix(available)) else { return .none }
        var index = start + fixed.count
        guard takesAttributes else {
            return index <= text.count ? .full(end: index, attributes: index..<index) : .partial
        }
        guard index < text.count else { return .partial }
        if text[index] == UInt8(ascii: ">") { return .full(end: index + 1, attributes: index..<index) }
        guard Self.isSpace(text[index]) else { return .none }
        let first = index
        index += 1
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: ">"): return .full(end: index + 1, attributes: first..<index)
            case 10: return .none
            default: index += 1
            }
            if index - first > Self.maximumAttributes { return .none }
        }
        return .partial
    }

    /// The pairs `name="value"` in a range; values are never empty, the last of a name counts.
    static func attributes(_ text: [UInt8], in range: Range<Int>) -> [String: String] {
        var attributes: [String: String] = [:]
        var rest = text[range]
        while let nameStart = rest.firstIndex(where: isWord) {
            rest = rest[nameStart...]
            let name = rest.prefix(while: isWord)
            rest = rest[name.endIndex...]
            var value = rest.drop(while: isSpace)
            guard value.first == UInt8(ascii: "=") else { continue }
            value = value.dropFirst().drop(while: isSpace)
            guard value.first == UInt8(ascii: "\"") else { continue }
            value = value.dropFirst()
            guard let end = value.firstIndex(of: UInt8(ascii: "\"")), end > value.startIndex else { continue }
            attributes[String(decoding: name, as: UTF8.self)] = String(decoding: value[..<end], as: UTF8.self)
            rest = rest[(end + 1)...]
        }
        return attributes
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte >= 0x80 || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}

/// The tags that are looked for in a model's text.
package struct CompletionTags: Sendable {
    private let tags: [CompletionTag]
    private let firstBytes: Set<UInt8>

    private static let reasoning: [CompletionTag] = [
        ("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<reason>", "</reason>"),
        ("<reasoning>", "</reasoning>"), ("<thought>", "</thought>"), ("<Thought>", "</Thought>"),
        ("<|begin_of_thought|>", "<|end_of_thought|>"), ("◁think▷", "◁/think▷"),
    ].map { CompletionTag(.reasoning, $0.0, $0.1) }

    private static let solution = CompletionTag(.solution, "<|begin_of_solution|>", "<|end_of_solution|>")
    private static let code = CompletionTag(.code, "<code_interpreter>", "</code_interpreter>")

    /// What wraps thinking that a provider tells in a field of its own, when it goes back to a model.
    static let field = reasoning[0]

    /// - Parameters:
    ///   - reasoning: the chat's `reasoning_tags`: `false` looks for none, `[opening, closing]` for these alone, anything
    ///     else for the usual ones.
    ///   - findsCode: whether the chat has the code interpreter switched on.
    package init(reasoning: JSONValue? = nil, findsCode: Bool = false) {
        var tags: [CompletionTag] = []
        if reasoning?.bool != false {
            if let pair = reasoning?.array, pair.count == 2, let opening = pair[0].string, let closing = pair[1].string,
                !opening.isEmpty, !closing.isEmpty
            {
                tags.append(CompletionTag(.reasoning, opening, closing))
            } else {
                tags += Self.reasoning
            }
            tags.append(Self.solution)
        }
        if findsCode { tags.append(Self.code) }
        self.tags = tags
        firstBytes = Set(tags.map(\.firstByte))
    }

    /// Looks for the first opening mark from `start` on. Where there is none, `start` moves to where the next search
    /// has to begin.
    func find(
        in text: [UInt8],
        from start: inout Int
    ) -> (tag: CompletionTag, range: Range<Int>, attributes: Range<Int>)? {
        while start < text.count {
            if firstBytes.contains(text[start]) {
                var isOpen = false
                for tag in tags {
                    switch tag.match(text, at: start) {
                    case .none: break
                    case .partial: isOpen = true
                    case .full(let end, let attributes): return (tag, start..<end, attributes)
                    }
                }
                if isOpen { return nil }
            }
            start += 1
        }
        return nil
    }
}
