import HTTP
import Testing

@testable import FastCGIServer

/// What a broken or hostile peer may send. After each the one thread of the server must still answer.
@Suite(.timeLimit(.minutes(2))) struct ProtocolTests {
    private static let begin = FastCGIClient.encode(.begin, [0, 1, 0, 0, 0, 0, 0, 0])

    static let broken: [[UInt8]] = [
        [],  // a connection that brings nothing
        [1],
        Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8),
        [UInt8](repeating: 0, count: 64),
        [UInt8](repeating: 0xFF, count: 64),
        Array(begin.prefix(8)),  // a header without its content
        FastCGIClient.encode(.begin, [0, 1]),  // shorter than the specification says
        FastCGIClient.encode(.begin, [0, 9, 0, 0, 0, 0, 0, 0]),  // an unknown role
        FastCGIClient.encode(.input, [1, 2, 3]),  // no beginning
        FastCGIClient.encode(.parameters, []),
        [2] + begin.dropFirst(),  // another version
        begin,  // and then nothing
        begin + FastCGIClient.encode(.parameters, [4, 200]),  // a length that is cut
        begin + FastCGIClient.encode(.parameters, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
        begin + FastCGIClient.encode(.parameters, [0x80, 0, 1, 0, 3, 1, 2]) + FastCGIClient.encode(.parameters, []),
        begin + FastCGIClient.encode(.parameters, [200, 1, 65]) + FastCGIClient.encode(.parameters, []),
        begin + FastCGIClient.encode(.output, [1, 2, 3]),
        begin + begin,
        begin + FastCGIClient.encode(.abort, []),
    ]

    @Test(arguments: broken)
    func malformedRecords(bytes: [UInt8]) throws {
        let pool = try ServingPool()
        let reached = Slot<Bool>()
        let serving = try pool.serve { request in
            if request.path != "/after" { reached.put(true) }
            return .text("fine")
        }
        let client = try pool.client()
        client.send(raw: bytes)
        client.disconnect()
        #expect(try pool.ask("GET", "/after").body == "fine")
        #expect(reached.isEmpty)
        #expect(serving.drain() == .drained)
    }

    @Test func aPeerThatLeavesWhileItSendsItsBody() throws {
        let pool = try ServingPool()
        let reached = Slot<Bool>()
        let serving = try pool.serve {
            $0.bodyInMemory = 100
        } respond: { request in
            if request.path != "/after" { reached.put(true) }
            return .text("fine")
        }
        for length in ["1000", ""] {
            let client = try pool.client()
            client.begin()
            client.send(parameters: [("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/"), ("CONTENT_LENGTH", length)])
            client.send(.input, [UInt8](repeating: 1, count: 500))
            client.disconnect()
        }
        let aborting = try pool.client()
        aborting.begin()
        aborting.send(parameters: [("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/"), ("CONTENT_LENGTH", "10")])
        aborting.send(.input, [1, 2, 3])
        aborting.send(.abort)
        #expect(aborting.answer().output.isEmpty)
        #expect(try pool.ask("GET", "/after").body == "fine")
        #expect(reached.isEmpty)
        #expect(serving.drain() == .drained)
        #expect(pool.spooled.isEmpty)
    }

    @Test func aPeerThatLeavesBeforeItsAnswer() throws {
        let pool = try ServingPool()
        let arrived = Slot<Bool>()
        let left = Slot<Bool>()
        let serving = try pool.serve { request in
            if request.path == "/after" { return .text("fine") }
            arrived.put(true)
            _ = left.wait()
            return Response(body: [UInt8](repeating: 1, count: 1_000_000))
        }
        let client = try pool.client()
        client.request("GET", "/")
        #expect(arrived.wait() == true)
        client.disconnect()
        left.put(true)
        #expect(try pool.ask("GET", "/after").body == "fine")
        #expect(serving.drain() == .drained)
    }

    @Test func aResponderSeesThatItsClientLeft() throws {
        let pool = try ServingPool()
        let arrived = Slot<Bool>()
        let seen = Slot<Bool>()
        let serving = try pool.serve { request in
            arrived.put(request.client.isGone())
            while !request.client.isGone() {}
            seen.put(true)
            return Response()
        }
        let client = try pool.client()
        client.request("GET", "/")
        #expect(arrived.wait() == false)
        client.disconnect()
        #expect(seen.wait() == true)
        #expect(serving.drain() == .drained)
    }

    @Test func aConnectionIsClosedThoughThePeerWouldKeepIt() throws {
        let pool = try ServingPool()
        let serving = try pool.serve { _ in .text("fine") }
        let client = try pool.client()
        client.begin(flags: 1)
        client.send(parameters: [("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/")])
        client.send(.input)
        // Comes back only because the server closes.
        let answer = client.answer()
        #expect(answer.body == "fine")
        #expect(answer.isEnded)
        #expect(serving.drain() == .drained)
    }

    @Test func questionsAboutTheServerAreAnswered() throws {
        let pool = try ServingPool()
        let serving = try pool.serve { _ in .text("fine") }
        let client = try pool.client()
        // FCGI_GET_VALUES belongs to no request.
        client.send(raw: [1, 9, 0, 0, 0, 17, 0, 0, 15, 0] + Array("FCGI_MPXS_CONNS".utf8))
        client.request("GET", "/")
        #expect(client.answer().body == "fine")
        #expect(serving.drain() == .drained)
    }
}
