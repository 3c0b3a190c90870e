import Core
import Foundation
import Testing

@testable import Streaming

@Suite(.serialized) struct HandshakeTests {
    @Test(arguments: [
        "/ws/socket.io/?EIO=3&transport=websocket", "/ws/socket.io/?transport=websocket",
        "/ws/socket.io/?EIO=4&transport=polling",
        "/ws/socket.io/?EIO=4", "/ws/socket.io/?EIO=4&transport=websocket&sid=x", "/ws/other", "/",
        "/ws/socket.io/more?EIO=4&transport=websocket",
    ])
    func otherWebSocketsAreRefusedWith403(target: String) throws {
        let site = try TestSite()
        let error = #expect(throws: ClientError.self) { try site.webSocket(target) }
        #expect(error?.message == "HTTP/1.1 403")
    }

    @Test func anyOriginMayConnect() throws {
        let site = try TestSite()
        let webSocket = try site.webSocket(
            "/ws/socket.io?EIO=4&transport=websocket",
            headers: ["Origin": "https://elsewhere.example"]
        )
        #expect(try webSocket.text().hasPrefix("0{"))
    }

    @Test(arguments: [
        ("/ws/socket.io/?EIO=4&transport=polling", "400", #""Invalid transport""#),
        ("/ws/socket.io/?EIO=4", "400", #""Invalid transport""#),
        ("/ws/socket.io/?EIO=4&transport=carrier-pigeon", "400", #""Invalid transport""#),
        ("/ws/socket.io/?EIO=4&transport=websocket", "400", #"{"detail":"Invalid WebSocket upgrade request"}"#),
        ("/nothing", "404", #"{"detail":"Not Found"}"#), ("/_stream/x", "403", #"{"detail":"No stream token"}"#),
        ("/_internal/socket/reset", "404", #"{"detail":"Not Found"}"#),
    ])
    func plainRequestsAreAnsweredAsByTheReference(target: String, status: String, body: String) throws {
        let site = try TestSite()
        let answer = try site.client().request("GET", target)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        #expect(answer.hasSuffix("\r\n\r\n" + body))
    }

    @Test func aConnectionIsKeptBetweenRequests() throws {
        let site = try TestSite()
        let client = try site.client()
        for _ in 0..<3 {
            client.send("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try client.read(through: "Not Found\"}").hasPrefix("HTTP/1.1 404"))
        }
    }

    @Test(arguments: ["", "GET /ws/socket.io/", "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"])
    func unfinishedRequestsAreCutOff(start: String) throws {
        let site = try TestSite { $0.requestTimeout = .milliseconds(50) }
        let client = try site.client()
        client.send(start)
        #expect(try client.readToEnd() == "")
    }

    @Test func headersAreBounded() throws {
        let site = try TestSite()
        let client = try site.client()
        client.send("GET / HTTP/1.1\r\nHost: x\r\n")
        let line = "X-A: " + String(repeating: "a", count: 1000) + "\r\n"
        for _ in 0..<200 { client.send(line) }
        client.send("\r\n")
        #expect(try !client.readToEnd().hasPrefix("HTTP/1.1 2"))
    }

    @Test func questionsGoOverKeptConnectionsAndOutliveThem() throws {
        let site = try TestSite { $0.maximumQuestionConnections = 2 }
        let sockets = try (0..<10).map { _ in try site.socket(token: "a") }
        for socket in sockets { #expect(try socket.call(["echo", 1]) == [1]) }
        #expect(site.questions("/_internal/socket/connect").count == 10)
        #expect(try site.publisher.stats()["questions_failed"] == 0)
    }

    @Test func clientsAreLetInThoughNoWorkerAnswers() throws {
        let site = try TestSite(
            {
                $0.resetTimeout = .milliseconds(50)
                $0.questionTimeout = .milliseconds(50)
            },
            answer: { _ in (502, [:]) }
        )
        let socket = try site.socket(token: "a")
        socket.emit(["echo"])
        #expect(eventually { site.questions("/_internal/socket/event").count == 1 })
        #expect(site.questions("/_internal/socket/reset").count >= 1)
    }
}
