import COpenSSL

/// Random values from OpenSSL's generator, fit for keys, tokens and identifiers.
package enum Random {
    /// Returns `count` random bytes. A process that has no source of randomness must not go on, so failure stops it.
    package static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        precondition(RAND_bytes(&bytes, Int32(count)) == 1, "the system offers no random numbers")
        return bytes
    }

    /// Returns `byteCount` random bytes as twice as many lower-case hexadecimal digits.
    package static func hex(_ byteCount: Int) -> String {
        Hex.encode(bytes(byteCount))
    }

    /// Returns `byteCount` random bytes in the URL-safe base64 alphabet, without padding.
    package static func urlSafe(_ byteCount: Int) -> String {
        Base64URL.encode(bytes(byteCount))
    }

    /// Returns a version 4 UUID in lower case, such as `7b0b5a3e-0a49-4b6f-9a3c-6a1f5b1d2c3e`.
    package static func uuid() -> String {
        var bytes = bytes(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let groups = [bytes[0..<4], bytes[4..<6], bytes[6..<8], bytes[8..<10], bytes[10..<16]]
        return groups.map(Hex.encode).joined(separator: "-")
    }
}
