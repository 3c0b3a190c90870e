import Core
import Testing

@testable import Wire

@Suite struct CompletionStreamReaderTests {
    private func read(_ text: String) throws -> [CompletionStreamItem] {
        var reader = CompletionStreamReader()
        return try reader.feed(Array(text.utf8)) + reader.finish()
    }

    @Test(arguments: [
        "data: {\"a\":1}\n\ndata: {\"a\":2}\n\ndata: [DONE]\n\n",
        "data: {\"a\":1}\ndata: {\"a\":2}\ndata: [DONE]",
        "data:{\"a\":1}\r\n\r\n: ping\r\nevent: message\r\ndata:  {\"a\":2} \r\n\r\ndata: [DONE] \r\n",
        "data: {\ndata: \"a\":\ndata: 1}\n\ndata: {\"a\":2}\n\ndata: [DONE]\n\n",
        "data: what\ndata: {\"a\":1}\ndata: {\"a\":2}\n\ndata: [DONE]\n\n",
        "{\"a\":1}\ndata: {\"a\":2}\n\ndata: [DONE]\n\n",
    ])
    func `streams of several habits are read`(text: String) throws {
        #expect(try read(text) == [.chunk(["a": 1]), .chunk(["a": 2]), .done])
    }

    @Test func `an item comes as soon as its line is whole`() throws {
        var reader = CompletionStreamReader()
        #expect(try reader.feed(Array("data: {\"a\":1}".utf8)) == [])
        #expect(try reader.feed([10]) == [.chunk(["a": 1])])
        #expect(try reader.feed([10]) == [])
    }

    @Test func `what is no JSON is counted`() throws {
        var reader = CompletionStreamReader()
        let items = try reader.feed(Array("data: nonsense\n\n{broken\n\ndata: 1\n\n".utf8)) + reader.finish()
        #expect(items == [.chunk(1)])
        #expect(reader.unreadable == 2)
    }

    @Test func `an item of more than 128 KB is read and one over the limit is not`() throws {
        let text = String(repeating: "A", count: 300_000)
        #expect(try read("data: {\"a\":\"\(text)\"}\n\n") == [.chunk(["a": .string(text)])])
        var reader = CompletionStreamReader(limit: 1000)
        #expect(throws: EventStreamError.eventTooLong(limit: 1000)) { try reader.feed(Array("data: \(text)".utf8)) }
    }

    @Test func `bytes may be cut anywhere`() throws {
        let bytes = Array("data: {\"a\":\"日🎉\"}\r\n\r\ndata: {\ndata: }\n\ndata: [DONE]".utf8)
        for cut in 0...bytes.count {
            var reader = CompletionStreamReader()
            let items = try reader.feed(Array(bytes[..<cut])) + reader.feed(Array(bytes[cut...])) + reader.finish()
            #expect(items == [.chunk(["a": "日🎉"]), .chunk([:]), .done])
        }
    }
}
