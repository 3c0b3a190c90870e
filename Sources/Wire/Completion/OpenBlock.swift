import Core

/// The block that is being written: the last of an answer.
struct OpenBlock: Sendable {
    enum Kind: Sendable, Equatable {
        case text
        /// Thinking that the provider tells in a field of its own; it ends when text comes.
        case reasoningField
        /// A part that began with a tag and ends with one.
        case tagged(CompletionTag)
        case toolCalls
    }

    let kind: Kind
    private(set) var text: [UInt8] = []
    var attributes: [String: String] = [:]
    /// Seconds on the caller's clock.
    let startedAt: Double
    var calls: [ToolCall] = []
    var results: [ToolResult] = []
    /// Where the next search for a tag begins; what lies before was searched.
    private var searched = 0
    /// The text without the white space at its ends; empty while there is nothing else.
    private var visible = 0..<0
    /// How much of the text was told.
    private var told = 0

    init(_ kind: Kind, startedAt: Double = 0) {
        self.kind = kind
        self.startedAt = startedAt
    }

    /// Whether what is added to the block is added at the end of the content as well.
    var isAppendOnly: Bool {
        switch kind {
        case .text: true
        case .tagged(let tag): tag.kind == .solution
        case .reasoningField, .toolCalls: false
        }
    }

    var isThinking: Bool {
        switch kind {
        case .reasoningField: true
        case .tagged(let tag): tag.kind == .reasoning
        case .text, .toolCalls: false
        }
    }

    var isCode: Bool {
        if case .tagged(let tag) = kind { tag.kind == .code } else { false }
    }

    /// - Parameter piece: whole characters.
    mutating func append(_ piece: some Collection<UInt8>) {
        let start = text.count
        text.append(contentsOf: piece)
        let added = Blank.trim(text, in: start..<text.count)
        guard !added.isEmpty else { return }
        visible = (visible.isEmpty ? added.lowerBound : visible.lowerBound)..<added.upperBound
    }

    /// Takes the text as known to clients and free of tags: the part of an answer that is there when it is continued.
    mutating func markKnown() {
        searched = text.count
        told = visible.upperBound
    }

    /// What the content has grown by at its end since the last time.
    /// `before` is the content in front of the block, which clients have without the line break at its end.
    mutating func takeGrowth(before: [UInt8]) -> String? {
        guard visible.upperBound > told else { return nil }
        var growth: [UInt8] = []
        if told == 0 {
            growth += before[Blank.trimEnd(before, in: before.indices)...]
            if case .tagged(let tag) = kind, tag.kind == .solution { growth += Array("solution: ".utf8) }
        }
        growth += text[max(told, visible.lowerBound)..<visible.upperBound]
        told = visible.upperBound
        return String(decoding: growth, as: UTF8.self)
    }

    mutating func skipGrowth() {
        told = visible.upperBound
    }

    /// Cuts the text at the first opening tag and gives the block that begins there.
    mutating func cutAtOpeningTag(of tags: CompletionTags, now: Double) -> OpenBlock? {
        guard kind == .text, let found = tags.find(in: text, from: &searched) else { return nil }
        var next = OpenBlock(.tagged(found.tag), startedAt: now)
        next.attributes = CompletionTag.attributes(text, in: found.attributes)
        next.append(text[found.range.upperBound...])
        text.removeSubrange(found.range.lowerBound...)
        return next
    }

    /// Cuts the text at the closing tag and gives what follows it.
    mutating func cutAtClosingTag() -> [UInt8]? {
        guard case .tagged(let tag) = kind else { return nil }
        let closing = tag.closingBytes
        while searched + closing.count <= text.count {
            if text[searched] == closing[0], text[searched..<(searched + closing.count)].elementsEqual(closing) {
                let rest = Array(text[(searched + closing.count)...])
                text.removeSubrange(searched...)
                text = Blank.trimmed(text)
                return rest
            }
            searched += 1
        }
        return nil
    }

    /// The block as it stands; nil for a text that is empty. `seconds` is how long the model thought, nil while it
    /// does.
    func block(seconds: Int? = nil) -> CompletionBlock? {
        switch kind {
        case .text: text.isEmpty ? nil : .text(text)
        case .reasoningField: .reasoning(text, tag: CompletionTags.field, seconds: seconds)
        case .toolCalls: .toolCalls(calls, results: results)
        case .tagged(let tag):
            switch tag.kind {
            case .reasoning: .reasoning(text, tag: tag, seconds: seconds)
            case .solution: .solution(text)
            case .code: .code(text, attributes: attributes, output: nil)
            }
        }
    }

    func seconds(now: Double) -> Int {
        Int(max(0, min(now - startedAt, 1e9)))
    }
}
