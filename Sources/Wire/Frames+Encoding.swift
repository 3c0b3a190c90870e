extension EventFrame {
    /// The frame with its length in front.
    /// - Throws: `FrameError` when it is longer than `maximumLength`.
    package func encoded() throws(FrameError) -> [UInt8] {
        var writer = FrameWriter()
        switch self {
        case .emit(let rooms, let except, let event, let attachments):
            writer.begin(.emit, capacity: event.count + attachments.reduce(0) { $0 + $1.count } + 256)
            writer.list(rooms) { $0.string($1) }
            writer.list(except) { $0.string($1) }
            writer.bytes(event)
            writer.list(attachments) { $0.bytes($1) }
        case .call(let correlation, let sid, let event, let timeoutMilliseconds):
            writer.begin(.call, capacity: event.count + 64)
            writer.number(correlation)
            writer.string(sid)
            writer.bytes(event)
            writer.number(timeoutMilliseconds)
        case .join(let sid, let rooms):
            writer.begin(.join)
            writer.string(sid)
            writer.list(rooms) { $0.string($1) }
        case .leave(let sid, let rooms):
            writer.begin(.leave)
            writer.string(sid)
            writer.list(rooms) { $0.string($1) }
        case .close(let room): writer.simple(.close, room)
        case .streamExpect(let key): writer.simple(.streamExpect, key)
        case .streamHead(let key, let status, let headers):
            writer.begin(.streamHead)
            writer.string(key)
            writer.number(status)
            writer.list(headers) {
                $0.string($1.name)
                $0.string($1.value)
            }
        case .streamWrite(let key, let bytes):
            writer.begin(.streamWrite, capacity: bytes.count + 64)
            writer.string(key)
            writer.bytes(bytes)
        case .streamEnd(let key): writer.simple(.streamEnd, key)
        case .streamFail(let key): writer.simple(.streamFail, key)
        case .streamWanted(let key): writer.simple(.streamWanted, key)
        case .subscribe(let name): writer.simple(.subscribe, name)
        case .unsubscribe(let name): writer.simple(.unsubscribe, name)
        case .ping(let correlation): writer.simple(.ping, correlation)
        case .statisticsQuery(let correlation): writer.simple(.statisticsQuery, correlation)
        case .link(let isOpen):
            writer.begin(.link)
            writer.number(UInt8(isOpen ? 1 : 0))
        case .answer(let correlation, let arguments):
            writer.begin(.answer, capacity: arguments.count + 64)
            writer.number(correlation)
            writer.bytes(arguments)
        case .noAnswer(let correlation, let reason):
            writer.simple(.noAnswer, correlation)
            writer.number(reason.rawValue)
        case .streamGone(let key): writer.simple(.streamGone, key)
        case .incoming(let name, let sid, let arguments):
            writer.begin(.incoming, capacity: arguments.count + 128)
            writer.string(name)
            writer.string(sid)
            writer.bytes(arguments)
        case .pong(let correlation): writer.simple(.pong, correlation)
        case .statistics(let correlation, let json):
            writer.simple(.statistics, correlation)
            writer.bytes(json)
        case .linked(let name, let epoch):
            writer.simple(.linked, name)
            writer.string(epoch)
        }
        return try writer.finish()
    }
}

private struct FrameWriter {
    private var output: [UInt8] = []

    mutating func begin(_ kind: EventFrame.Kind, capacity: Int = 128) {
        output.reserveCapacity(capacity)
        number(UInt32(0))
        output.append(kind.rawValue)
    }

    mutating func simple(_ kind: EventFrame.Kind, _ text: String) {
        begin(kind)
        string(text)
    }

    mutating func simple(_ kind: EventFrame.Kind, _ correlation: UInt64) {
        begin(kind)
        number(correlation)
    }

    mutating func number(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { output.append(contentsOf: $0) }
    }

    mutating func bytes(_ bytes: [UInt8]) {
        number(UInt32(clamping: bytes.count))
        output.append(contentsOf: bytes)
    }

    mutating func string(_ text: String) {
        var text = text
        text.withUTF8 {
            number(UInt32(clamping: $0.count))
            output.append(contentsOf: $0)
        }
    }

    mutating func list<Element>(_ elements: [Element], _ write: (inout FrameWriter, Element) -> Void) {
        number(UInt32(clamping: elements.count))
        for element in elements { write(&self, element) }
    }

    mutating func finish() throws(FrameError) -> [UInt8] {
        let length = output.count - 4
        if length > EventFrame.maximumLength { throw FrameError("A frame of \(length) bytes") }
        withUnsafeBytes(of: UInt32(length).bigEndian) { output.replaceSubrange(0..<4, with: $0) }
        return output
    }
}
