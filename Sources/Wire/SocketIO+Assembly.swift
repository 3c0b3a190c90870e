import Core

/// Puts Socket.IO packets together from a client's Engine.IO messages: a binary packet is whole with its last attachment.
///
/// In `data` each attachment stands where its placeholder stood, as `{"_placeholder":true,"base64":"…"}`, for workers
/// to read as JSON.
package struct SocketIOAssembly: Sendable {
    private var waiting: SocketIOPacket?
    private var attachments: [[UInt8]] = []
    /// Attachments that have found their placeholder. Each has one: else a small packet could name a large attachment
    /// many times over.
    private var placed: Set<Int> = []
    private var attachmentBytes = 0

    package init() {}

    /// Whether a packet lacks attachments still.
    package var isWaiting: Bool {
        waiting != nil
    }

    /// - Returns: the packet that this message completes.
    package mutating func receive(text: [UInt8]) throws(PacketError) -> SocketIOPacket? {
        if waiting != nil { throw PacketError("A text message where an attachment was due") }
        var packet = try SocketIOPacket(parsing: text)
        switch packet.kind {
        case .binaryEvent, .binaryAcknowledgement:
            guard packet.attachmentCount > 0 else {
                packet.kind = packet.kind == .binaryEvent ? .event : .acknowledgement
                return packet
            }
            waiting = packet
            return nil
        default: return packet
        }
    }

    /// - Returns: the packet that this attachment completes.
    package mutating func receive(attachment: [UInt8]) throws(PacketError) -> SocketIOPacket? {
        guard var packet = waiting else { throw PacketError("An attachment of no packet") }
        attachmentBytes += attachment.count
        if attachmentBytes > SocketIOPacket.maximumAttachmentBytes {
            throw PacketError("The attachments are too large")
        }
        attachments.append(attachment)
        if attachments.count < packet.attachmentCount { return nil }
        if let data = packet.data { packet.data = try filled(data) }
        packet.kind = packet.kind == .binaryEvent ? .event : .acknowledgement
        packet.attachmentCount = 0
        self = SocketIOAssembly()
        return packet
    }

    private mutating func filled(_ value: JSONValue) throws(PacketError) -> JSONValue {
        switch value {
        case .array(let elements):
            var copy: [JSONValue] = []
            copy.reserveCapacity(elements.count)
            for element in elements { copy.append(try filled(element)) }
            return .array(copy)
        case .object(let members):
            if members["_placeholder"] == .bool(true) { return try attachment(members) }
            var copy = members
            for (key, member) in members { copy[key] = try filled(member) }
            return .object(copy)
        default: return value
        }
    }

    private mutating func attachment(_ placeholder: JSONObject) throws(PacketError) -> JSONValue {
        guard let number = placeholder["num"]?.int, attachments.indices.contains(number),
            placed.insert(number).inserted
        else { throw PacketError("A placeholder without an attachment of its own") }
        let text = String(decoding: Base64Text.encode(attachments[number]), as: UTF8.self)
        return .object(["_placeholder": true, "base64": .string(text)])
    }
}
