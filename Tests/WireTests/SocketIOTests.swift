import Core
import Testing

@testable import Wire

@Suite struct SocketIOTests {
    private func parse(_ text: String) throws -> SocketIOPacket {
        try SocketIOPacket(parsing: Array(text.utf8))
    }

    @Test(arguments: [
        ("0", SocketIOPacket(kind: .connect)),
        (#"0{"token":"x"}"#, SocketIOPacket(kind: .connect, data: ["token": "x"])),
        ("0/admin,", SocketIOPacket(kind: .connect, namespace: "/admin")),
        (#"0/admin,{"a":1}"#, SocketIOPacket(kind: .connect, namespace: "/admin", data: ["a": 1])),
        ("1", SocketIOPacket(kind: .disconnect)),
        (#"2["a",1]"#, SocketIOPacket(kind: .event, data: ["a", 1])),
        (#"212["a"]"#, SocketIOPacket(kind: .event, id: 12, data: ["a"])),
        (#"2/n,7["a"]"#, SocketIOPacket(kind: .event, namespace: "/n", id: 7, data: ["a"])),
        ("30[]", SocketIOPacket(kind: .acknowledgement, id: 0, data: [])),
        (#"4{"message":"no"}"#, SocketIOPacket(kind: .connectError, data: ["message": "no"])),
        (
            #"52-/n,13["a",{"_placeholder":true,"num":0}]"#,
            SocketIOPacket(
                kind: .binaryEvent,
                namespace: "/n",
                id: 13,
                attachmentCount: 2,
                data: ["a", ["_placeholder": true, "num": 0]]
            )
        ),
        ("61-3[]", SocketIOPacket(kind: .binaryAcknowledgement, id: 3, attachmentCount: 1, data: [])),
    ])
    func packetsAreReadAndWritten(text: String, packet: SocketIOPacket) throws {
        #expect(try parse(text) == packet)
        #expect(packet.text == Array(text.utf8))
    }

    @Test func aNamespaceMayLackItsCommaAndItsQueryIsNotPartOfIt() throws {
        #expect(try parse("0/admin").namespace == "/admin")
        #expect(try parse("0/admin?a=b,").namespace == "/admin")
    }

    @Test(arguments: [
        "", "7", "x", "2", "2[", "2{}", "2[]", "2[1]", "2null", #"21["x""#, "2[\"a\"]x", "5", "51-[", "5[\"a\"]",
        "5-[\"a\"]",
        "5x-[\"a\"]", "517-[\"a\"]", "599999999999999999999-[\"a\"]", "3[]", "3", "31", "31{}", "01{}", "0[]", "0\"x\"",
        "0{",
        "11", "2999999999999999999999[\"a\"]", "61-[]", "6", "-1", "2\u{0}[\"a\"]", "2[\"a\",]", "2[\"a\" 1]",
    ])
    func whatIsNoPacketIsRefused(text: String) {
        #expect(throws: PacketError.self) { try parse(text) }
    }

    @Test func depthAndNamespaceAreBounded() throws {
        let deepest = SocketIOPacket.maximumDepth - 1
        let nested = { (depth: Int) in
            "2[\"a\"," + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "]"
        }
        #expect(try parse(nested(deepest)).kind == .event)
        #expect(throws: PacketError.self) { try parse(nested(deepest + 1)) }
        #expect(throws: PacketError.self) { try parse(nested(400_000)) }
        #expect(throws: PacketError("The namespace is too long")) {
            try parse("0/" + String(repeating: "x", count: 300) + ",")
        }
    }

    // MARK: - Attachments

    private func placeholder(_ number: Int) -> String {
        "{\"_placeholder\":true,\"num\":\(number)}"
    }

    @Test func attachmentsTakeThePlaceOfTheirPlaceholders() throws {
        var assembly = SocketIOAssembly()
        let text = "52-9[\"a\",{\"x\":[\(placeholder(1))],\"y\":\(placeholder(0))}]"
        #expect(try assembly.receive(text: Array(text.utf8)) == nil)
        #expect(assembly.isWaiting)
        #expect(try assembly.receive(attachment: [1, 2, 3]) == nil)
        let packet = try #require(try assembly.receive(attachment: [0xFF]))
        #expect(packet.kind == .event)
        #expect(packet.id == 9)
        #expect(packet.attachmentCount == 0)
        let expected: JSONValue = [
            "a", ["x": [["_placeholder": true, "base64": "/w=="]], "y": ["_placeholder": true, "base64": "AQID"]],
        ]
        #expect(packet.data == expected)
        #expect(!assembly.isWaiting)
    }

    @Test func textPacketsPassAtOnce() throws {
        var assembly = SocketIOAssembly()
        #expect(try assembly.receive(text: Array("2[\"a\"]".utf8))?.kind == .event)
        #expect(try assembly.receive(text: Array("50-[\"a\"]".utf8))?.kind == .event)
        #expect(try assembly.receive(text: Array("60-1[]".utf8))?.kind == .acknowledgement)
    }

    @Test func messagesOutOfTurnAreRefused() throws {
        var assembly = SocketIOAssembly()
        #expect(throws: PacketError("An attachment of no packet")) { try assembly.receive(attachment: [1]) }
        #expect(try assembly.receive(text: Array("51-[\"a\",\(placeholder(0))]".utf8)) == nil)
        #expect(throws: PacketError("A text message where an attachment was due")) {
            try assembly.receive(text: Array("2[\"a\"]".utf8))
        }
    }

    @Test(arguments: ["1", "-1", "\"0\"", "0.5", "null"])
    func aPlaceholderOfNoAttachmentIsRefused(number: String) throws {
        var assembly = SocketIOAssembly()
        _ = try assembly.receive(text: Array("51-[\"a\",{\"_placeholder\":true,\"num\":\(number)}]".utf8))
        #expect(throws: PacketError.self) { try assembly.receive(attachment: [1]) }
    }

    @Test func anAttachmentIsNamedOnce() throws {
        var assembly = SocketIOAssembly()
        _ = try assembly.receive(text: Array("51-[\"a\",\(placeholder(0)),\(placeholder(0))]".utf8))
        #expect(throws: PacketError.self) { try assembly.receive(attachment: [1]) }
    }

    @Test func theBytesOfAllAttachmentsAreBounded() throws {
        var assembly = SocketIOAssembly()
        _ = try assembly.receive(text: Array("516-[\"a\"]".utf8))
        let large = [UInt8](repeating: 0, count: EngineIO.maximumPayload)
        for _ in 0..<4 { #expect(try assembly.receive(attachment: large) == nil) }
        #expect(throws: PacketError("The attachments are too large")) { try assembly.receive(attachment: large) }
    }
}
