import Core
import HTTP
import Synchronization
import Testing

@testable import Inference

/// A node that speaks Ollama's protocol, asked by turns and by Ollama's own API.
@Suite(.database)
struct OllamaTurnTests {
    /// Keeps what it was asked. `answer` is what it says to a path, less the lists.
    private final class Node: Sendable {
        struct Call: Sendable {
            let line: String
            let headers: [String]
            let body: JSONValue
        }

        private let calls = Mutex<[Call]>([])

        func serve(_ answer: @escaping @Sendable (Call) -> String) throws -> TestServer {
            try TestServer.answering { [self] request in
                let call = Call(
                    line: request.line,
                    headers: request.headers,
                    body: (try? JSONValue(parsing: request.body)) ?? .null
                )
                if call.line.contains("/api/tags") {
                    return ok("{\"models\": [{\"name\": \"llama:latest\", \"model\": \"llama:latest\", \"size\": 1}]}")
                }
                if call.line.contains("/api/ps") { return ok("{\"models\": []}") }
                calls.withLock { $0.append(call) }
                return answer(call)
            }
        }

        var asked: [Call] { calls.withLock { $0 } }
    }

    private static let ending =
        "{\"message\": {\"content\": \"\"}, \"done\": true, \"eval_count\": 3, \"prompt_eval_count\": 2}\n"
    private static let lines =
        "{\"message\": {\"content\": \"\", \"thinking\": \"Hm\"}}\n{\"message\": {\"content\": \"Good \"}}\n"
        + "{\"message\": {\"content\": \"day\"}}\n" + ending

    private static func chat(_ call: Node.Call) -> String {
        guard call.body["stream"]?.isTruthy ?? true else {
            return ok("{\"message\": {\"content\": \"Good day\"}, \"done\": true, \"eval_count\": 3}")
        }
        return ok(lines, headers: ["Content-Type: application/x-ndjson"])
    }

    private func run(
        _ answer: @escaping @Sendable (Node.Call) -> String = chat,
        _ body: (TasksSurroundings, Node) throws -> Void
    ) throws {
        let node = Node()
        let server = try node.serve(answer)
        try TasksSurroundings.run(["ENABLE_OLLAMA_API": "true"], role: .admin) { site in
            try site.save([
                "OLLAMA_BASE_URLS": [.string(server.url(""))], "OLLAMA_API_CONFIGS": ["0": ["key": "node-key-123"]],
            ])
            // Fills the list of models.
            let tags = try site.call(.get, "/ollama/api/tags", routes: OllamaRoutes.all)
            #expect(tags.json["models"]?[0]?["urls"] == [0])
            try body(site, node)
        }
    }

    @Test func `a turn is told and kept like any other`() throws {
        try run { site, node in
            let chat = try site.chat(["Hi", ""])
            try site.answer(["model": "llama:latest", "params": ["temperature": 0.5]], in: chat)
            let stored = try site.stored(in: chat)
            #expect(stored.content.hasSuffix("</details>\nGood day") && stored.content.contains("> Hm"))
            #expect(stored.body["usage"]?["completion_tokens"] == 3)
            let call = try #require(node.asked.last)
            #expect(
                call.line.hasPrefix("POST /api/chat ") && call.headers.contains("Authorization: Bearer node-key-123")
            )
            #expect(call.body["options"] == ["temperature": 0.5] && call.body["stream"] == true)
            #expect(
                TasksSurroundings.data(try site.told(), "chat:completion").last?["content"] == .string(stored.content)
            )
        }
    }

    @Test func `a response is a stream of chunks`() throws {
        try run { site, _ in
            let response = try site.respond(to: [
                "model": "llama:latest", "stream": true, "messages": [["role": "user", "content": "Hi"]],
            ])
            #expect(response.status == 200 && response.headers["content-type"] == "text/event-stream")
            #expect(response.text.hasSuffix("data: [DONE]\n\n"))
            #expect(response.events.last?["usage"]?["total_tokens"] == 5)
        }
    }

    @Test func `a response is a completion`() throws {
        try run { site, node in
            let response = try site.respond(to: [
                "model": "llama:latest", "messages": [["role": "user", "content": "Hi"]],
            ])
            #expect(response.json["choices"]?[0]?["message"]?["content"] == "Good day")
            #expect(response.json["object"] == "chat.completion" && node.asked.last?.body["stream"] == false)
        }
    }

    @Test func `a node's refusal is told in its words, without its key`() throws {
        let refusal: @Sendable (Node.Call) -> String = { _ in
            ok("{\"error\": \"no room for node-key-123\"}", status: "500 Internal Server Error")
        }
        try run(refusal) { site, _ in
            let chat = try site.chat(["Hi", ""])
            try site.answer(["model": "llama:latest"], in: chat)
            #expect(try site.stored(in: chat).body["error"] == ["content": "no room for [key]"])
        }
        try run(refusal) { site, _ in
            let call = OllamaCall(path: "/api/generate", node: 0, body: ["model": "llama:latest"])
            let response = try site.respond(to: call.json, kind: .ollama)
            #expect(response.status == 500 && response.json == ["detail": "no room for [key]"])
        }
    }

    @Test func `its own API is passed on byte for byte`() throws {
        try run { site, node in
            let call = OllamaCall(path: "/api/chat", node: 0, body: ["model": "llama:latest", "stream": true])
            let response = try site.respond(to: call.json, kind: .ollama)
            #expect(response.text == Self.lines && response.headers["content-type"] == "application/x-ndjson")
            #expect(node.asked.last?.body == ["model": "llama:latest", "stream": true])
        }
    }

    @Test func `requests of its own API are queued with what the workspace adds`() throws {
        try run { site, _ in
            try site.database.execute(
                """
                insert into model (id, account_id, base_model_id, name, params, meta, created_at, updated_at)
                values ('brief', \(site.accountID), 'llama', 'Brief', '{"system": "Be brief.", "max_tokens": 64}', '{}', 0, 0)
                """
            )
            let answer = try site.call(
                .post,
                "/ollama/api/chat",
                ["model": "brief", "messages": [["role": "user", "content": "Hi"]], "metadata": ["x": 1]],
                routes: OllamaRoutes.all
            )
            #expect(answer.headers["X-Accel-Redirect"]?.hasPrefix("/_stream/") == true)
            let request = try JSONValue(parsing: site.database.query("select request::text from turn")[0].text(0))
            #expect(request["kind"] == "ollama" && request["body"]?["path"] == "/api/chat")
            let body = request["body"]?["body"]
            #expect(body?["model"] == "llama:latest" && body?["options"] == ["num_predict": 64])
            #expect(body?["messages"]?[0] == ["role": "system", "content": "Be brief."] && body?["metadata"] == nil)
        }
    }

    @Test func `users ask only what is open to them`() throws {
        try run { site, node in
            try site.database.execute("update account set role = 'user'")
            let bodies: [(String, JSONValue)] = [
                ("/ollama/api/generate", ["prompt": "x"]), ("/ollama/api/embed", ["input": "x"]),
                ("/ollama/api/show", [:]),
                ("/ollama/api/embeddings/0", ["prompt": "x"]), ("/ollama/api/chat", ["messages": []]),
                ("/ollama/v1/completions", ["prompt": "x"]), ("/ollama/v1/chat/completions/0", ["messages": []]),
            ]
            for (path, body) in bodies {
                for (model, status) in [("llama", 403), ("nobody", 400)] {
                    var body = body
                    body["model"] = .string(model)
                    #expect(try site.call(.post, path, body, routes: OllamaRoutes.all).status == status, "\(path)")
                }
            }
            #expect(try site.call(.get, "/ollama/api/tags", routes: OllamaRoutes.all).json == ["models": []])
            #expect(try site.call(.post, "/ollama/api/pull", ["model": "x"], routes: OllamaRoutes.all).status == 401)
            #expect(node.asked.isEmpty)
            #expect(try site.database.query("select from turn").isEmpty)
        }
    }

    @Test func `permissions count on its own API too`() throws {
        try run { site, _ in
            try site.database.execute("update account set role = 'user'")
            try site.database.execute(
                """
                insert into model (id, account_id, name, params, meta, created_at, updated_at)
                values ('llama:latest', 'nobody', 'Llama', '{"system": "Be brief.", "max_tokens": 64}', '{}', 0, 0)
                """
            )
            try site.save([
                "USER_PERMISSIONS": ["chat": ["params": false, "system_prompt": false, "file_upload": false]]
            ])
            let messages: JSONValue = [["role": "system", "content": "Mine"], ["role": "user", "content": "Hi"]]
            let body: JSONValue = [
                "model": "llama:latest", "messages": messages, "options": ["temperature": 2], "template": "x",
            ]
            #expect(try site.call(.post, "/ollama/api/chat", body, routes: OllamaRoutes.all).status == 200)
            let request = try JSONValue(parsing: site.database.query("select request::text from turn")[0].text(0))
            let sent = try #require(request["body"]?["body"])
            #expect(sent["options"] == ["num_predict": 64] && sent["template"] == nil)
            #expect(sent["messages"]?.array?.compactMap { $0["content"]?.string } == ["Be brief.", "Hi"])
            let picture: JSONValue = ["model": "llama:latest", "prompt": "x", "images": ["QUJD"]]
            #expect(try site.call(.post, "/ollama/api/generate", picture, routes: OllamaRoutes.all).status == 403)
        }
    }

    @Test func `embeddings come in OpenAI's form`() throws {
        let vectors: @Sendable (Node.Call) -> String = { _ in
            ok("{\"embeddings\": [[0.5, 1], [1, 0]], \"prompt_eval_count\": 4}")
        }
        try run(vectors) { site, node in
            let answer = try site.call(
                .post,
                "/api/embeddings",
                ["model": "llama:latest", "input": ["a", "b"]],
                routes: EmbeddingRoutes.all
            )
            #expect(answer.json["data"]?[1] == ["object": "embedding", "embedding": [1, 0], "index": 1])
            #expect(answer.json["usage"]?["prompt_tokens"] == 4)
            #expect(node.asked.last?.line.hasPrefix("POST /api/embed ") == true)
            let missing = try site.call(
                .post,
                "/api/embeddings",
                ["model": "llama:latest"],
                routes: EmbeddingRoutes.all
            )
            #expect(missing.status == 400)
        }
    }
}
