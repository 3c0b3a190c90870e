import Crypto
import Testing

struct SecretBoxTests {
    private let key = SecretBox.Key(secret: Array("configured secret".utf8), purpose: "provider keys")
    private let content = Array("sk-live-1234567890".utf8)

    @Test(arguments: [0, 1, 15, 16, 17, 100_000])
    func contentComesBack(length: Int) throws {
        let content = Random.bytes(length)
        let box = try SecretBox.seal(content, key: key)
        #expect(box.count == length + 29)
        #expect(SecretBox.open(box, key: key) == content)
    }

    @Test func twoBoxesOfOneContentDiffer() throws {
        #expect(try SecretBox.seal(content, key: key) != SecretBox.seal(content, key: key))
    }

    @Test func everyChangedBitIsNoticed() throws {
        let box = try SecretBox.seal(content, key: key)
        for position in box.indices {
            for bit in 0..<8 {
                var changed = box
                changed[position] ^= 1 << UInt8(bit)
                #expect(SecretBox.open(changed, key: key) == nil)
            }
        }
    }

    @Test func everyTruncationIsNoticed() throws {
        let box = try SecretBox.seal(content, key: key)
        for length in 0..<box.count {
            #expect(SecretBox.open(Array(box.prefix(length)), key: key) == nil)
        }
        #expect(SecretBox.open(box + [0], key: key) == nil)
    }

    @Test func boxesOpenForTheirKeyPurposeAndPlaceAlone() throws {
        let box = try SecretBox.seal(content, key: key, place: "provider 1")
        #expect(SecretBox.open(box, key: key, place: "provider 1") == content)
        #expect(SecretBox.open(box, key: key, place: "provider 2") == nil)
        #expect(SecretBox.open(box, key: key) == nil)
        let otherPurpose = SecretBox.Key(secret: Array("configured secret".utf8), purpose: "tool keys")
        #expect(SecretBox.open(box, key: otherPurpose, place: "provider 1") == nil)
        let otherSecret = SecretBox.Key(secret: Array("configured Secret".utf8), purpose: "provider keys")
        #expect(SecretBox.open(box, key: otherSecret, place: "provider 1") == nil)
    }
}
