/// Decides what clients are told of an answer, and when.
///
/// Whoever replaces the text by each `.content` and appends each `.delta` has the content of the accumulator after
/// every `flush`, and a text that was its content at some time before.
package struct DeltaPacer: Sendable {
    /// What has to be told whole.
    private enum Overdue {
        case nothing, growth, block
    }

    private let chunkSize: Int
    private var policy = ContentPolicy()
    private var count = 0
    private var pending = ""
    private var chunk: CompletionEvent?
    /// The first event is whole, since clients may have a text to be continued that differs in the white space at its
    /// ends.
    private var overdue = Overdue.block

    /// - Parameter chunkSize: how many deltas are gathered into one event (`stream_delta_chunk_size`); at least 1.
    package init(chunkSize: Int = 1) {
        self.chunkSize = max(1, chunkSize)
    }

    /// - Parameters:
    ///   - updates: of one chunk.
    ///   - answer: as it is with these updates.
    ///   - now: seconds on the clock of the accumulator.
    /// - Returns: what is to be told now.
    package mutating func pace(
        _ updates: [CompletionUpdate],
        of answer: CompletionAccumulator,
        now: Double
    ) -> [CompletionEvent] {
        var events: [CompletionEvent] = []
        for update in updates {
            switch update {
            case .usage(let usage): events.append(.usage(usage))
            case .error(let error): events.append(.error(error))
            case .selectedModel(let id): events.append(.selectedModel(id))
            case .passthrough(let json, isEmpty: true): events.append(.passthrough(json))
            case .passthrough(let json, isEmpty: false):
                chunk = .passthrough(json)
                count += 1
            case .appended(let text):
                pending += text
                count += 1
            case .grown:
                if overdue == .nothing { overdue = .growth }
                count += 1
            case .replaced:
                overdue = .block
                count += 1
            case .stop: break
            }
        }
        return count >= chunkSize ? events + due(of: answer, now: now, isLast: false) : events
    }

    /// All that was held back: at the end of a stream, and before the turn does something that takes time.
    package mutating func flush(_ answer: CompletionAccumulator, now: Double) -> [CompletionEvent] {
        due(of: answer, now: now, isLast: true)
    }

    /// Tells the whole content next: a client has come (back) that may have missed something.
    package mutating func resync() {
        policy = ContentPolicy()
        overdue = .block
    }

    private mutating func due(of answer: CompletionAccumulator, now: Double, isLast: Bool) -> [CompletionEvent] {
        count = 0
        var events = text(of: answer, now: now, isLast: isLast).map { [$0] } ?? []
        if let chunk { events.append(chunk) }
        chunk = nil
        return events
    }

    private mutating func text(of answer: CompletionAccumulator, now: Double, isLast: Bool) -> CompletionEvent? {
        let size = answer.size
        if overdue == .nothing, pending.isEmpty { return nil }
        if overdue == .nothing, !policy.isShort(size) {
            defer { pending = "" }
            return .delta(pending)
        }
        pending = ""
        guard isLast || policy.allows(size: size, isNewBlock: overdue == .block, now: now) else { return nil }
        policy.tell(size: size, now: now)
        overdue = .nothing
        return .content(answer.content)
    }
}
