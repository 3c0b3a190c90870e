import Wire

/// Frames on their way from one host to the others.
///
/// In the database a message is a line, `HOST EPOCH NUMBER BODY`: who says it, since which start, and its number from 1, so that a lost one is
/// missed. The body is Base64 of the parts, or `#ID` of a row that holds them, since a notification has room for 8,000 bytes.
/// A part is the target's name (u32 length, bytes; empty for all hosts) and a frame.
struct HostMessage: Equatable {
    struct Part: Equatable {
        /// Empty for all hosts.
        let target: String
        let frame: EventFrame
    }

    enum Body: Equatable {
        case parts([UInt8])
        case row(Int)
    }

    /// Bytes of a body that a notification has room for beside the names, before they become Base64.
    static let maximumInline = 5_400

    let host: String
    let epoch: String
    let number: Int
    let body: Body

    var payload: String {
        let text =
            switch body {
            case .parts(let bytes): String(decoding: Base64Text.encode(bytes), as: UTF8.self)
            case .row(let id): "#\(id)"
            }
        return "\(host) \(epoch) \(number) \(text)"
    }

    init(host: String, epoch: String, number: Int, body: Body) {
        self.host = host
        self.epoch = epoch
        self.number = number
        self.body = body
    }

    /// - Parameter payload: of a notification; nil comes of what is no message.
    init?(payload: String) {
        let fields = payload.split(separator: " ", omittingEmptySubsequences: false)
        guard fields.count == 4, let number = Int(fields[2]) else { return nil }
        host = String(fields[0])
        epoch = String(fields[1])
        self.number = number
        if fields[3].hasPrefix("#") {
            guard let id = Int(fields[3].dropFirst()) else { return nil }
            body = .row(id)
        } else {
            guard let bytes = Base64Text.decode(fields[3].utf8) else { return nil }
            body = .parts(bytes)
        }
    }

    static func encode(_ parts: [Part]) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in parts {
            // Frames come from a decoder with the same limit, so none is too long.
            guard let frame = try? part.frame.encoded() else { continue }
            withUnsafeBytes(of: UInt32(part.target.utf8.count).bigEndian) { bytes.append(contentsOf: $0) }
            bytes += part.target.utf8
            bytes += frame
        }
        return bytes
    }

    /// - Throws: `FrameError`
    static func decode(_ bytes: [UInt8]) throws(FrameError) -> [Part] {
        var parts: [Part] = []
        var position = 0
        while position < bytes.count {
            let target = try field(bytes, &position)
            let start = position
            _ = try field(bytes, &position)
            var decoder = EventFrameDecoder()
            decoder.append(bytes[start..<position])
            guard let frame = try decoder.next() else { throw FrameError("A message that ends early") }
            parts.append(Part(target: String(decoding: target, as: UTF8.self), frame: frame))
        }
        return parts
    }

    private static func field(_ bytes: [UInt8], _ position: inout Int) throws(FrameError) -> ArraySlice<UInt8> {
        guard bytes.count - position >= 4 else { throw FrameError("A message that ends early") }
        let count = bytes[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
        guard count <= bytes.count - position - 4 else { throw FrameError("A message that ends early") }
        defer { position += 4 + count }
        return bytes[(position + 4)..<(position + 4 + count)]
    }
}
