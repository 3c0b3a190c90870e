import Testing

@testable import Wire

@Suite struct EventStreamTests {
    private func events(_ text: String, limit: Int = EventStreamParser.defaultLimit) throws -> [ServerSentEvent] {
        var parser = EventStreamParser(limit: limit)
        return try parser.feed(Array(text.utf8)) + parser.finish()
    }

    @Test func `fields make an event`() throws {
        let found = try events("event: add\nid: 7\nretry: 10\ndata: one\ndata:two\ndata\n\ndata:  three\n\n")
        #expect(
            found == [
                ServerSentEvent(name: "add", data: "one\ntwo\n", id: "7"),
                ServerSentEvent(data: " three", id: "7"),
            ]
        )
    }

    @Test(arguments: ["\n", "\r", "\r\n"])
    func `any line end will do`(end: String) throws {
        let lines = ["\u{FEFF}: hello", "data: a", "", "data: b", "data: c", "", ""]
        #expect(try events(lines.joined(separator: end)).map(\.data) == ["a", "b\nc"])
    }

    @Test func `events without data are none and unknown fields are ignored`() throws {
        #expect(try events("event: a\n\n: c\n\nfoo: bar\ndatax: 1\ndata: x\n\n") == [ServerSentEvent(data: "x")])
    }

    @Test(arguments: ["data: end", "data: end\n", "data: end\r", "data: end\n\n"])
    func `the end of the stream ends the last event`(text: String) throws {
        #expect(try events(text).map(\.data) == ["end"])
    }

    @Test func `an id with a NUL is ignored`() throws {
        #expect(try events("id: a\0b\ndata: x\n\n").first?.id == nil)
    }

    @Test func `bytes may be cut anywhere`() throws {
        let bytes = Array("\u{FEFF}data: naïve 日本 🎉\r\n\r\n:x\r\nevent: e\rdata: 2\r\rdata: 3\n\n".utf8)
        let whole = try events(String(decoding: bytes, as: UTF8.self))
        #expect(whole.map(\.data) == ["naïve 日本 🎉", "2", "3"])
        for first in 0...bytes.count {
            for second in first...bytes.count {
                var parser = EventStreamParser()
                let found =
                    try parser.feed(Array(bytes[..<first])) + parser.feed(Array(bytes[first..<second]))
                    + parser.feed(Array(bytes[second...])) + parser.finish()
                #expect(found == whole)
            }
        }
    }

    @Test func `a long event is refused`() throws {
        #expect(try events("data: 12345678\n\n", limit: 20).count == 1)
        #expect(throws: EventStreamError.eventTooLong(limit: 20)) {
            try events("data: " + String(repeating: "x", count: 30), limit: 20)
        }
        #expect(throws: EventStreamError.eventTooLong(limit: 20)) {
            try events(String(repeating: "data: 123456\n", count: 4), limit: 20)
        }
    }

    @Test func `what is written is read back`() throws {
        let written: [ServerSentEvent] = [
            ServerSentEvent(data: "{\"a\":1}"), ServerSentEvent(name: "x", data: "two\nlines\r\nand\rthree\n", id: "1"),
            ServerSentEvent(data: "", id: "1"),
        ]
        var parser = EventStreamParser()
        let read = try parser.feed(written.flatMap { EventStreamWriter.event($0) })
        #expect(read.map(\.name) == ["message", "x", "message"])
        #expect(read.map(\.data) == ["{\"a\":1}", "two\nlines\nand\nthree\n", ""])
        #expect(EventStreamWriter.event(Array("{}".utf8)) == Array("data: {}\n\n".utf8))
        #expect(try parser.feed(EventStreamWriter.heartbeat + EventStreamWriter.done).map(\.data) == ["[DONE]"])
    }

    @Test func `a name can not smuggle in a field`() {
        let bytes = EventStreamWriter.event(ServerSentEvent(name: "a\ndata: b", data: "c"))
        #expect(String(decoding: bytes, as: UTF8.self) == "event: adata: b\ndata: c\n\n")
    }
}
