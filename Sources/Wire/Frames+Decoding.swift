/// Cuts the bytes of a connection into frames.
package struct EventFrameDecoder: Sendable {
    private var buffer: [UInt8] = []
    /// Bytes of the buffer that are consumed.
    private var start = 0

    package init() {}

    package mutating func append(_ bytes: some Collection<UInt8>) {
        // Moving the rest to the front now and then keeps the buffer as small as the largest frame.
        if start > 0, start == buffer.count || start > 1 << 16 {
            buffer.removeSubrange(0..<start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// - Returns: the next whole frame, nil when more bytes are needed.
    package mutating func next() throws(FrameError) -> EventFrame? {
        let available = buffer.count - start
        guard available >= 4 else { return nil }
        let length = (0..<4).reduce(0) { $0 << 8 | Int(buffer[start + $1]) }
        if length > EventFrame.maximumLength { throw FrameError("A frame of \(length) bytes") }
        guard available >= 4 + length else { return nil }
        let result = buffer.withUnsafeBytes { bytes in
            Result { () throws(FrameError) in
                var reader = FrameReader(
                    bytes: UnsafeRawBufferPointer(rebasing: bytes[(start + 4)..<(start + 4 + length)])
                )
                return try reader.frame()
            }
        }
        start += 4 + length
        if start == buffer.count {
            // A large frame's memory is given back; the usual size is kept.
            buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 18)
            start = 0
        }
        return try result.get()
    }
}

private struct FrameReader {
    let bytes: UnsafeRawBufferPointer
    var position = 0

    init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    mutating func frame() throws(FrameError) -> EventFrame {
        let code: UInt8 = try number()
        guard let kind = EventFrame.Kind(rawValue: code) else { throw FrameError("A frame of unknown kind \(code)") }
        switch kind {
        case .emit:
            return .emit(rooms: try strings(), except: try strings(), event: try array(), attachments: try arrays())
        case .call:
            return .call(
                correlation: try number(),
                sid: try string(),
                event: try array(),
                timeoutMilliseconds: try number()
            )
        case .join: return .join(sid: try string(), rooms: try strings())
        case .leave: return .leave(sid: try string(), rooms: try strings())
        case .close: return .close(room: try string())
        case .streamExpect: return .streamExpect(key: try string())
        case .streamHead: return .streamHead(key: try string(), status: try number(), headers: try headers())
        case .streamWrite: return .streamWrite(key: try string(), bytes: try array())
        case .streamEnd: return .streamEnd(key: try string())
        case .streamFail: return .streamFail(key: try string())
        case .streamWanted: return .streamWanted(key: try string())
        case .subscribe: return .subscribe(name: try string())
        case .unsubscribe: return .unsubscribe(name: try string())
        case .ping: return .ping(correlation: try number())
        case .statisticsQuery: return .statisticsQuery(correlation: try number())
        case .link:
            let isOpen: UInt8 = try number()
            return .link(isOpen: isOpen != 0)
        case .answer: return .answer(correlation: try number(), arguments: try array())
        case .noAnswer:
            let correlation: UInt64 = try number()
            guard let reason = EventFrame.NoAnswer(rawValue: try number()) else {
                throw FrameError("An unknown reason")
            }
            return .noAnswer(correlation: correlation, reason: reason)
        case .streamGone: return .streamGone(key: try string())
        case .incoming: return .incoming(name: try string(), sid: try string(), arguments: try array())
        case .pong: return .pong(correlation: try number())
        case .statistics: return .statistics(correlation: try number(), json: try array())
        case .linked: return .linked(name: try string(), epoch: try string())
        }
    }

    private mutating func number<Number: FixedWidthInteger>() throws(FrameError) -> Number {
        let size = MemoryLayout<Number>.size
        guard bytes.count - position >= size else { throw FrameError("A frame that ends early") }
        defer { position += size }
        return Number(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
    }

    private mutating func slice() throws(FrameError) -> UnsafeRawBufferPointer {
        let count: UInt32 = try number()
        guard bytes.count - position >= Int(count) else { throw FrameError("A frame that ends early") }
        defer { position += Int(count) }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + Int(count))])
    }

    private mutating func string() throws(FrameError) -> String {
        String(decoding: try slice(), as: UTF8.self)
    }

    private mutating func array() throws(FrameError) -> [UInt8] {
        Array(try slice())
    }

    private mutating func strings() throws(FrameError) -> [String] {
        try list { (reader) throws(FrameError) in try reader.string() }
    }

    private mutating func arrays() throws(FrameError) -> [[UInt8]] {
        try list { (reader) throws(FrameError) in try reader.array() }
    }

    private mutating func headers() throws(FrameError) -> [EventFrame.Header] {
        try list { (reader) throws(FrameError) in .init(name: try reader.string(), value: try reader.string()) }
    }

    private mutating func list<Element>(
        _ read: (inout FrameReader) throws(FrameError) -> Element
    ) throws(FrameError) -> [Element] {
        let count: UInt32 = try number()
        // Each element takes four bytes at least, so a false count can not make this allocate much.
        guard Int(count) <= (bytes.count - position) / 4 else { throw FrameError("A frame that ends early") }
        var elements: [Element] = []
        elements.reserveCapacity(Int(count))
        for _ in 0..<count { elements.append(try read(&self)) }
        return elements
    }
}
