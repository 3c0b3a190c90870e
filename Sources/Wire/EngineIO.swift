/// The rules of Engine.IO 4 that both ends must agree on, with the reference's values.
package enum EngineIO {
    /// Bytes of one message, in either direction of a client's making (`maxPayload` of the OPEN packet).
    package static let maximumPayload = 1_000_000
    /// Packets in one body of a long-polling request. Clients split by bytes; the reference stops at 16.
    package static let maximumPacketsPerPoll = 64
    package static let pingIntervalMilliseconds = 25_000
    package static let pingTimeoutMilliseconds = 20_000
    /// What separates packets in a long-polling body.
    package static let separator: UInt8 = 0x1E
}

/// Why a text is no Engine.IO or Socket.IO packet; a client that sends one is disconnected.
package struct PacketError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// One Engine.IO 4 packet (https://github.com/socketio/engine.io-protocol).
///
/// Over a WebSocket a text frame is the kind's digit and the data, and a binary frame is a message's bytes.
package enum EngineIOPacket: Equatable, Sendable {
    case open([UInt8])
    case close
    case ping([UInt8])
    case pong([UInt8])
    case message([UInt8])
    case upgrade
    case noop
    case binary([UInt8])

    /// Reads a text packet: a WebSocket's text frame, or one part of a polling body.
    package init(text: some Collection<UInt8>) throws(PacketError) {
        guard let kind = text.first else { throw PacketError("An empty packet") }
        let data = text.dropFirst()
        switch kind {
        case UInt8(ascii: "0"): self = .open(Array(data))
        case UInt8(ascii: "1") where data.isEmpty: self = .close
        case UInt8(ascii: "2"): self = .ping(Array(data))
        case UInt8(ascii: "3"): self = .pong(Array(data))
        case UInt8(ascii: "4"): self = .message(Array(data))
        case UInt8(ascii: "5") where data.isEmpty: self = .upgrade
        case UInt8(ascii: "6") where data.isEmpty: self = .noop
        default: throw PacketError("Not an Engine.IO packet")
        }
    }

    /// The packet as text; of a binary message, whose WebSocket frame is its bytes alone, the form of polling.
    package var text: [UInt8] {
        switch self {
        case .open(let data): [UInt8(ascii: "0")] + data
        case .close: [UInt8(ascii: "1")]
        case .ping(let data): [UInt8(ascii: "2")] + data
        case .pong(let data): [UInt8(ascii: "3")] + data
        case .message(let data): [UInt8(ascii: "4")] + data
        case .upgrade: [UInt8(ascii: "5")]
        case .noop: [UInt8(ascii: "6")]
        case .binary(let data): [UInt8(ascii: "b")] + Base64Text.encode(data)
        }
    }
}
