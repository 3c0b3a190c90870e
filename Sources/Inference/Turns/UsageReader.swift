import Core

/// Finds the counts of tokens in what a provider sends, whatever else is in it.
struct UsageReader {
    /// Of an answer that is no stream; more than this has no counts.
    private static let longest = 4 << 20
    private static let marker = Array(#""usage""#.utf8)

    private let isStream: Bool
    private var rest: [UInt8] = []
    private(set) var prompt = 0
    private(set) var completion = 0

    init(isStream: Bool) {
        self.isStream = isStream
    }

    mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        if rest.count + bytes.count > Self.longest { return rest.removeAll() }
        rest.append(contentsOf: bytes)
        guard isStream, let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return }
        read(lines: rest[...end])
        rest.removeFirst(end + 1)
    }

    mutating func finish() {
        if isStream { read(lines: rest[...]) } else { take(rest[...]) }
        rest = []
    }

    /// Almost no line has counts, and only one that has is parsed.
    private mutating func read(lines: ArraySlice<UInt8>) {
        guard lines.firstRange(of: Self.marker) != nil else { return }
        for line in lines.split(separator: UInt8(ascii: "\n")) where line.firstRange(of: Self.marker) != nil {
            take(line.drop { $0 != UInt8(ascii: "{") })
        }
    }

    /// Counts of a stream grow from one event to the next, so the last ones are the whole.
    private mutating func take(_ json: ArraySlice<UInt8>) {
        guard !json.isEmpty, let usage = (try? JSONValue(parsing: Array(json)))?["usage"], usage.object != nil else {
            return
        }
        prompt = Self.count(usage, ["prompt_tokens", "input_tokens", "prompt_eval_count"]) ?? prompt
        completion = Self.count(usage, ["completion_tokens", "output_tokens", "eval_count"]) ?? completion
    }

    private static func count(_ usage: JSONValue, _ names: [String]) -> Int? {
        names.lazy.compactMap { usage[$0]?.int }.first { $0 >= 0 }
    }
}
