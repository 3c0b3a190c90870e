/// The text format of `bytea`: `\x` and two digits per byte.
enum HexText {
    /// - Returns: nil when the text is not of this format.
    static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        guard text.count >= 2, text.count.isMultiple(of: 2), text[0] == UInt8(ascii: "\\"),
            text[1] == UInt8(ascii: "x")
        else { return nil }
        var isHex = true
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count / 2 - 1) { buffer, count in
            count = text.count / 2 - 1
            for index in 0..<count {
                let high = digit(text[2 * index + 2])
                let low = digit(text[2 * index + 3])
                isHex = isHex && high | low < 16
                buffer[index] = high << 4 | low & 15
            }
        }
        return isHex ? bytes : nil
    }

    private static func digit(_ character: UInt8) -> UInt8 {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: 0xFF
        }
    }
}
