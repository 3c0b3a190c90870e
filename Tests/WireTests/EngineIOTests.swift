import Testing

@testable import Wire

@Suite struct EngineIOTests {
    @Test(arguments: [
        ("0{}", EngineIOPacket.open(Array("{}".utf8))), ("1", .close), ("2", .ping([])),
        ("2probe", .ping(Array("probe".utf8))),
        ("3", .pong([])), ("42[\"a\"]", .message(Array("2[\"a\"]".utf8))), ("4", .message([])), ("5", .upgrade),
        ("6", .noop),
    ])
    func packetsAreReadAndWritten(text: String, packet: EngineIOPacket) throws {
        #expect(try EngineIOPacket(text: Array(text.utf8)) == packet)
        #expect(packet.text == Array(text.utf8))
    }

    @Test(arguments: ["", "7", "9", "hello", "1x", "5x", "6x", "b", "\u{1E}", "-1", " 2"])
    func whatIsNoPacketIsRefused(text: String) {
        #expect(throws: PacketError.self) { try EngineIOPacket(text: Array(text.utf8)) }
    }

    @Test func aPollingBodyIsTakenApart() throws {
        let packets = try EngineIOPacket.packets(ofPollingBody: Array("4a\u{1E}2\u{1E}bAQID".utf8))
        #expect(packets == [.message([0x61]), .ping([]), .binary([1, 2, 3])])
        #expect(EngineIOPacket.pollingBody(packets) == Array("4a\u{1E}2\u{1E}bAQID".utf8))
    }

    @Test(arguments: ["", "\u{1E}", "4a\u{1E}", "4a\u{1E}\u{1E}4b", "bA", "b!!!!", "4a\u{1E}zz"])
    func malformedPollingBodiesAreRefused(body: String) {
        #expect(throws: PacketError.self) { try EngineIOPacket.packets(ofPollingBody: Array(body.utf8)) }
    }

    @Test func aPollingBodyHasABoundedNumberOfPackets() throws {
        let most = Array(repeating: "2", count: EngineIO.maximumPacketsPerPoll)
        #expect(
            try EngineIOPacket.packets(ofPollingBody: Array(most.joined(separator: "\u{1E}").utf8)).count == most.count
        )
        let more = most + ["2"]
        #expect(throws: PacketError("Too many packets in payload")) {
            try EngineIOPacket.packets(ofPollingBody: Array(more.joined(separator: "\u{1E}").utf8))
        }
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func base64FollowsTheVectorsOfTheStandard(plain: String, text: String) {
        #expect(Base64Text.encode(Array(plain.utf8)) == Array(text.utf8))
        #expect(Base64Text.decode(Array(text.utf8)) == Array(plain.utf8))
        #expect(Base64Text.decode(Array(text.utf8).filter { $0 != UInt8(ascii: "=") }) == Array(plain.utf8))
    }

    @Test(arguments: ["A", "A=", "AB=", "ABC==", "A===", "AB-_", "AB C", "ABCDE", "=", "====", "é"])
    func whatIsNoBase64IsRefused(text: String) {
        #expect(Base64Text.decode(Array(text.utf8)) == nil)
    }

    @Test func base64KeepsEveryByte() {
        let bytes = (0...255).map { UInt8($0) }
        #expect(Base64Text.decode(Base64Text.encode(bytes)) == bytes)
    }
}
