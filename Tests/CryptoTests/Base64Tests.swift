import Crypto
import Testing

struct Base64Tests {
    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func knownTexts(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
        let unpadded = encoded.replacing("=", with: "")
        #expect(Base64URL.encode(Array(plain.utf8)) == unpadded)
        #expect(Base64URL.decode(unpadded) == Array(plain.utf8))
    }

    @Test func everyByteComesBack() {
        let bytes = Array(UInt8.min...UInt8.max)
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        #expect(Base64.encode([0xFB, 0xFF]) == "+/8=")
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", " Zg==", "Zm9v\n", "-_8=", "Zm9\u{e9}", "=",
    ])
    func strictDecodingRefuses(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test(arguments: ["Zg==", "Zh", "Z", "Zm9vY", "+/8", "Zm 9", "Zm9v\n", "Zm9\0"])
    func urlDecodingRefuses(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test(arguments: ["Zm9v Yg", " Zm9v\r\nYg==\n", "Zm9vYh", "Zm9vYg="])
    func lenientDecodingReads(text: String) {
        #expect(Base64.decodeLenient(text) == Array("foob".utf8))
    }

    @Test func lenientDecodingTakesEitherAlphabet() {
        #expect(Base64.decodeLenient("-_8") == [0xFB, 0xFF])
        #expect(Base64.decodeLenient("+/8=") == [0xFB, 0xFF])
    }

    @Test(arguments: ["Z", "Zg===", "Zm=9v", "Zm9v!"])
    func lenientDecodingStillRefuses(text: String) {
        #expect(Base64.decodeLenient(text) == nil)
    }
}
