import Core
import HTTP
import Testing

@testable import FastCGIServer

@Suite(.timeLimit(.minutes(2))) struct ResponseTests {
    @Test func headAndBody() throws {
        let pool = try ServingPool()
        let serving = try pool.serve { _ in
            .text("grüße", status: 201).with("Set-Cookie", "a=1").with("Set-Cookie", "b=2")
        }
        let answer = try pool.ask("GET", "/")
        #expect(answer.isEnded)
        #expect(
            answer.head == [
                "Status: 201 Created", "Content-Type: text/plain; charset=utf-8", "Set-Cookie: a=1", "Set-Cookie: b=2",
                "Content-Length: 7", "X-Process-Time: 0",
            ]
        )
        #expect(answer.body == "grüße")
        #expect(serving.drain() == .drained)
    }

    @Test(arguments: [0, 1, 8000, 8192, 65_535, 65_536, 5_000_000])
    func bodiesOfAnyLength(count: Int) throws {
        let pool = try ServingPool()
        let body = (0..<count).map { UInt8(ascii: "a") + UInt8($0 % 26) }
        let serving = try pool.serve { _ in Response(body: body) }
        let answer = try pool.ask("GET", "/")
        #expect(answer.output.suffix(count) == body[...])
        #expect(answer.head.contains("Content-Length: \(count)"))
        #expect(serving.drain() == .drained)
    }

    @Test func answersWithoutABody() throws {
        let pool = try ServingPool()
        let serving = try pool.serve { request in
            Response(status: Int(request.query["status"] ?? "") ?? 200, body: Array("body".utf8))
        }
        let head = try pool.ask("HEAD", "/")
        #expect(head.body.isEmpty)
        #expect(head.head.contains("Content-Length: 4"))
        for status in [204, 304] {
            let answer = try pool.ask("GET", "/?status=\(status)")
            #expect(answer.status == status)
            #expect(answer.body.isEmpty)
            #expect(!answer.text.contains("Content-Length"))
        }
        #expect(serving.drain() == .drained)
    }

    @Test func lengthIsNotSaidTwice() throws {
        let pool = try ServingPool()
        let serving = try pool.serve { request in
            request.path == "/x" ? .accelerated(to: "/_files/x") : Response(headers: [("content-length", "0")])
        }
        #expect(!(try pool.ask("GET", "/x").text.contains("Content-Length")))
        #expect(try pool.ask("GET", "/").text.lowercased().components(separatedBy: "content-length").count == 2)
        #expect(serving.drain() == .drained)
    }

    @Test(arguments: [
        ("Location", "/x\r\nSet-Cookie: evil=1"), ("Location", "/x\nSet-Cookie: evil=1"), ("Location", "a\u{0}b"),
        ("Bad Name", "x"), ("Bad:Name", "x"), ("", "x"), ("X\r\nSet-Cookie", "evil=1"), ("Ü", "x"),
    ])
    func headersThatWouldBeReadAsTwo(name: String, value: String) throws {
        let pool = try ServingPool()
        let serving = try pool.serve { _ in Response(headers: [(name, value)], body: Array("secret".utf8)) }
        let answer = try pool.ask("GET", "/")
        #expect(answer.status == 500)
        #expect(!answer.text.contains("evil"))
        #expect(!answer.text.contains("secret"))
        #expect(try JSONValue(parsing: answer.body) == ["detail": "Internal Server Error"])
        #expect(serving.drain() == .drained)
    }

    @Test func failuresAndSlowRequestsAreLoggedOnce() throws {
        let pool = try ServingPool()
        let serving = try pool.serve { request in
            Response(status: request.path == "/bad" ? 503 : 200)
        }
        let id = [("REQUEST_ID", "id-7")]
        _ = try pool.ask("GET", "/good?token=secret", id)
        _ = try pool.ask("GET", "/bad?token=secret", id)
        #expect(serving.drain() == .drained)

        let slow = try pool.serve {
            $0.slowRequest = .zero
        } respond: { request in
            Response(status: request.path == "/bad" ? 500 : 404)
        }
        _ = try pool.ask("POST", "/slow?token=secret", id)
        _ = try pool.ask("POST", "/bad", id)
        #expect(slow.drain() == .drained)

        let lines = pool.log.lines.map { $0.replacing(/duration_ms=\d+/, with: "duration_ms=N") }
        let time = "sql_ms=0 sql_statements=0"
        #expect(
            lines == [
                "error a request failed class=other duration_ms=N method=GET path=/bad request_id=id-7 status=503",
                "warning a request was slow class=other duration_ms=N method=POST path=/slow request_id=id-7 \(time) status=404 upstream_ms=0",
                "error a request failed class=other duration_ms=N method=POST path=/bad request_id=id-7 \(time) status=500 upstream_ms=0",
            ]
        )
    }
}
