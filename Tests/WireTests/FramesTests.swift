import Testing

@testable import Wire

@Suite struct FramesTests {
    static let frames: [EventFrame] = [
        .emit(rooms: ["user:1", "é"], except: ["sid"], event: Array(#"["a",1]"#.utf8), attachments: [[1, 2], []]),
        .emit(rooms: [], except: [], event: [], attachments: []),
        .call(correlation: .max, sid: "s", event: [1], timeoutMilliseconds: 60_000),
        .join(sid: "s", rooms: ["a", "b"]), .leave(sid: "s", rooms: []), .close(room: "user:1"),
        .streamExpect(key: "k"), .streamHead(key: "k", status: 200, headers: [.init(name: "a", value: "b")]),
        .streamWrite(key: "k", bytes: Array("data: x\n\n".utf8)), .streamEnd(key: "k"), .streamFail(key: ""),
        .subscribe(name: "n"), .unsubscribe(name: "n"), .ping(correlation: 0), .statisticsQuery(correlation: 1),
        .answer(correlation: 1, arguments: [0x5B, 0x5D]), .noAnswer(correlation: 2, reason: .timeout),
        .noAnswer(correlation: 2, reason: .tooManyCalls), .streamGone(key: "k"),
        .incoming(name: "n", sid: "s", arguments: [1]), .pong(correlation: 3), .statistics(correlation: 4, json: [2]),
        .streamWanted(key: "k"), .link(isOpen: true), .link(isOpen: false), .linked(name: "host", epoch: "e"),
    ]

    @Test(arguments: frames)
    func framesAreReadAsTheyWereWritten(frame: EventFrame) throws {
        var decoder = EventFrameDecoder()
        decoder.append(try frame.encoded())
        #expect(try decoder.next() == frame)
        #expect(try decoder.next() == nil)
    }

    @Test(arguments: [1, 2, 3, 7, 64, 100_000])
    func theBytesMayBeCutAnywhere(size: Int) throws {
        let bytes = try Self.frames.flatMap { try $0.encoded() }
        var decoder = EventFrameDecoder()
        var read: [EventFrame] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            decoder.append(bytes[start..<min(bytes.count, start + size)])
            while let frame = try decoder.next() { read.append(frame) }
        }
        #expect(read == Self.frames)
    }

    @Test(arguments: frames)
    func aFrameThatEndsEarlyIsRefused(frame: EventFrame) throws {
        let whole = try frame.encoded()
        // Shorter by every length, each with a length field that claims to be right.
        for length in 0..<(whole.count - 4) {
            var decoder = EventFrameDecoder()
            decoder.append([0, 0, UInt8(length >> 8), UInt8(length & 255)] + whole[4..<(4 + length)])
            #expect(throws: FrameError.self) { try decoder.next() }
        }
    }

    @Test func whatFollowsTheKnownFieldsIsIgnored() throws {
        var other = EventFrameDecoder()
        other.append([0, 0, 0, 8] + (try EventFrame.streamEnd(key: "k").encoded().dropFirst(4)) + [1, 2])
        #expect(try other.next() == .streamEnd(key: "k"))
    }

    @Test func unknownKindsAndFalseLengthsAreRefused() {
        var unknown = EventFrameDecoder()
        unknown.append([0, 0, 0, 1, 200])
        #expect(throws: FrameError("A frame of unknown kind 200")) { try unknown.next() }
        var long = EventFrameDecoder()
        long.append([0xFF, 0xFF, 0xFF, 0xFF])
        #expect(throws: FrameError.self) { try long.next() }
        var list = EventFrameDecoder()
        // A join whose list claims four thousand million rooms.
        list.append([0, 0, 0, 10, 3, 0, 0, 0, 1, 0x73, 0xFF, 0xFF, 0xFF, 0xFF])
        #expect(throws: FrameError.self) { try list.next() }
        var reason = EventFrameDecoder()
        reason.append([0, 0, 0, 10, 65, 0, 0, 0, 0, 0, 0, 0, 1, 99])
        #expect(throws: FrameError("An unknown reason")) { try reason.next() }
    }

    @Test func aFrameThatIsTooLongIsNotWritten() {
        let bytes = [UInt8](repeating: 0, count: EventFrame.maximumLength)
        #expect(throws: FrameError.self) { try EventFrame.streamWrite(key: "k", bytes: bytes).encoded() }
    }
}
