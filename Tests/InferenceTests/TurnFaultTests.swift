import Core
import Testing

@testable import Inference

/// Providers that do not do what they should, in turns that are told by events and in turns that are a response.
@Suite(.database)
struct TurnFaultTests {
    private static let key = "sk-secret-1234"

    private static func events(_ body: String) -> String {
        ok(body, headers: ["Content-Type: text/event-stream"])
    }

    /// The error that is told and kept, and all else that was told.
    private func failure(
        _ server: TestServer,
        _ environment: [String: String] = [:]
    ) throws -> (error: JSONValue, told: [JSONValue], content: String) {
        var result: (error: JSONValue, told: [JSONValue], content: String)?
        try TasksSurroundings.run(environment, role: .admin) { site in
            try site.save(TasksSurroundings.provider(server, key: Self.key))
            let chat = try site.chat(["Hi", ""])
            try site.answer(["model": "near"], in: chat)
            let stored = try site.stored(in: chat)
            let told = try site.told()
            let error = try #require(TasksSurroundings.data(told, "chat:message:error").first?["error"])
            #expect(stored.body["error"] == error, "what is told is kept")
            #expect(TasksSurroundings.data(told, "chat:completion").allSatisfy { $0["done"] == nil })
            #expect(try site.database.query("select from turn").isEmpty)
            result = (error["content"] ?? .null, told, stored.content)
        }
        return try #require(result)
    }

    @Test(arguments: [
        "", ": hello\n\n", "data: {\"cut\": \n\n", "garbage\nmore garbage\n", "data: not JSON\n\ndata: either\n\n",
    ])
    func `a stream without an answer is an error`(body: String) throws {
        let server = try TestServer.answering { _ in Self.events(body) }
        #expect(try failure(server).error == "The provider's answer was empty, or could not be read.")
    }

    @Test func `text before a broken end is kept`() throws {
        let server = try TestServer { peer in
            _ = peer.read()
            peer.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 10000\r\n\r\n")
            peer.write("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"So far\"}}]}\n\n")
        }
        let failed = try failure(server)
        #expect(failed.content == "So far" && failed.error.string?.contains("127.0.0.1") == true)
    }

    @Test func `a provider that falls silent is given up`() throws {
        let server = try TestServer { peer in
            _ = peer.read()
            peer.waitForEnd()
        }
        let error = try failure(server, ["PROVIDER_SILENCE_LIMIT": "1"]).error
        #expect(error.string?.contains("nothing moved for too long") == true)
    }

    @Test func `a refusal without words says when to ask again`() throws {
        let server = try TestServer.answering { _ in
            ok("", status: "429 Too Many Requests", headers: ["Retry-After: 30"])
        }
        let error = try failure(server).error
        #expect(error == "The provider answered with status 429. (It may be asked again: in 30 seconds.)")
    }

    @Test func `a redirect is not followed`() throws {
        let server = try TestServer.answering { _ in
            ok("", status: "307 Temporary Redirect", headers: ["Location: http://127.0.0.1:9/"])
        }
        #expect(try failure(server).error == "The provider refers to another address (status 307).")
        #expect(server.connections == 1)
    }

    @Test func `a key that the provider repeats is told to nobody`() throws {
        let server = try TestServer.answering { request in
            let header = request.headers.first { $0.hasPrefix("Authorization:") } ?? ""
            return ok("{\"error\": \"bad key in \(header)\"}", status: "401 Unauthorized")
        }
        let failed = try failure(server)
        #expect(failed.error == "bad key in Authorization: Bearer [key]")
        #expect(!failed.told.contains { $0.text.contains(Self.key) })
    }

    @Test func `a whole answer to a request for a stream is taken`() throws {
        let server = try TestServer.answering { _ in
            ok("{\"choices\":[{\"message\":{\"content\":\"Whole\"}}]}", headers: ["Content-Type: application/json"])
        }
        try TasksSurroundings.run(role: .admin) { site in
            try site.save(TasksSurroundings.provider(server))
            let chat = try site.chat(["Hi", ""])
            try site.answer(["model": "near"], in: chat)
            #expect(try site.stored(in: chat).content == "Whole")
            let last = TasksSurroundings.data(try site.told(), "chat:completion").last
            #expect(last?["done"] == true && last?["content"] == "Whole")
        }
    }

    // MARK: The response itself

    @Test func `a response keeps the provider's refusal and the time to wait`() throws {
        let server = try TestServer.answering { request in
            let header = request.headers.first { $0.hasPrefix("Authorization:") } ?? ""
            return ok("{\"error\": \"\(header)\"}", status: "429 Too Many Requests", headers: ["Retry-After: 7"])
        }
        try TasksSurroundings.run(role: .admin) { site in
            try site.save(TasksSurroundings.provider(server, key: Self.key))
            let response = try site.respond(to: ["model": "near", "stream": true, "messages": []])
            #expect(response.status == 429 && response.headers["retry-after"] == "7")
            #expect(response.json["error"] == "Authorization: Bearer [key]")
        }
    }

    @Test func `a response to a redirect is an error`() throws {
        let server = try TestServer.answering { _ in
            ok("secret", status: "302 Found", headers: ["Location: http://127.0.0.1:9/"])
        }
        try TasksSurroundings.run(role: .admin) { site in
            try site.save(TasksSurroundings.provider(server))
            let response = try site.respond(to: ["model": "near", "messages": []])
            #expect(response.status == 500 && response.json["detail"]?.string?.contains("302") == true)
            #expect(response.headers["location"] == nil)
        }
    }
}
