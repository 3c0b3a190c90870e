/// Reads the notation of lib0, which Yjs is written in. No read goes past the end.
struct YjsReader {
    /// JavaScript's largest exact integer, 2⁵³ − 1.
    static let maximumNumber: UInt64 = 9_007_199_254_740_991
    /// Values inside values.
    private static let maximumDepth = 64

    private let bytes: ArraySlice<UInt8>
    private(set) var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    /// What was read since `start`.
    func slice(from start: Int) -> ArraySlice<UInt8> { bytes[start..<position] }

    mutating func byte() throws(YjsError) -> UInt8 {
        guard position < bytes.endIndex else { throw YjsError("The update ends too early") }
        defer { position += 1 }
        return bytes[position]
    }

    /// A whole number: seven bits in a byte, the lowest first.
    mutating func number() throws(YjsError) -> UInt64 {
        var (value, shift): (UInt64, UInt64) = (0, 0)
        while true {
            let byte = try byte()
            guard shift < 53 else { throw YjsError("A number is too large") }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        guard value <= Self.maximumNumber else { throw YjsError("A number is too large") }
        return value
    }

    /// How many things follow; each takes a byte at least.
    mutating func count() throws(YjsError) -> Int {
        let value = try number()
        guard value <= UInt64(bytes.endIndex - position) else { throw YjsError("A count is larger than what follows") }
        return Int(value)
    }

    /// So many bytes, with their number before them.
    mutating func blob() throws(YjsError) -> ArraySlice<UInt8> {
        let count = try count()
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    /// UTF-8.
    mutating func text() throws(YjsError) -> ArraySlice<UInt8> {
        let blob = try blob()
        let isValid = blob.allSatisfy { $0 < 0x80 } || String(validating: blob, as: UTF8.self) != nil
        guard isValid else { throw YjsError("A text is not UTF-8") }
        return blob
    }

    mutating func skip(_ count: Int) throws(YjsError) {
        guard count <= bytes.endIndex - position else { throw YjsError("The update ends too early") }
        position += count
    }

    /// A value of any kind, which is passed over.
    mutating func skipAny(depth: Int = 0) throws(YjsError) {
        guard depth < Self.maximumDepth else { throw YjsError("A value is nested too deeply") }
        switch try byte() {
        case 127, 126, 121, 120: break  // undefined, null, false, true
        case 125: while try byte() >= 0x80 {}  // an integer with a sign
        case 124: try skip(4)
        case 123, 122: try skip(8)
        case 119: _ = try text()
        case 118:
            for _ in 0..<(try count()) {
                _ = try text()
                try skipAny(depth: depth + 1)
            }
        case 117: for _ in 0..<(try count()) { try skipAny(depth: depth + 1) }
        case 116: _ = try blob()
        default: throw YjsError("A value of an unknown kind")
        }
    }
}

/// Writes the notation of lib0.
struct YjsWriter {
    private(set) var bytes: [UInt8] = []

    mutating func number(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func append(_ other: some Sequence<UInt8>) {
        bytes.append(contentsOf: other)
    }
}
