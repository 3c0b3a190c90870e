import COpenSSL

/// Cryptographic hashes.
package enum Digest {
    /// Returns the 32 bytes of the SHA-256 hash of `bytes`.
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        SHA256(bytes, bytes.count, &digest)
        return digest
    }

    /// Returns the SHA-256 hash of the UTF-8 bytes of `text` as 64 lower-case hexadecimal digits.
    package static func sha256Hex(_ text: String) -> String {
        Hex.encode(sha256(Array(text.utf8)))
    }
}

/// Keyed hashes (RFC 2104).
package enum HMAC {
    /// Returns the 32 bytes of HMAC-SHA-256 over `message`.
    package static func sha256(key: [UInt8], message: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        let made = COpenSSL.HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &code, nil)
        precondition(made != nil, "OpenSSL offers no HMAC-SHA-256")
        return code
    }
}

/// Keys derived from a secret (RFC 5869).
package enum HKDF {
    /// Returns `count` bytes, at most 255 × 32, derived with HKDF-SHA-256.
    package static func sha256(secret: [UInt8], salt: [UInt8] = [], info: [UInt8], count: Int) -> [UInt8] {
        precondition(count <= 255 * 32, "HKDF-SHA-256 yields at most 8160 bytes")
        let extracted = HMAC.sha256(key: salt, message: secret)
        var derived: [UInt8] = []
        var block: [UInt8] = []
        var counter: UInt8 = 1
        while derived.count < count {
            block = HMAC.sha256(key: extracted, message: block + info + [counter])
            derived += block
            counter &+= 1
        }
        return Array(derived.prefix(count))
    }
}

/// Compares two byte strings in a time that depends on their lengths alone.
package func constantTimeEquals(_ first: [UInt8], _ second: [UInt8]) -> Bool {
    first.count == second.count && CRYPTO_memcmp(first, second, first.count) == 0
}

/// Compares the UTF-8 bytes of two strings in a time that depends on their lengths alone.
package func constantTimeEquals(_ first: String, _ second: String) -> Bool {
    constantTimeEquals(Array(first.utf8), Array(second.utf8))
}
