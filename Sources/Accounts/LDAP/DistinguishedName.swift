/// Names of entries in their text form (RFC 4514), such as `cn=Staff\, all,ou=groups,dc=example,dc=com`.
struct DistinguishedName: Equatable {
    struct Part: Equatable {
        /// As written, such as `cn`.
        let attribute: String
        /// Without escapes.
        let value: String
    }

    /// From the entry upwards. Parts of one level (`cn=a+ou=b`) follow one another.
    let parts: [Part]

    private static let maximumLength = 8192

    /// Nil for what is no name. Values in hexadecimal notation (`#04…`) are left as they are written.
    init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        var parts: [Part] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let attribute = Self.trimmed(rest[..<equals])
            guard !attribute.isEmpty, !attribute.contains(where: Self.separators.contains) else { return nil }
            rest = rest[(equals + 1)...]
            guard let value = Self.value(&rest) else { return nil }
            parts.append(
                Part(
                    attribute: String(decoding: attribute, as: UTF8.self),
                    value: String(decoding: value, as: UTF8.self)
                )
            )
        }
        self.parts = parts
    }

    /// The value of the first `cn`, by which groups are known.
    var commonName: String? {
        parts.first { ["cn", "2.5.4.3"].contains($0.attribute.lowercased()) }?.value
    }

    private static let separators = Array(",;+".utf8)

    /// Takes a value and the separator behind it from the front.
    private static func value(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        var value: [UInt8] = []
        // Spaces at the end belong to the value only where they are escaped.
        var length = 0
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\\"):
                guard let escaped = escaped(&rest) else { return nil }
                value.append(escaped)
                length = value.count
            case let byte where separators.contains(byte):
                // A separator promises another part.
                return rest.isEmpty ? nil : Array(value[..<length])
            case UInt8(ascii: " "):
                if !value.isEmpty { value.append(byte) }
            default:
                value.append(byte)
                length = value.count
            }
        }
        return Array(value[..<length])
    }

    /// What a backslash stands before: two hexadecimal digits, or the character itself.
    private static func escaped(_ rest: inout ArraySlice<UInt8>) -> UInt8? {
        guard let first = rest.popFirst() else { return nil }
        guard let high = hex(first), let low = rest.first.flatMap(hex) else { return hex(first) == nil ? first : nil }
        rest.removeFirst()
        return high << 4 | low
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init)
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        while bytes.first == UInt8(ascii: " ") { bytes.removeFirst() }
        while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
        return bytes
    }
}
