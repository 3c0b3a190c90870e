import Core
import Events
import Foundation
import Testing

@testable import Streaming

@Suite(.serialized) struct PlainChatTests {
    private let events: [(name: String, value: String)] = [("content-type", "text/event-stream")]

    private func site() throws -> TestSite {
        try TestSite(answer: { question in
            switch question.path {
            case "/_internal/ws/open":
                let header = question.body["headers"]?["authorization"]?.string?.dropFirst("Bearer ".count)
                let token = question.body["token"]?.string ?? header.map(String.init)
                return token == "good"
                    ? (200, ["tag": "T", "join": [.string(Room.user("a"))]]) : (401, ["detail": "no"])
            case "/_internal/ws/message":
                let message = question.body["body"]?.string.flatMap { try? JSONValue(parsing: $0) }
                if let key = message?["key"] { return (200, ["stream": key]) }
                return (400, ["detail": "Model not found"])
            default: return nil
            }
        })
    }

    private func open(_ site: TestSite) throws -> WebSocketClient {
        try site.webSocket("/api/ws/chat", headers: ["Authorization": "Bearer good"])
    }

    private func writer(_ site: TestSite, for message: String) -> StreamWriter {
        #expect(eventually { site.questions("/_internal/ws/message").contains { $0.body["body"]?.string == message } })
        let key = (try? JSONValue(parsing: message))?["key"]?.string ?? ""
        return site.publisher.stream(key: key)
    }

    @Test func anAnswerComesAsOneFrameForEachEvent() throws {
        let site = try site()
        let chat = try open(site)
        let message = #"{"key":"k1","text":"é"}"#
        chat.send(message)
        let writer = writer(site, for: message)
        writer.head(status: 200, headers: events)
        for piece in [": comment\n\ndata: {\"a\"", ":1}\n\nda", "ta: {\"b\":2}\r\n\r\ndata: [DO", "NE]\n\n"] {
            writer.write(Array(piece.utf8))
        }
        writer.end()
        #expect(try (0..<3).map { _ in try chat.text() } == [#"data: {"a":1}"#, #"data: {"b":2}"#, "data: [DONE]"])
        #expect(site.questions("/_internal/ws/message").first?.body["tag"] == "T")
        // The connection is ready for the next one, whose stream forgets its end.
        chat.send(#"{"key":"k2"}"#)
        let second = self.writer(site, for: #"{"key":"k2"}"#)
        second.head(status: 200, headers: events)
        second.write(Array("data: 1\n\n".utf8))
        second.end()
        #expect(try [chat.text(), chat.text()] == ["data: 1", "data: [DONE]"])
    }

    @Test func errorsLeaveTheConnectionOpen() throws {
        let site = try site()
        let chat = try open(site)
        chat.send("{}")
        #expect(try chat.text() == #"{"error":{"message":"Model not found","code":400}}"#)
        chat.send("[1")
        #expect(try JSONValue(parsing: chat.text())["error"]?["code"] == "invalid_json")
        chat.send("[1]")
        #expect(try JSONValue(parsing: chat.text())["error"]?["code"] == "invalid_json")
        chat.send(#"{"key":"k"}"#)
        let refused = writer(site, for: #"{"key":"k"}"#)
        refused.head(status: 429, headers: [("content-type", "application/json")])
        refused.write(Array(#"{"detail":"Slow down"}"#.utf8))
        refused.end()
        #expect(try chat.text() == #"{"error":{"message":"Slow down","code":429}}"#)
        chat.send(#"{"key":"b"}"#)
        let broken = writer(site, for: #"{"key":"b"}"#)
        broken.head(status: 200, headers: events)
        broken.fail()
        #expect(try JSONValue(parsing: chat.text())["error"]?["code"] == "broken")
        chat.send(#"{"type":"stop"}"#)
        chat.send("{}")
        #expect(try chat.text().hasPrefix(#"{"error":"#))
    }

    @Test func oneAnswerAtATimeAndItCanBeStopped() throws {
        let site = try site()
        let chat = try open(site)
        chat.send(#"{"key":"k"}"#)
        chat.send(#"{"key":"other"}"#)
        #expect(try JSONValue(parsing: chat.text())["error"]?["code"] == "busy")
        let writer = writer(site, for: #"{"key":"k"}"#)
        writer.head(status: 200, headers: events)
        writer.write(Array("data: 1\n\n".utf8))
        #expect(try chat.text() == "data: 1")
        chat.send(#"{"type":"stop"}"#)
        #expect(try chat.text() == "data: [DONE]")
        #expect(eventually { writer.isGone })
    }

    @Test func closingTheSocketCancelsItsAnswer() throws {
        let site = try site()
        let chat = try open(site)
        chat.send(#"{"key":"k"}"#)
        let writer = writer(site, for: #"{"key":"k"}"#)
        writer.head(status: 200, headers: events)
        chat.client.close()
        #expect(eventually { writer.isGone })
    }

    @Test func aFirstFrameMaySayWhoAsks() throws {
        let site = try site()
        let chat = try site.webSocket("/api/ws/chat")
        chat.send(#"{"token":"good"}"#)
        // Early: it waits until the question is answered.
        chat.send("{}")
        #expect(try chat.text() == #"{"error":{"message":"Model not found","code":400}}"#)
    }

    @Test(arguments: [#"{"token":"bad"}"#, #"{"token":5}"#, "{}", "hello"])
    func whoIsNotSignedInIsClosedWith4401(frame: String) throws {
        let site = try site()
        let chat = try site.webSocket("/api/ws/chat")
        chat.send(frame)
        #expect(try chat.receive() == .close(4401))
    }

    @Test func aBadHeaderIsClosedWith4401() throws {
        let site = try site()
        let chat = try site.webSocket("/api/ws/chat", headers: ["Authorization": "Bearer bad"])
        #expect(try chat.receive() == .close(4401))
    }

    @Test func aSignOutClosesItAndItsAnswer() throws {
        let site = try site()
        let chat = try open(site)
        chat.send(#"{"key":"k"}"#)
        let writer = writer(site, for: #"{"key":"k"}"#)
        writer.head(status: 200, headers: events)
        writer.write(Array("data: 1\n\n".utf8))
        #expect(try chat.text() == "data: 1")
        site.publisher.close(room: Room.user("a"))
        #expect(try chat.receive() == .close(4401))
        #expect(eventually { writer.isGone })
    }
}
