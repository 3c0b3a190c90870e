import Core

@testable import Wire

/// The chunk of a stream that says this.
func chunk(_ text: String = "", reasoning: String = "", calls: [JSONValue] = []) -> CompletionChunk {
    var delta: JSONValue = [:]
    if !text.isEmpty { delta["content"] = .string(text) }
    if !reasoning.isEmpty { delta["reasoning_content"] = .string(reasoning) }
    if !calls.isEmpty { delta["tool_calls"] = .array(calls) }
    return CompletionChunk(["choices": [["index": 0, "delta": delta]]])
}

/// A stream's texts, told to a client that does what the web client does with events.
struct Listener {
    var answer: CompletionAccumulator
    var pacer: DeltaPacer
    var shown = ""
    var told = 0
    var events: [CompletionEvent] = []
    var now = 0.0

    init(_ answer: CompletionAccumulator = CompletionAccumulator(), chunkSize: Int = 1) {
        self.answer = answer
        pacer = DeltaPacer(chunkSize: chunkSize)
    }

    mutating func hear(_ chunk: CompletionChunk) {
        take(pacer.pace(answer.apply(chunk, now: now), of: answer, now: now))
    }

    mutating func hear(_ updates: [CompletionUpdate]) {
        take(pacer.pace(updates, of: answer, now: now))
    }

    mutating func end() {
        hear(answer.endStream(now: now))
        take(pacer.flush(answer, now: now))
    }

    mutating func take(_ events: [CompletionEvent]) {
        for event in events {
            switch event {
            case .content(let text):
                shown = text
                told += text.utf8.count
            case .delta(let text):
                shown += text
                told += text.utf8.count
            default: break
            }
        }
        self.events += events
    }
}

/// Numbers that are the same in each run.
struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let mixed = (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        return mixed ^ (mixed >> 33)
    }

    /// The text cut into pieces of up to `longest` characters.
    mutating func cut(_ text: String, longest: Int) -> [String] {
        var rest = Array(text.unicodeScalars)[...]
        var pieces: [String] = []
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...longest, using: &self))
            pieces.append(String(String.UnicodeScalarView(piece)))
            rest = rest.dropFirst(piece.count)
        }
        return pieces
    }
}
