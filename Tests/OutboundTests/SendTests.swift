import Outbound
import Testing

/// Runs `body` and returns the kind of the `OutboundError` that it throws.
func kind(_ body: () throws -> Void) -> OutboundError.Kind? {
    do {
        try body()
        return nil
    } catch {
        return (error as? OutboundError)?.kind
    }
}

struct SendTests {
    private let client = HTTPClient(policy: .administrator)

    @Test func statusHeadersAndBody() throws {
        let server = try TestServer.answering { _ in
            ok(
                "gone\n",
                status: "410 Gone",
                headers: ["X-Twice: 1", "x-twice:2 ", "X-Empty:", "Content-Type: text/plain"]
            )
        }
        let answer = try client.send(HTTPRequest(url: server.url()))
        #expect(answer.status == 410)
        #expect(answer.body == Array("gone\n".utf8))
        #expect(answer.header("content-type") == "text/plain")
        #expect(answer.headers.filter { $0.name == "x-twice" }.map(\.value) == ["1", "2"])
        #expect(answer.header("x-empty") == "")
        #expect(answer.header("x-none") == nil)
    }

    @Test func whatIsSent() throws {
        let server = try TestServer.answering { ok(([$0.line] + $0.headers + [$0.body]).joined(separator: "|")) }
        func sent(_ request: HTTPRequest) throws -> [String] {
            String(decoding: try client.send(request).body, as: UTF8.self)
                .split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        }
        let large = String(repeating: "x", count: 5000)
        let headers = [("Content-Type", "application/json"), ("Authorization", "Bearer k"), ("X-Empty", "")]
        let post = try sent(
            HTTPRequest(method: "POST", url: server.url("/a?b=c"), headers: headers, body: Array(large.utf8))
        )
        #expect(post.first == "POST /a?b=c HTTP/1.1")
        #expect(post.last == large)
        #expect(post.contains("Content-Type: application/json"))
        #expect(post.contains("Authorization: Bearer k"))
        #expect(post.contains("X-Empty:"))
        #expect(!post.contains { $0.hasPrefix("Expect") })

        let empty = try sent(HTTPRequest(method: "POST", url: server.url()))
        #expect(empty.contains("Content-Length: 0"))
        #expect(!empty.contains { $0.hasPrefix("Content-Type") })

        let delete = try sent(HTTPRequest(method: "DELETE", url: server.url(), body: Array("{}".utf8)))
        #expect(delete.first == "DELETE / HTTP/1.1")
        #expect(delete.last == "{}")

        let get = try sent(HTTPRequest(url: server.url()))
        #expect(get.first == "GET / HTTP/1.1")
        #expect(!get.contains { $0.hasPrefix("Content-") })
        #expect(server.connections == 1)
    }

    @Test func headHasNoBody() throws {
        let server = try TestServer { peer in
            while peer.read() != nil { peer.write("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n") }
        }
        let answer = try client.send(HTTPRequest(method: "HEAD", url: server.url(), maximumBody: 10))
        #expect(answer.status == 200)
        #expect(answer.body.isEmpty)
    }

    @Test func interimAnswersAndTrailersDoNotCount() throws {
        let server = try TestServer.answering { _ in
            "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n"
        }
        let answer = try client.send(HTTPRequest(url: server.url()))
        #expect(answer.status == 200)
        #expect(answer.body == Array("hello world".utf8))
        #expect(answer.headers.map(\.name) == ["transfer-encoding"])
    }

    @Test func connectionsAreReused() throws {
        let server = try TestServer.answering { _ in ok("x") }
        for _ in 0..<5 { _ = try client.send(HTTPRequest(url: server.url())) }
        #expect(server.connections == 1)
        _ = try HTTPClient(policy: .administrator).send(HTTPRequest(url: server.url()))
        #expect(server.connections == 2)
    }

    @Test func aClosedConnectionIsReplaced() throws {
        let server = try TestServer { peer in
            if peer.read() != nil { peer.write(ok("x")) }
        }
        for _ in 0..<3 { #expect(try client.send(HTTPRequest(url: server.url())).status == 200) }
        #expect(server.connections == 3)
    }

    @Test func answersThatAreTooLarge() throws {
        let announced = try TestServer.answering { _ in ok(String(repeating: "x", count: 11)) }
        let chunked = try TestServer.answering { _ in
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nxxxxxx\r\n5\r\nxxxxx\r\n0\r\n\r\n"
        }
        for server in [announced, chunked] {
            #expect(kind { _ = try client.send(HTTPRequest(url: server.url(), maximumBody: 10)) } == .tooLarge)
            #expect(try client.send(HTTPRequest(url: server.url(), maximumBody: 11)).body.count == 11)
        }
        let heads = try TestServer.answering { _ in
            ok("", headers: (0..<40).map { "X-\($0): \(String(repeating: "y", count: 10_000))" })
        }
        #expect(kind { _ = try client.send(HTTPRequest(url: heads.url())) } == .tooLarge)
    }

    @Test func silenceTimesOut() throws {
        let server = try TestServer { $0.waitForEnd() }
        #expect(kind { _ = try client.send(HTTPRequest(url: server.url(), totalTimeout: 0.2)) } == .timeout)
        let idle = HTTPRequest(url: server.url(), totalTimeout: nil, idleTimeout: 0.2)
        #expect(kind { _ = try client.send(idle) } == .timeout)
    }

    @Test func slowButSteadyIsNotIdle() throws {
        let server = try TestServer { peer in
            guard peer.read() != nil else { return }
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n")
            for _ in 0..<8 {
                pause(milliseconds: 100)
                peer.write("x")
            }
        }
        let answer = try client.send(HTTPRequest(url: server.url(), totalTimeout: nil, idleTimeout: 0.6))
        #expect(answer.body.count == 8)
    }

    @Test func nobodyListens() throws {
        let url = "http://user:secret@127.0.0.1:\(try TestServer.unusedPort())/path?key=secret"
        #expect {
            _ = try client.send(HTTPRequest(url: url))
        } throws: { error in
            guard let error = error as? OutboundError else { return false }
            return error.kind == .unreachable && error.message.hasPrefix("127.0.0.1:")
                && !error.message.contains("secret") && !error.message.contains("path")
        }
        #expect(kind { _ = try client.send(HTTPRequest(url: "http://nowhere.invalid/")) } == .unreachable)
    }

    @Test func brokenConnections() throws {
        let nothing = try TestServer { _ = $0.read() }
        #expect(kind { _ = try client.send(HTTPRequest(url: nothing.url())) } == .broken(afterData: false))
        let half = try TestServer { peer in
            _ = peer.read()
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        }
        #expect(kind { _ = try client.send(HTTPRequest(url: half.url())) } == .broken(afterData: true))
        let nonsense = try TestServer { peer in
            _ = peer.read()
            peer.write("this is not HTTP\r\n\r\n")
        }
        #expect(kind { _ = try client.send(HTTPRequest(url: nonsense.url())) } == .broken(afterData: false))
    }

    @Test func redirects() throws {
        let server = try TestServer.answering { request in
            switch request.line.split(separator: " ")[1] {
            case "/start": ok("no", status: "302 Found", headers: ["Location: /end", "X-First: 1"])
            case "/end": ok("end")
            default: ok("", status: "302 Found", headers: ["Location: /loop"])
            }
        }
        let followed = try client.send(HTTPRequest(url: server.url("/start"), followRedirects: true))
        #expect(followed.status == 200)
        #expect(followed.body == Array("end".utf8))
        #expect(followed.header("x-first") == nil)
        let seen = try client.send(HTTPRequest(url: server.url("/start")))
        #expect(seen.status == 302)
        #expect(seen.header("location") == "/end")
        let loop = HTTPRequest(url: server.url("/loop"), followRedirects: true)
        #expect(kind { _ = try client.send(loop) } == .broken(afterData: false))
    }

    @Test(arguments: [
        "", "no scheme", "/relative", "http://", "http://a b/", "http://127.0.0.1:99999/", "http://127.0.0.1/\0",
        "http://[::1/", "http://x/\n",
    ])
    func malformedURLs(url: String) {
        #expect(kind { _ = try client.send(HTTPRequest(url: url)) } == .malformed)
    }

    @Test(arguments: [
        ("X-A", "b\r\nX-C: d"), ("X-A", "b\nc"), ("X-A", "b\0"), ("X-A\r\nX-B", "c"), ("X A", "b"), ("", "b"),
        ("X-A:", "b"), ("Content-Length", "1"), ("transfer-encoding", "chunked"),
    ])
    func headersThatAreRefused(name: String, value: String) throws {
        let server = try TestServer.answering { _ in ok("x") }
        let request = HTTPRequest(url: server.url(), headers: [(name, value)])
        #expect(kind { _ = try client.send(request) } == .malformed)
        #expect(server.connections == 0)
    }

    @Test(arguments: ["", "GET /", "G\r\nT"])
    func methodsThatAreRefused(method: String) {
        #expect(kind { _ = try client.send(HTTPRequest(method: method, url: "http://127.0.0.1/")) } == .malformed)
    }
}
