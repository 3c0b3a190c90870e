/// One event of a `text/event-stream`.
package struct ServerSentEvent: Sendable, Equatable {
    /// The `event` field; "message" where the stream names none.
    package var name: String
    /// The `data` lines, joined by LF.
    package var data: String
    /// The last `id` seen in the stream so far.
    package var id: String?

    package init(name: String = "message", data: String, id: String? = nil) {
        self.name = name
        self.data = data
        self.id = id
    }
}

/// Writes events in the form browsers and API clients read.
package enum EventStreamWriter {
    /// What ends a completion stream in OpenAI's form.
    package static let done: [UInt8] = Array("data: [DONE]\n\n".utf8)
    /// A comment that keeps proxies from closing a silent connection.
    package static let heartbeat: [UInt8] = Array(": \n\n".utf8)

    /// `data: …` and an empty line. JSON never holds a raw line break; other text gets one `data` line for each of its
    /// lines.
    package static func event(_ data: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.count + 8)
        write("data", data, to: &bytes)
        bytes.append(10)
        return bytes
    }

    package static func event(_ event: ServerSentEvent) -> [UInt8] {
        var bytes: [UInt8] = []
        if event.name != "message" { write("event", singleLine(event.name), to: &bytes) }
        if let id = event.id { write("id", singleLine(id), to: &bytes) }
        write("data", Array(event.data.utf8), to: &bytes)
        bytes.append(10)
        return bytes
    }

    private static func write(_ field: StaticString, _ value: [UInt8], to bytes: inout [UInt8]) {
        var value = value[...]
        while true {
            let end = value.firstIndex { $0 == 10 || $0 == 13 }
            bytes.append(contentsOf: "\(field): ".utf8)
            bytes.append(contentsOf: value[..<(end ?? value.endIndex)])
            bytes.append(10)
            guard let end else { return }
            let isPair = value[end] == 13 && end + 1 < value.endIndex && value[end + 1] == 10
            value = value[(end + (isPair ? 2 : 1))...]
        }
    }

    /// A line break in a name would start a field of its own.
    private static func singleLine(_ text: String) -> [UInt8] {
        text.utf8.filter { $0 != 10 && $0 != 13 }
    }
}
