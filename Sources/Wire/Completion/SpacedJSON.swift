package import Core

extension JSONValue {
    /// JSON with a space behind commas and colons, as Python's `json.dumps` writes it. The attributes of stored content
    /// and what models are shown have this form, and old and new content should not differ. `asciiOnly` writes other
    /// characters as `\uXXXX`.
    package func spacedText(asciiOnly: Bool = true) -> String {
        var bytes: [UInt8] = []
        write(to: &bytes, asciiOnly: asciiOnly)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(to bytes: inout [UInt8], asciiOnly: Bool) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let number): bytes.append(contentsOf: number.text.utf8)
        case .string(let text): Self.write(text, to: &bytes, asciiOnly: asciiOnly)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(contentsOf: ", ".utf8) }
                value.write(to: &bytes, asciiOnly: asciiOnly)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(contentsOf: ", ".utf8) }
                Self.write(member.key, to: &bytes, asciiOnly: asciiOnly)
                bytes.append(contentsOf: ": ".utf8)
                member.value.write(to: &bytes, asciiOnly: asciiOnly)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to bytes: inout [UInt8], asciiOnly: Bool) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: scalar)])
            case "\n": bytes.append(contentsOf: "\\n".utf8)
            case "\r": bytes.append(contentsOf: "\\r".utf8)
            case "\t": bytes.append(contentsOf: "\\t".utf8)
            case "\u{8}": bytes.append(contentsOf: "\\b".utf8)
            case "\u{C}": bytes.append(contentsOf: "\\f".utf8)
            case " "..."~": bytes.append(UInt8(ascii: scalar))
            case _ where asciiOnly || scalar.value < 0x20:
                for unit in scalar.utf16 {
                    let digits = String(unit, radix: 16)
                    bytes.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
                }
            default: bytes.append(contentsOf: scalar.utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
