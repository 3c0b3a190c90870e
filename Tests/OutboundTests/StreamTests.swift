import Dispatch
import Foundation
import Outbound
import Synchronization
import Testing

func pause(milliseconds: UInt32) {
    usleep(milliseconds * 1000)
}

struct StreamTests {
    private struct Stop: Error, Equatable {}

    private let client = HTTPClient(policy: .administrator)
    private let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

    private func request(_ server: TestServer) -> HTTPRequest {
        HTTPRequest(method: "POST", url: server.url(), body: Array("{}".utf8), totalTimeout: 60)
    }

    /// The server sends each piece only after the client has seen the one before: no piece may wait for another.
    @Test func piecesArriveOneByOne() throws {
        let seen = DispatchSemaphore(value: 0)
        let server = try TestServer { [head] peer in
            guard peer.read() != nil else { return }
            peer.write(head)
            for piece in ["one", "two", "six"] {
                seen.wait()
                peer.write("3\r\n\(piece)\r\n")
            }
            seen.wait()
            peer.write("0\r\n\r\n")
        }
        var events: [String] = []
        let status = try client.stream(
            request(server),
            onHead: { head in
                events.append("\(head.status) \(head.header("content-type") ?? "")")
                seen.signal()
            },
            onData: { bytes in
                events.append(String(decoding: bytes, as: UTF8.self))
                seen.signal()
            }
        )
        #expect(status == 200)
        #expect(events == ["200 text/event-stream", "one", "two", "six"])
    }

    @Test func headComesWithoutABody() throws {
        let server = try TestServer.answering { _ in "HTTP/1.1 204 No Content\r\n\r\n" }
        var heads = 0
        let status = try client.stream(request(server), onHead: { _ in heads += 1 }, onData: { _ in heads += 10 })
        #expect(status == 204)
        #expect(heads == 1)
    }

    @Test func cancelActsWhileTheServerIsSilent() throws {
        let cancellation = Cancellation()
        let server = try TestServer { peer in
            _ = peer.read()
            cancellation.cancel()
            peer.waitForEnd()
        }
        #expect(
            kind { _ = try client.stream(request(server), onHead: { _ in }, onData: { _ in }, wake: cancellation) }
                == .cancelled
        )
        // It stays cancelled: nothing is sent any more.
        #expect(kind { _ = try client.send(request(server), wake: cancellation) } == .cancelled)
        #expect(server.connections == 1)
    }

    @Test func cancelActsInTheMiddle() throws {
        let cancellation = Cancellation()
        let server = try TestServer { [head] peer in
            _ = peer.read()
            peer.write(head + "3\r\none\r\n")
            peer.waitForEnd()
        }
        var text = ""
        let failure = kind {
            _ = try client.stream(
                request(server),
                onHead: { _ in },
                onData: { bytes in
                    text += String(decoding: bytes, as: UTF8.self)
                    cancellation.cancel()
                },
                wake: cancellation
            )
        }
        #expect(failure == .cancelled)
        #expect(text == "one")
    }

    @Test func cancelByAsking() throws {
        let flag = Cancellation()
        let server = try TestServer { peer in
            _ = peer.read()
            flag.cancel()
            peer.waitForEnd()
        }
        #expect(
            kind {
                _ = try client.stream(
                    request(server),
                    onHead: { _ in },
                    onData: { _ in },
                    isCancelled: { flag.isCancelled }
                )
            } == .cancelled
        )
    }

    @Test func aThrowingClosureEndsTheTransfer() throws {
        let closed = DispatchSemaphore(value: 0)
        let server = try TestServer { [head] peer in
            _ = peer.read()
            peer.write(head + "3\r\none\r\n")
            peer.waitForEnd()
            closed.signal()
        }
        #expect(throws: Stop()) {
            try client.stream(request(server), onHead: { _ in }, onData: { _ in throw Stop() })
        }
        closed.wait()
        #expect(throws: Stop()) {
            try client.stream(request(server), onHead: { _ in throw Stop() }, onData: { _ in })
        }
        closed.wait()
        let other = try TestServer.answering { _ in ok("fine") }
        #expect(try client.send(HTTPRequest(url: other.url())).status == 200)
    }

    @Test func dataBeforeABreakIsDelivered() throws {
        let server = try TestServer { [head] peer in
            _ = peer.read()
            peer.write(head + "3\r\none\r\n")
        }
        var text = ""
        let failure = kind {
            _ = try client.stream(
                request(server),
                onHead: { _ in },
                onData: { text += String(decoding: $0, as: UTF8.self) }
            )
        }
        #expect(failure == .broken(afterData: true))
        #expect(text == "one")
    }

    @Test func aStreamOverTheLimitEnds() throws {
        let server = try TestServer { [head] peer in
            _ = peer.read()
            peer.write(head)
            for _ in 0..<1000 { peer.write("a\r\n0123456789\r\n") }
            peer.waitForEnd()
        }
        var limited = request(server)
        limited.maximumBody = 100
        var count = 0
        #expect(
            kind { _ = try client.stream(limited, onHead: { _ in }, onData: { count += $0.count }) } == .tooLarge
        )
        #expect(count <= 100)
    }

    @Test func aLargeStreamArrivesWhole() throws {
        let piece = String(repeating: "0123456789abcdef", count: 1024)
        let server = try TestServer { [head] peer in
            _ = peer.read()
            peer.write(head)
            for _ in 0..<512 { peer.write("4000\r\n\(piece)\r\n") }
            peer.write("0\r\n\r\n")
        }
        var count = 0
        var differs = false
        let expected = Array(piece.utf8)
        _ = try client.stream(
            request(server),
            onHead: { _ in },
            onData: { bytes in
                for byte in bytes {
                    if byte != expected[count % expected.count] { differs = true }
                    count += 1
                }
            }
        )
        #expect(count == 512 * 16384)
        #expect(!differs)
    }

    /// Many threads share names and TLS sessions; each has its own client.
    @Test func clientsOfManyThreads() throws {
        let server = try TestServer.answering { ok($0.body) }
        let url = server.url().replacing("127.0.0.1", with: "localhost")
        let successes = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            let client = HTTPClient(policy: .administrator)
            for round in 0..<20 {
                let body = Array("\(thread) \(round)".utf8)
                let answer = try? client.send(HTTPRequest(method: "POST", url: url, body: body))
                if answer?.body == body { successes.add(1, ordering: .relaxed) }
            }
        }
        #expect(successes.load(ordering: .relaxed) == 160)
    }
}
