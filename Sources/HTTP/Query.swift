/// The parameters behind `?`, decoded when asked for.
package struct Query: Sendable {
    /// As sent, without the question mark.
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// The last value of a name, as the reference takes it.
    package subscript(_ name: String) -> String? {
        all(name).last
    }

    package func all(_ name: String) -> [String] {
        guard !text.isEmpty else { return [] }
        return pairs.compactMap { $0.name == name ? $0.value : nil }
    }

    package var pairs: [(name: String, value: String)] {
        text.split(separator: "&").prefix(1000).map { pair in
            let equals = pair.firstIndex(of: "=") ?? pair.endIndex
            let value = equals == pair.endIndex ? "" : pair[pair.index(after: equals)...]
            return (
                PercentEncoding.decode(pair[..<equals], plusIsSpace: true),
                PercentEncoding.decode(value, plusIsSpace: true)
            )
        }
    }
}

package enum PercentEncoding {
    /// Bytes that are no UTF-8 become U+FFFD; a stray `%` stays; NUL, which no database text can hold, is left out.
    package static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
        let source = Array(text.utf8)
        if !source.contains(UInt8(ascii: "%")), !plusIsSpace || !source.contains(UInt8(ascii: "+")) {
            return String(text)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count)
        var index = 0
        while index < source.count {
            let byte = source[index]
            if byte == UInt8(ascii: "%"), index + 2 < source.count, let high = hex(source[index + 1]),
                let low = hex(source[index + 2])
            {
                if high << 4 | low != 0 { bytes.append(high << 4 | low) }
                index += 3
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Encodes all but RFC 3986's unreserved characters.
    package static func encode(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return out
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
