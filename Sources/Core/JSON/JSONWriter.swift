/// Writes JSON straight into bytes, without building values first: lists go from rows to the socket through it.
///
///     var json = JSONWriter()
///     json.object {
///         $0.field("id", chat.id)
///         $0.field("archived", false)
///     }
///
/// The caller keeps the grammar (a key before each value of an object); commas are the writer's.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    package init(capacity: Int = 512) {
        bytes.reserveCapacity(capacity)
    }

    package var text: String {
        String(decoding: bytes, as: UTF8.self)
    }

    package mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        open(UInt8(ascii: "{"))
        try members(&self)
        close(UInt8(ascii: "}"))
    }

    package mutating func array(_ elements: (inout JSONWriter) throws -> Void) rethrows {
        open(UInt8(ascii: "["))
        try elements(&self)
        close(UInt8(ascii: "]"))
    }

    package mutating func array<S: Sequence>(
        of elements: S,
        _ write: (inout JSONWriter, S.Element) throws -> Void
    ) rethrows {
        try array { json in
            for element in elements { try write(&json, element) }
        }
    }

    /// A key of the code's own, known to need no escapes.
    package mutating func key(_ name: StaticString) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func null() {
        raw("null")
    }

    package mutating func bool(_ value: Bool) {
        raw(value ? "true" : "false")
    }

    package mutating func int(_ value: Int) {
        comma()
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &digits) { buffer in
            var index = buffer.count
            var rest = value.magnitude
            repeat {
                index -= 1
                buffer[index] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            if value < 0 {
                index -= 1
                buffer[index] = UInt8(ascii: "-")
            }
            bytes.append(contentsOf: buffer[index...])
        }
    }

    package mutating func double(_ value: Double) {
        raw(JSONNumber(value).text)
    }

    package mutating func string(_ value: String) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        var value = value
        value.withUTF8 { appendEscaped(UnsafeRawBufferPointer($0)) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A string whose UTF-8 bytes lie elsewhere, say in a database row.
    package mutating func string(utf8: UnsafeRawBufferPointer) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        appendEscaped(utf8)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Text that is JSON already, say from a `jsonb` column; it is copied as it is.
    package mutating func raw(_ json: String) {
        comma()
        var json = json
        json.withUTF8 { bytes.append(contentsOf: $0) }
    }

    package mutating func raw(_ json: UnsafeRawBufferPointer) {
        comma()
        bytes.append(contentsOf: json)
    }

    package mutating func raw(_ json: [UInt8]) {
        comma()
        bytes.append(contentsOf: json)
    }

    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .number(let number): raw(number.text)
        case .string(let text): string(text)
        case .array(let values): array(of: values) { $0.value($1) }
        case .object(let members):
            object { json in
                for (key, value) in members {
                    json.key(key)
                    json.value(value)
                }
            }
        }
    }

    package mutating func field(_ name: StaticString, _ value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    package mutating func field(_ name: StaticString, _ value: Int?) {
        key(name)
        if let value { int(value) } else { null() }
    }

    package mutating func field(_ name: StaticString, _ value: Bool?) {
        key(name)
        if let value { bool(value) } else { null() }
    }

    package mutating func field(_ name: StaticString, _ value: JSONValue) {
        key(name)
        self.value(value)
    }

    /// A value that is JSON already; nil writes null.
    package mutating func field(_ name: StaticString, raw json: String?) {
        key(name)
        raw(json ?? "null")
    }

    /// The members of an object that is JSON already, without its braces.
    package mutating func members(of object: String) {
        var object = object
        object.withUTF8 { members(of: UnsafeRawBufferPointer($0)) }
    }

    package mutating func members(of object: UnsafeRawBufferPointer) {
        guard object.count > 2 else { return }
        raw(UnsafeRawBufferPointer(rebasing: object[1..<(object.count - 1)]))
    }

    /// What was written before, once more as a value of its own.
    package mutating func copy(_ range: Range<Int>) {
        raw(Array(bytes[range]))
    }

    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        comma()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func appendEscaped(_ utf8: UnsafeRawBufferPointer) {
        var start = 0
        for index in utf8.indices {
            let byte = utf8[index]
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { continue }
            bytes.append(contentsOf: utf8[start..<index])
            start = index + 1
            bytes.append(UInt8(ascii: "\\"))
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
            case 10: bytes.append(UInt8(ascii: "n"))
            case 13: bytes.append(UInt8(ascii: "r"))
            case 9: bytes.append(UInt8(ascii: "t"))
            default: bytes.append(contentsOf: "u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
            }
        }
        bytes.append(contentsOf: utf8[start...])
    }
}

extension JSONValue {
    /// Compact JSON: no spaces, non-ASCII as it is.
    package var text: String {
        var json = JSONWriter()
        json.value(self)
        return json.text
    }

    package var bytes: [UInt8] {
        var json = JSONWriter()
        json.value(self)
        return json.bytes
    }
}
