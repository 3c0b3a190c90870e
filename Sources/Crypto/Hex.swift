/// Lower-case hexadecimal text.
package enum Hex {
    /// Returns two lower-case digits for each byte.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            var next = 0
            for byte in bytes {
                text[next] = digit(byte >> 4)
                text[next + 1] = digit(byte & 0x0F)
                next += 2
            }
            return next
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
