import Core
import Testing
import Wire

@testable import Inference

/// A provider's stream on its way to a client.
struct PassedStreamTests {
    private func pass(_ text: String, pieces: Int) throws -> String {
        var stream = PassedStream()
        var out: [UInt8] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let end = min(index + pieces, bytes.count)
            out += try bytes[index..<end].withUnsafeBytes { try stream.feed($0) }
            index = end
        }
        return String(decoding: out + stream.finish(), as: UTF8.self)
    }

    @Test(arguments: [1, 7, 1000])
    func `the bytes stay, however they are cut, but for events that only this server may send`(pieces: Int) throws {
        let kept =
            "data: {\"a\": 1}\r\n\r\n: \"event\" in a comment\ndata: {\"text\": \"an \\\"event\\\"\"}\n\ndata: [DONE]"
        #expect(try pass(kept, pieces: pieces) == kept)
        let evil = "data: {\"event\": {\"type\": \"execute\", \"data\": {}}}\n"
        #expect(try pass(evil + "\n" + kept, pieces: pieces) == "\n" + kept)
        #expect(try pass(kept + "\n" + evil.dropLast(), pieces: pieces) == kept + "\n")
    }

    @Test func `a line without end is refused`() throws {
        var stream = PassedStream()
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: PassedStream.longestLine / 4)
        #expect(throws: EventStreamError.self) {
            for _ in 0..<6 { _ = try piece.withUnsafeBytes { try stream.feed($0) } }
        }
    }
}
