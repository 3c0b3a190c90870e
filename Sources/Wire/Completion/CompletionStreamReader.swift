package import Core

/// What a provider's stream holds.
package enum CompletionStreamItem: Sendable, Equatable {
    case chunk(JSONValue)
    /// `[DONE]`: nothing of interest follows.
    case done
}

/// Reads a provider's completion stream from bytes cut anywhere.
///
/// Providers put one JSON text in each `data` line, and some leave out the empty lines between them; so a line that is
/// JSON by itself is an item at once. Lines that are not are gathered until the empty line, as the standard has it, and
/// are one JSON text together or several apart. A bare JSON object without `data:` (an error reported by a proxy in the
/// middle of a stream) is read too. Whatever else is in the stream is counted and left out.
package struct CompletionStreamReader: Sendable {
    /// Items that were no JSON.
    package private(set) var unreadable = 0

    private let limit: Int
    private var lines: LineSplitter
    private var gathered: [[UInt8]] = []
    private var gatheredBytes = 0

    package init(limit: Int = EventStreamParser.defaultLimit) {
        self.limit = limit
        lines = LineSplitter(limit: limit)
    }

    package mutating func feed(_ bytes: [UInt8]) throws(EventStreamError) -> [CompletionStreamItem] {
        var items: [CompletionStreamItem] = []
        for line in try lines.feed(bytes) { try read(line, into: &items) }
        return items
    }

    package mutating func finish() throws(EventStreamError) -> [CompletionStreamItem] {
        var items: [CompletionStreamItem] = []
        if let line = try lines.finish() { try read(line, into: &items) }
        dispatch(into: &items)
        return items
    }

    private mutating func read(
        _ line: [UInt8],
        into items: inout [CompletionStreamItem]
    ) throws(EventStreamError) {
        if line.first == UInt8(ascii: "{") {
            take(Self.item(line), into: &items)
            return
        }
        switch EventStreamLine(line) {
        case .blank: dispatch(into: &items)
        case .field("data", let value):
            let value = Array(value)
            if gathered.isEmpty, let item = Self.item(value) {
                items.append(item)
                return
            }
            gatheredBytes += value.count + 1
            if gatheredBytes > limit { throw .eventTooLong(limit: limit) }
            gathered.append(value)
        case .comment, .field: break
        }
    }

    private mutating func dispatch(into items: inout [CompletionStreamItem]) {
        guard !gathered.isEmpty else { return }
        let values = gathered
        gathered = []
        gatheredBytes = 0
        if values.count > 1, let item = Self.item(Array(values.joined(separator: [10]))) {
            items.append(item)
        } else {
            for value in values { take(Self.item(value), into: &items) }
        }
    }

    private mutating func take(_ item: CompletionStreamItem?, into items: inout [CompletionStreamItem]) {
        if let item { items.append(item) } else { unreadable += 1 }
    }

    private static func item(_ bytes: [UInt8]) -> CompletionStreamItem? {
        if bytes.count < 32, bytes[Blank.trim(bytes, in: bytes.indices)].elementsEqual("[DONE]".utf8) { return .done }
        if let chunk = try? JSONValue(parsing: bytes) { return .chunk(chunk) }
        // Providers cut characters; what can be read of the text is worth more than the byte that can not.
        return (try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self))).map(CompletionStreamItem.chunk)
    }
}
