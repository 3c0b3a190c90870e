import Core

/// Builds an answer from a model's chunks: text, thinking, code to run and calls of tools, in blocks, over any number
/// of streams.
///
///     var answer = CompletionAccumulator(tags: CompletionTags(findsCode: true))
///     for chunk in stream { updates = answer.apply(chunk, now: clock.seconds) }
///     updates = answer.endStream(now: clock.seconds)
///
/// Its cost is linear in the length of the answer: each byte is searched for tags once, and blocks that are done are
/// kept in the form in which they are shown. Only `content` and its siblings, which give the whole text, cost as much
/// as it is long. What is told to clients, and how often, is the business of `DeltaPacer`.
package struct CompletionAccumulator: Sendable {
    package static let defaultLimit = 64 << 20

    private let tags: CompletionTags
    private let limit: Int
    private var received = 0
    /// The blocks that are done, and their content.
    private(set) var blocks: [CompletionBlock] = []
    private var written: [UInt8] = []
    var open: OpenBlock
    var gatherer = ToolCallGatherer()
    private var hasStopped = false

    /// - Parameters:
    ///   - content: the stored text of an answer that is to be continued; no tags are looked for in it.
    ///   - tags: what is looked for in the text.
    ///   - limit: bytes of the longest accepted answer.
    package init(continuing content: String = "", tags: CompletionTags = CompletionTags(), limit: Int = defaultLimit) {
        self.tags = tags
        self.limit = limit
        open = OpenBlock(.text)
        open.append(content.utf8)
        open.markKnown()
    }

    /// `now` is in seconds, on a clock of the caller's choice that never goes back.
    package mutating func apply(_ chunk: CompletionChunk, now: Double) -> [CompletionUpdate] {
        guard !hasStopped else { return [] }
        var updates: [CompletionUpdate] = []
        if let model = chunk.selectedModel { updates.append(.selectedModel(model)) }
        if let usage = chunk.usage { updates.append(.usage(usage)) }
        if let error = chunk.error { updates.append(.error(error)) }
        guard chunk.hasChoice else { return updates }

        gatherer.add(chunk.toolCalls)
        received += chunk.text.utf8.count + chunk.reasoning.utf8.count
        guard received <= limit else {
            hasStopped = true
            return updates + [.error(["message": "The answer is longer than \(limit) bytes"]), .stop]
        }
        if chunk.text.isEmpty, chunk.reasoning.isEmpty {
            return updates + [.passthrough(chunk.relayed, isEmpty: chunk.isDeltaEmpty)]
        }
        var hasNewBlocks = false
        if !chunk.reasoning.isEmpty { hasNewBlocks = think(chunk.reasoning, now: now) }
        if !chunk.text.isEmpty, say(chunk.text, now: now) { hasNewBlocks = true }
        updates += growth(hasNewBlocks: hasNewBlocks)
        if hasStopped { updates.append(.stop) }
        return updates
    }

    /// Ends the thinking that nothing ended; to be called when a stream is over or cut.
    package mutating func endStream(now: Double) -> [CompletionUpdate] {
        hasStopped = false
        guard open.isThinking else { return [] }
        close(seconds: open.seconds(now: now))
        return [.replaced]
    }

    /// The answer as clients show it and chats keep it.
    package var content: String {
        var content = written
        open.block()?.write(to: &content)
        return Self.text(content)
    }

    /// About as many bytes as `content` has, without the cost of making it.
    package var size: Int {
        written.count + open.text.count + (open.isAppendOnly ? 0 : 100)
    }

    /// Adds thinking; true when a block begins with it.
    private mutating func think(_ text: String, now: Double) -> Bool {
        let begins = !open.isThinking
        if begins {
            close()
            open = OpenBlock(.reasoningField, startedAt: now)
        }
        open.append(text.utf8)
        return begins
    }

    /// Adds text; true when blocks began or ended in it.
    private mutating func say(_ text: String, now: Double) -> Bool {
        var hasNewBlocks = false
        if open.kind == .reasoningField || open.kind == .toolCalls {
            close(seconds: open.seconds(now: now))
            hasNewBlocks = true
        }
        // A tag makes what follows it move into the next block. Small pieces bound that, however many tags a chunk has.
        var rest = text.utf8[...]
        while !rest.isEmpty, !hasStopped {
            var end = rest.index(rest.startIndex, offsetBy: 1024, limitedBy: rest.endIndex) ?? rest.endIndex
            while end < rest.endIndex, rest[end] & 0xC0 == 0x80 { rest.formIndex(after: &end) }
            open.append(rest[..<end])
            rest = rest[end...]
            while crossTag(now: now) { hasNewBlocks = true }
        }
        return hasNewBlocks
    }

    /// Begins or ends a block at the next tag; false when there is none.
    private mutating func crossTag(now: Double) -> Bool {
        if hasStopped { return false }
        if let next = open.cutAtOpeningTag(of: tags, now: now) {
            close()
            open = next
            return true
        }
        guard let rest = open.cutAtClosingTag() else { return false }
        hasStopped = open.isCode
        if open.text.isEmpty {
            open = OpenBlock(.text)
        } else if !open.isCode {
            close(seconds: open.seconds(now: now))
        }
        if !hasStopped { open.append(rest) }
        return true
    }

    /// Moves the open block to those that are done and opens a text.
    mutating func close(seconds: Int? = nil) {
        if let block = open.block(seconds: seconds) { close(as: block) }
        open = OpenBlock(.text)
    }

    mutating func close(as block: CompletionBlock) {
        block.write(to: &written)
        blocks.append(block)
        open = OpenBlock(.text)
    }

    private mutating func growth(hasNewBlocks: Bool) -> [CompletionUpdate] {
        if hasNewBlocks {
            open.skipGrowth()
            return [.replaced]
        }
        if !open.isAppendOnly { return [.grown] }
        return open.takeGrowth(before: written).map { [.appended($0)] } ?? []
    }

    static func text(_ content: [UInt8]) -> String {
        String(decoding: content[Blank.trim(content, in: content.indices)], as: UTF8.self)
    }
}
