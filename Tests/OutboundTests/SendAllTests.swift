import Outbound
import Testing

struct SendAllTests {
    private let client = HTTPClient(policy: .administrator)

    @Test func aDeadServerDelaysNobodyBeyondTheDeadline() throws {
        let alive = try TestServer.answering { ok($0.line) }
        let dead = try TestServer { $0.waitForEnd() }
        let refused = "http://127.0.0.1:\(try TestServer.unusedPort())/"
        let requests = [alive.url("/1"), dead.url(), refused, "nonsense", alive.url("/2")].map {
            HTTPRequest(url: $0, totalTimeout: nil)
        }
        let answers = client.sendAll(requests, deadline: 0.5)
        #expect(answers.count == 5)
        #expect(try answers[0].get().body == Array("GET /1 HTTP/1.1".utf8))
        #expect(kind { _ = try answers[1].get() } == .timeout)
        #expect(kind { _ = try answers[2].get() } == .unreachable)
        #expect(kind { _ = try answers[3].get() } == .malformed)
        #expect(try answers[4].get().body == Array("GET /2 HTTP/1.1".utf8))
        #expect(try client.send(HTTPRequest(url: alive.url("/3"))).status == 200)
    }

    @Test func requestsRunSideBySide() throws {
        let gate = Gate(count: 3)
        let server = try TestServer { peer in
            guard peer.read() != nil else { return }
            gate.arrive()
            peer.write(ok("x"))
        }
        let answers = client.sendAll([HTTPRequest](repeating: HTTPRequest(url: server.url()), count: 3), deadline: 30)
        #expect(try answers.map { try $0.get().status } == [200, 200, 200])
    }

    @Test func noRequests() {
        #expect(client.sendAll([], deadline: 1).isEmpty)
    }

    @Test func cancelEndsAll() throws {
        let cancellation = Cancellation()
        let gate = Gate(count: 2)
        let server = try TestServer { peer in
            _ = peer.read()
            gate.arrive()
            cancellation.cancel()
            peer.waitForEnd()
        }
        let requests = [HTTPRequest](repeating: HTTPRequest(url: server.url()), count: 2)
        let answers = client.sendAll(requests, deadline: nil, wake: cancellation)
        #expect(answers.map { answer in kind { _ = try answer.get() } } == [.cancelled, .cancelled])
    }
}
