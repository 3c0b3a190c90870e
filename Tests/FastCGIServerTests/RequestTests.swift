import Core
import Foundation
import HTTP
import Testing

@testable import FastCGIServer

@Suite(.timeLimit(.minutes(2))) struct RequestTests {
    @Test func everythingThatIsKnownOfARequest() throws {
        let pool = try ServingPool()
        let seen = Slot<Request>()
        let serving = try pool.serve { request in
            seen.put(request)
            return Response()
        }
        let answer = try pool.ask(
            "PATCH",
            "/a%20b/c?x=1&y=%20?z",
            [
                ("SCRIPT_NAME", "/elsewhere"), ("QUERY_STRING", "not=this"), ("CONTENT_TYPE", "application/json"),
                ("HTTP_CONTENT_TYPE", "application/json"), ("HTTP_CONTENT_LENGTH", "3"), ("HTTP_USER_AGENT", "wget=1"),
                ("HTTP_X_FORWARDED", ""), ("HTTP_COOKIE", "a=1"), ("HTTP_COOKIE", "b=2"),
                ("REMOTE_ADDR", "2001:db8::1"),
                ("HTTPS", "on"), ("REQUEST_ID", "id-1"), ("SWIFTLET_INTERNAL", "1"), ("SWIFTLET_VOUCHED", "1"),
                ("HTTP_LONG", String(repeating: "v", count: 5000)),
            ],
            body: Array("[1]".utf8)
        )
        #expect(answer.status == 200)
        let request = try #require(seen.wait())
        #expect(request.method == .patch)
        #expect(request.path == "/a%20b/c")
        #expect(request.query.text == "x=1&y=%20?z")
        #expect(request.headers["content-type"] == "application/json")
        #expect(request.headers["content-length"] == nil)
        #expect(request.headers["user-agent"] == "wget=1")
        #expect(request.headers["x-forwarded"] == nil)
        #expect(request.headers["long"]?.count == 5000)
        #expect(request.cookies["a"] == "1")
        #expect(request.cookies["b"] == "2")
        #expect(request.client.address == "2001:db8::1")
        #expect(request.client.isSecure)
        #expect(request.client.requestID == "id-1")
        #expect(request.client.isInternal)
        #expect(request.client.isVouchedFor)
        #expect(try request.json() == [1])
        #expect(serving.drain() == .drained)
    }

    @Test func noHeaderMakesARequestInternalOrSecure() throws {
        let pool = try ServingPool()
        let serving = try pool.serve {
            .text("\($0.client.isInternal) \($0.client.isVouchedFor) \($0.client.isSecure)")
        }
        let claims = [
            ("HTTP_SWIFTLET_INTERNAL", "1"), ("HTTP_SWIFTLET_VOUCHED", "1"), ("HTTP_HTTPS", "on"),
            ("SWIFTLET_INTERNAL", ""), ("SWIFTLET_VOUCHED", ""), ("HTTPS", ""),
        ]
        #expect(try pool.ask("GET", "/", claims).body == "false false false")
        #expect(serving.drain() == .drained)
    }

    @Test func unknownMethodsReachTheResponder() throws {
        let pool = try ServingPool()
        let serving = try pool.serve { .text($0.method?.rawValue ?? "none") }
        #expect(try pool.ask("PROPFIND", "/").body == "none")
        #expect(try pool.ask("OPTIONS", "*").body == "OPTIONS")
        #expect(serving.drain() == .drained)
    }

    @Test(arguments: [
        [("REQUEST_METHOD", "")], [("REQUEST_URI", "")], [("REQUEST_URI", "no/slash")], [("CONTENT_LENGTH", "-1")],
        [("CONTENT_LENGTH", "1x")], [("CONTENT_LENGTH", "99999999999999999999")],
    ])
    func whatNoWebServerSends(parameters: [(String, String)]) throws {
        let pool = try ServingPool()
        let serving = try pool.serve { _ in .text("reached") }
        let answer = try pool.ask("GET", "/", parameters)
        #expect(answer.status == 400)
        #expect(try JSONValue(parsing: answer.body)["detail"]?.string != nil)
        #expect(serving.drain() == .drained)
    }

    @Test func headersAreBounded() throws {
        let pool = try ServingPool()
        let serving = try pool.serve {
            $0.maximumHeaders = 20
            $0.maximumParameterBytes = 4000
        } respond: { _ in
            .text("reached")
        }
        #expect(try pool.ask("GET", "/", (0..<20).map { ("HTTP_H\($0)", "x") }).status == 200)
        #expect(try pool.ask("GET", "/", (0..<21).map { ("HTTP_H\($0)", "x") }).status == 431)
        #expect(try pool.ask("GET", "/", [("HTTP_H", String(repeating: "x", count: 4000))]).status == 431)
        #expect(try pool.ask("GET", "/" + String(repeating: "x", count: 4000)).status == 431)
        #expect(serving.drain() == .drained)
    }

    @Test func bodiesInMemoryAndOnDisk() throws {
        let pool = try ServingPool()
        let serving = try pool.serve {
            $0.bodyInMemory = 1000
        } respond: { request in
            let kind =
                switch request.body {
                case .bytes: "bytes"
                case .file: "file"
                }
            let sum = try? request.body.withBytes { $0.reduce(0) { $0 &* 31 &+ Int($1) } }
            return .text("\(kind) \(request.body.size) \(sum ?? -1)")
        }
        for count in [0, 1, 999, 1000, 1001, 65_536, 65_537, 300_000] {
            let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 13 ^ $0 >> 8) }
            let sum = body.reduce(0) { $0 &* 31 &+ Int($1) }
            let expected = "\(count <= 1000 ? "bytes" : "file") \(count) \(sum)"
            #expect(try pool.ask("POST", "/", body: body).body == expected)
            // A body whose length nobody said.
            #expect(try pool.ask("POST", "/", [("CONTENT_LENGTH", "")], body: body).body == expected)
        }
        #expect(serving.drain() == .drained)
        #expect(pool.spooled.isEmpty)
    }

    @Test func spooledJSONIsReadAndItsFileRemoved() throws {
        let pool = try ServingPool()
        let serving = try pool.serve {
            $0.bodyInMemory = 100
        } respond: { request in
            guard case .file(let path, _) = request.body, let json = try? request.json() else {
                return .text("no file")
            }
            let mode = (try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]) as? Int
            return .text("\(json["list"]?.array?.count ?? -1) \(String(mode ?? 0, radix: 8))")
        }
        let json = "{\"list\":[" + Array(repeating: "123", count: 50_000).joined(separator: ",") + "]}"
        #expect(try pool.ask("POST", "/", body: Array(json.utf8)).body == "50000 600")
        #expect(serving.drain() == .drained)
        #expect(pool.spooled.isEmpty)
    }

    @Test func bodiesOverTheLimitAreRefused() throws {
        let pool = try ServingPool()
        let serving = try pool.serve {
            $0.bodyInMemory = 1000
            $0.maximumBody = 100_000
        } respond: {
            .text("\($0.body.size)")
        }
        #expect(try pool.ask("POST", "/", body: [UInt8](repeating: 1, count: 100_000)).body == "100000")
        for length in [[("CONTENT_LENGTH", "")], []] {
            let answer = try pool.ask("POST", "/", length, body: [UInt8](repeating: 1, count: 1_000_000))
            #expect(answer.status == 413)
            #expect(try JSONValue(parsing: answer.body)["detail"]?.string != nil)
        }
        #expect(serving.drain() == .drained)
        #expect(pool.spooled.isEmpty)
    }

    @Test func lengthsThatAreNotTrue() throws {
        let pool = try ServingPool()
        let reached = Slot<Bool>()
        let serving = try pool.serve { _ in
            reached.put(true)
            return Response()
        }
        for claimed in ["5", "2000000"] {
            let short = try pool.ask("POST", "/", [("CONTENT_LENGTH", claimed)], body: [1, 2, 3])
            #expect(short.output.isEmpty)
        }
        let long = try pool.ask("POST", "/", [("CONTENT_LENGTH", "2")], body: [1, 2, 3])
        #expect(long.status == 400)
        #expect(reached.isEmpty)
        #expect(serving.drain() == .drained)
        #expect(pool.spooled.isEmpty)
    }

    @Test func aBodyThatCanNotBeStored() throws {
        let pool = try ServingPool()
        let serving = try pool.serve {
            $0.bodyInMemory = 10
            $0.spoolDirectory = "/nonexistent"
        } respond: { _ in
            .text("reached")
        }
        #expect(try pool.ask("POST", "/", body: [UInt8](repeating: 1, count: 100)).status == 500)
        #expect(try pool.ask("POST", "/", body: [1]).body == "reached")
        #expect(serving.drain() == .drained)
    }
}
