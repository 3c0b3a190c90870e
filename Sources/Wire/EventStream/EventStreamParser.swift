/// Reads a `text/event-stream` (WHATWG HTML, 9.2) from bytes cut anywhere.
///
/// It departs from the standard in one point: what is left when the stream ends without an empty line is still an
/// event, since servers that cut off the last line break are common and their last event matters.
package struct EventStreamParser: Sendable {
    package static let defaultLimit = 32 << 20

    private let limit: Int
    private var lines: LineSplitter
    private var name = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var id: String?

    /// - Parameter limit: bytes of the longest accepted event.
    package init(limit: Int = defaultLimit) {
        self.limit = limit
        lines = LineSplitter(limit: limit)
    }

    package mutating func feed(_ bytes: [UInt8]) throws(EventStreamError) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for line in try lines.feed(bytes) {
            if let event = try read(line) { events.append(event) }
        }
        return events
    }

    package mutating func finish() throws(EventStreamError) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        if let line = try lines.finish(), let event = try read(line) { events.append(event) }
        if let event = dispatch() { events.append(event) }
        return events
    }

    private mutating func read(_ line: [UInt8]) throws(EventStreamError) -> ServerSentEvent? {
        switch EventStreamLine(line) {
        case .blank: return dispatch()
        case .comment: break
        case .field("data", let value):
            if data.count + value.count + 1 > limit { throw .eventTooLong(limit: limit) }
            if hasData { data.append(10) }
            data.append(contentsOf: value)
            hasData = true
        case .field("event", let value): name = String(decoding: value, as: UTF8.self)
        case .field("id", let value): if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
        case .field: break  // `retry` is for clients that reconnect; other names are to be ignored.
        }
        return nil
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            name = ""
            data = []
            hasData = false
        }
        guard hasData else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        return ServerSentEvent(name: name.isEmpty ? "message" : name, data: text, id: id)
    }
}
