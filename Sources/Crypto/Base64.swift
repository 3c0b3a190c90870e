/// Base64 with the standard alphabet and padding (RFC 4648, section 4).
package enum Base64 {
    private static let alphabet = Base64Alphabet(last: "+/")
    private static let eitherAlphabet = Base64Alphabet(last: "+/", alternatives: "-_")

    /// Returns the padded text of `bytes`.
    package static func encode(_ bytes: [UInt8]) -> String {
        alphabet.encode(bytes, padded: true)
    }

    /// Returns the bytes of canonical text: no white space, exact padding, unused bits zero. Anything else is `nil`.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count.isMultiple(of: 4) else { return nil }
        let padding = characters.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2 else { return nil }
        return alphabet.decode(characters.dropLast(padding), canonical: true)
    }

    /// Returns the bytes of text as clients really send it: white space is skipped, padding may be missing, either
    /// alphabet is taken. Other characters, or a lone last character, are still `nil`.
    package static func decodeLenient(_ text: some StringProtocol) -> [UInt8]? {
        let space: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
        let characters = text.utf8.filter { !space.contains($0) }
        let padding = characters.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2 else { return nil }
        return eitherAlphabet.decode(characters.dropLast(padding), canonical: false)
    }
}

/// Base64 with the URL-safe alphabet and no padding (RFC 4648, section 5; the form that RFC 7515 demands).
package enum Base64URL {
    private static let alphabet = Base64Alphabet(last: "-_")

    /// Returns the unpadded text of `bytes`.
    package static func encode(_ bytes: [UInt8]) -> String {
        alphabet.encode(bytes, padded: false)
    }

    /// Returns the bytes of canonical text: no padding, no white space, unused bits zero. Anything else is `nil`.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        alphabet.decode(Array(text.utf8)[...], canonical: true)
    }
}

/// The sixty-four characters of one base64 alphabet, and their values.
private struct Base64Alphabet {
    private static let invalid: UInt8 = 0xFF
    private let characters: [UInt8]
    private let values: [UInt8]

    /// - Parameters:
    ///   - last: The characters for 62 and 63.
    ///   - alternatives: Further characters that are read, but not written, as 62 and 63.
    init(last: StaticString, alternatives: String = "") {
        var characters = Array(UInt8(ascii: "A")...UInt8(ascii: "Z"))
        characters += UInt8(ascii: "a")...UInt8(ascii: "z")
        characters += UInt8(ascii: "0")...UInt8(ascii: "9")
        characters += last.description.utf8
        var values = [UInt8](repeating: Self.invalid, count: 256)
        for (value, character) in characters.enumerated() { values[Int(character)] = UInt8(value) }
        for (offset, character) in alternatives.utf8.enumerated() { values[Int(character)] = UInt8(62 + offset) }
        self.characters = characters
        self.values = values
    }

    func encode(_ bytes: [UInt8], padded: Bool) -> String {
        String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { text in
            var written = 0
            func write(_ sextet: UInt8) {
                text[written] = characters[Int(sextet & 0x3F)]
                written += 1
            }
            var next = 0
            while next < bytes.count {
                let first = bytes[next]
                let second = next + 1 < bytes.count ? bytes[next + 1] : 0
                let third = next + 2 < bytes.count ? bytes[next + 2] : 0
                write(first >> 2)
                write(first << 4 | second >> 4)
                if next + 1 < bytes.count { write(second << 2 | third >> 6) }
                if next + 2 < bytes.count { write(third) }
                next += 3
            }
            while padded && !written.isMultiple(of: 4) {
                text[written] = UInt8(ascii: "=")
                written += 1
            }
            return written
        }
    }

    /// Decodes text without padding. `canonical` demands that the bits that encode nothing are zero.
    func decode(_ text: ArraySlice<UInt8>, canonical: Bool) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3 + 2)
        var buffer: UInt32 = 0
        var bits = 0
        for character in text {
            let value = values[Int(character)]
            guard value != Self.invalid else { return nil }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        let unused = buffer & (1 << UInt32(bits) - 1)
        return canonical && unused != 0 ? nil : bytes
    }
}
