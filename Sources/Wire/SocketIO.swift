package import Core

/// One Socket.IO 5 packet (https://github.com/socketio/socket.io-protocol): the text of an Engine.IO message, and the
/// binary messages that follow it.
///
///     <kind>[<number of attachments>-][<namespace>,][<acknowledgement id>][<JSON>]
package struct SocketIOPacket: Equatable, Sendable {
    package enum Kind: UInt8, Sendable {
        case connect = 0
        case disconnect
        case event
        case acknowledgement
        case connectError
        case binaryEvent
        case binaryAcknowledgement
    }

    /// Binary messages that may belong to one packet. The one client path that sends any sends one.
    package static let maximumAttachments = 16
    /// Bytes of all attachments of one packet.
    package static let maximumAttachmentBytes = 4 * EngineIO.maximumPayload
    package static let maximumNamespaceBytes = 256
    /// Clients nest under 20 levels; every level is a frame of the reader's stack.
    package static let maximumDepth = 64

    package var kind: Kind
    package var namespace = "/"
    /// Present on events that ask for an answer, and on answers.
    package var id: UInt64?
    package var attachmentCount = 0
    /// An array for events and answers, an object for connections.
    package var data: JSONValue?

    package init(
        kind: Kind,
        namespace: String = "/",
        id: UInt64? = nil,
        attachmentCount: Int = 0,
        data: JSONValue? = nil
    ) {
        self.kind = kind
        self.namespace = namespace
        self.id = id
        self.attachmentCount = attachmentCount
        self.data = data
    }

    /// Reads the text of an Engine.IO message.
    package init(parsing bytes: [UInt8]) throws(PacketError) {
        var reader = Reader(bytes: bytes)
        self.init(kind: try reader.kind())
        if kind == .binaryEvent || kind == .binaryAcknowledgement { attachmentCount = try reader.attachmentCount() }
        namespace = try reader.namespace()
        id = try reader.id()
        data = try reader.data()
        try check()
    }

    package var text: [UInt8] {
        var text = [UInt8(ascii: "0") + kind.rawValue]
        if kind == .binaryEvent || kind == .binaryAcknowledgement { text += Array("\(attachmentCount)-".utf8) }
        if namespace != "/" { text += Array("\(namespace),".utf8) }
        if let id { text += Array(String(id).utf8) }
        if let data { text += data.bytes }
        return text
    }

    /// What each kind must and must not carry.
    private func check() throws(PacketError) {
        switch kind {
        case .connect:
            // Python clients send no data, JavaScript ones an object.
            switch data {
            case nil, .null?, .object?: break
            default: throw PacketError("A connection's data must be an object")
            }
            if id != nil { throw PacketError("A connection has no id") }
        case .disconnect, .connectError:
            if id != nil { throw PacketError("This packet has no id") }
        case .event, .binaryEvent:
            guard data?[0]?.string != nil else { throw PacketError("An event is an array that begins with its name") }
        case .acknowledgement, .binaryAcknowledgement:
            guard data?.array != nil else { throw PacketError("An answer is an array") }
            if id == nil { throw PacketError("An answer has an id") }
        }
    }
}

private struct Reader {
    let bytes: [UInt8]
    var position = 0

    mutating func kind() throws(PacketError) -> SocketIOPacket.Kind {
        guard let first = bytes.first, first >= UInt8(ascii: "0"),
            let kind = SocketIOPacket.Kind(rawValue: first - UInt8(ascii: "0"))
        else { throw PacketError("Not a Socket.IO packet") }
        position = 1
        return kind
    }

    mutating func attachmentCount() throws(PacketError) -> Int {
        guard let count = digits(atMost: 4), position < bytes.count, bytes[position] == UInt8(ascii: "-") else {
            throw PacketError("A binary packet begins with the number of its attachments")
        }
        position += 1
        if count > SocketIOPacket.maximumAttachments { throw PacketError("Too many attachments") }
        return Int(count)
    }

    mutating func namespace() throws(PacketError) -> String {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "/") else { return "/" }
        let limit = min(bytes.count, position + SocketIOPacket.maximumNamespaceBytes)
        let end = bytes[position..<limit].firstIndex(of: UInt8(ascii: ","))
        if end == nil, limit < bytes.count { throw PacketError("The namespace is too long") }
        // The comma may be missing where nothing follows.
        let name = bytes[position..<(end ?? limit)]
        position = end.map { $0 + 1 } ?? limit
        // A query is not part of the name.
        return String(decoding: name.prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
    }

    mutating func id() throws(PacketError) -> UInt64? {
        guard position < bytes.count, isDigit(bytes[position]) else { return nil }
        guard let id = digits(atMost: 18) else { throw PacketError("The id is too long") }
        return id
    }

    func data() throws(PacketError) -> JSONValue? {
        if position == bytes.count { return nil }
        let result = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(JSONError) in
                try JSONValue(
                    parsing: UnsafeBufferPointer(rebasing: buffer[position...]),
                    maximumDepth: SocketIOPacket.maximumDepth
                )
            }
        }
        do { return try result.get() } catch { throw PacketError("Not JSON: \(error.message)") }
    }

    private mutating func digits(atMost limit: Int) -> UInt64? {
        var value: UInt64 = 0
        let start = position
        while position < bytes.count, isDigit(bytes[position]) {
            if position - start == limit { return nil }
            value = value * 10 + UInt64(bytes[position] - UInt8(ascii: "0"))
            position += 1
        }
        return position == start ? nil : value
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
