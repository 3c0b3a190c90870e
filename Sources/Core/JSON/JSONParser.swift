import OrderedCollections

/// Why a text is not JSON, or not JSON that is accepted here.
package struct JSONError: Error, Equatable {
    package let message: String
    /// Bytes from the start of the text.
    package let offset: Int
}

extension JSONValue {
    /// The nesting that is accepted; clients stay under 20, and a recursive reader must stop somewhere.
    package static let maximumDepth = 128

    /// Reads one JSON text (RFC 8259) in UTF-8.
    ///
    /// Escaped NUL characters are left out and halves of surrogate pairs become U+FFFD: neither can be stored in Postgres, and both
    /// come from clients by accident (a cut emoji), so they must not cost the rest of the text. Of a key that is there twice the last value counts.
    package init(parsing bytes: [UInt8], maximumDepth: Int = maximumDepth) throws(JSONError) {
        let result = bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(JSONError) in try JSONValue(parsing: buffer, maximumDepth: maximumDepth) }
        }
        self = try result.get()
    }

    package init(parsing text: String, maximumDepth: Int = maximumDepth) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), maximumDepth: maximumDepth)
    }

    package init(parsing buffer: UnsafeBufferPointer<UInt8>, maximumDepth: Int = maximumDepth) throws(JSONError) {
        var parser = JSONParser(bytes: buffer, maximumDepth: maximumDepth)
        self = try parser.document()
    }
}

/// Recursive descent over the bytes of one text; the depth is bounded.
private struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    let maximumDepth: Int
    var position = 0

    mutating func document() throws(JSONError) -> JSONValue {
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
        let value = try value(depth: 0)
        skipSpace()
        if position != bytes.count { throw error("Extra data") }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case .some(let byte) where byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte):
            return try number()
        default: throw error("Expecting value")
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        if depth > maximumDepth { throw error("Nested deeper than \(maximumDepth) levels") }
        position += 1
        var members = JSONObject()
        skipSpace()
        if take("}") { return .object(members) }
        while true {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw error("Expecting property name enclosed in double quotes") }
            let key = try string()
            skipSpace()
            guard take(":") else { throw error("Expecting ':' delimiter") }
            members[key] = try value(depth: depth)
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { throw error("Expecting ',' delimiter") }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        if depth > maximumDepth { throw error("Nested deeper than \(maximumDepth) levels") }
        position += 1
        var values: [JSONValue] = []
        skipSpace()
        if take("]") { return .array(values) }
        while true {
            values.append(try value(depth: depth))
            skipSpace()
            if take("]") { return .array(values) }
            guard take(",") else { throw error("Expecting ',' delimiter") }
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let length = word.utf8CodeUnitCount
        guard bytes.count - position >= length else { throw error("Expecting value") }
        for index in 0..<length where bytes[position + index] != word.utf8Start[index] {
            throw error("Expecting value")
        }
        position += length
        return value
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        if position - start > 400 { throw error("A number of more than 400 digits") }
        return .number(JSONNumber(spelling: String(decoding: bytes[start..<position], as: UTF8.self)))
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        if position == start { throw error("Expecting a digit") }
    }

    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                defer { position += 1 }
                return try text(bytes[start..<position])
            case UInt8(ascii: "\\"):
                return try escapedString(from: start)
            case 0..<0x20: throw error("Invalid control character")
            default: position += 1
            }
        }
        throw error("Unterminated string")
    }

    /// The slow path: from the first backslash on, text is gathered in a buffer of its own.
    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var text = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            if byte < 0x20 { throw error("Invalid control character") }
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                return try self.text(text)
            case UInt8(ascii: "\\"): try escape(into: &text)
            default: text.append(byte)
            }
        }
        throw error("Unterminated string")
    }

    private func text(_ bytes: some Sequence<UInt8>) throws(JSONError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw error("Invalid UTF-8") }
        return text
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        defer { position += 1 }
        switch peek {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(bytes[position])
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "u"):
            var code = try fourHexDigits()
            if (0xD800..<0xDC00).contains(code), position + 2 < bytes.count, bytes[position + 1] == UInt8(ascii: "\\"),
                bytes[position + 2] == UInt8(ascii: "u")
            {
                let first = position
                position += 2
                let low = try fourHexDigits()
                if (0xDC00..<0xE000).contains(low) {
                    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
                } else {
                    position = first
                }
            }
            if code != 0 { text.append(contentsOf: String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8) }
        default: throw error("Invalid \\escape")
        }
    }

    /// Reads the digits behind `\u` and leaves the position on the last of them.
    private mutating func fourHexDigits() throws(JSONError) -> UInt32 {
        guard bytes.count - position > 4 else { throw error("Invalid \\uXXXX escape") }
        var code: UInt32 = 0
        for _ in 0..<4 {
            position += 1
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw error("Invalid \\uXXXX escape")
            }
            code = code << 4 | UInt32(digit)
        }
        return code
    }

    private var peek: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private func error(_ message: String) -> JSONError {
        JSONError(message: message, offset: position)
    }
}
