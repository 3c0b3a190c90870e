extension EngineIOPacket {
    /// Takes apart the body of a long-polling request: packets separated by U+001E, binary ones as `b` and base64.
    /// The caller has seen to it that the body has at most `EngineIO.maximumPayload` bytes.
    package static func packets(ofPollingBody body: [UInt8]) throws(PacketError) -> [EngineIOPacket] {
        let parts = body.split(separator: EngineIO.separator, omittingEmptySubsequences: false)
        if parts.count > EngineIO.maximumPacketsPerPoll { throw PacketError("Too many packets in payload") }
        var packets: [EngineIOPacket] = []
        packets.reserveCapacity(parts.count)
        for part in parts {
            if part.first == UInt8(ascii: "b") {
                guard let bytes = Base64Text.decode(part.dropFirst()) else { throw PacketError("Not base64") }
                packets.append(.binary(bytes))
            } else {
                packets.append(try EngineIOPacket(text: part))
            }
        }
        return packets
    }

    package static func pollingBody(_ packets: [EngineIOPacket]) -> [UInt8] {
        Array(packets.map(\.text).joined(separator: [EngineIO.separator]))
    }
}

/// Base64 with the standard alphabet, as Engine.IO uses it.
package enum Base64Text {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")
    /// The value of each byte, 0xFF where it has none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    package static func encode(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var group: UInt32 = 0
        var held = 0
        for byte in bytes {
            group = group << 8 | UInt32(byte)
            held += 1
            if held == 3 {
                for shift: UInt32 in [18, 12, 6, 0] { text.append(alphabet[Int(group >> shift & 63)]) }
                (group, held) = (0, 0)
            }
        }
        if held == 1 {
            text += [alphabet[Int(group >> 2)], alphabet[Int(group << 4 & 63)], padding, padding]
        } else if held == 2 {
            text += [
                alphabet[Int(group >> 10)], alphabet[Int(group >> 4 & 63)], alphabet[Int(group << 2 & 63)], padding,
            ]
        }
        return text
    }

    /// - Returns: nil when the text is not base64. Padding may be missing.
    package static func decode(_ text: some BidirectionalCollection<UInt8>) -> [UInt8]? {
        var digits = text[...]
        var padded = 0
        while padded < 2, digits.last == padding {
            digits.removeLast()
            padded += 1
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var group: UInt32 = 0
        var held = 0
        for digit in digits {
            let value = values[Int(digit)]
            if value == 0xFF { return nil }
            group = group << 6 | UInt32(value)
            held += 1
            if held == 4 {
                bytes += [
                    UInt8(truncatingIfNeeded: group >> 16), UInt8(truncatingIfNeeded: group >> 8),
                    UInt8(truncatingIfNeeded: group),
                ]
                (group, held) = (0, 0)
            }
        }
        switch held {
        case 1: return nil
        case 2: bytes.append(UInt8(truncatingIfNeeded: group >> 4))
        case 3: bytes += [UInt8(truncatingIfNeeded: group >> 10), UInt8(truncatingIfNeeded: group >> 2)]
        default: break
        }
        if padded > 0, (held + padded) != 4 { return nil }
        return bytes
    }
}
