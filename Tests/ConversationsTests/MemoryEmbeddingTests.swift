import Core
import Testing

@testable import Conversations

@Suite("Embeddings")
struct MemoryEmbeddingTests {
    @Test("have length 1, whatever was given, and zeros stay zeros")
    func normalisation() throws {
        let embedding = try #require(Embedding([3, 4]))
        #expect(abs(embedding.components[0] - 0.6) < 1e-6 && abs(embedding.components[1] - 0.8) < 1e-6)
        let large = try #require(Embedding([3e300, -4e300]))
        #expect(abs(large.components[0] - 0.6) < 1e-6 && abs(large.components[1] + 0.8) < 1e-6)
        #expect(try #require(Embedding([0, 0])).components == [0, 0])
    }

    @Test("are lists of numbers", arguments: [nil, [], ["1"], [1, nil], "text", [[1]], ["a": 1]] as [JSONValue])
    func malformed(json: JSONValue) {
        #expect(Embedding(json) == nil)
    }

    @Test("have no more dimensions than any model gives")
    func dimensions() {
        #expect(Embedding(.array(Array(repeating: 1, count: Embedding.maximumDimensions))) != nil)
        #expect(Embedding(.array(Array(repeating: 1, count: Embedding.maximumDimensions + 1))) == nil)
        #expect(Embedding([.number(JSONNumber(1)), .init(Double.infinity)])?.dimensions == 2)
    }

    @Test("come back from their bytes")
    func bytes() throws {
        let embedding = try #require(Embedding([0.1, -0.2, 3]))
        #expect(embedding.bytes.count == 12)
        #expect(Embedding(bytes: embedding.bytes) == embedding)
        #expect(Embedding(bytes: []) == nil && Embedding(bytes: [1, 2, 3]) == nil)
        #expect(try #require(Embedding([1])).bytes == [0, 0, 0x80, 0x3F])
    }

    @Test("are as close as their directions")
    func closeness() throws {
        let east = try #require(Embedding([1, 0]))
        #expect(east.closeness(to: try #require(Embedding([5, 0]))) == 1)
        #expect(east.closeness(to: try #require(Embedding([0, 2]))) == 0.5)
        #expect(east.closeness(to: try #require(Embedding([-3, 0]))) == 0)
        #expect(east.closeness(to: try #require(Embedding([0, 0]))) == 0.5)
    }
}

@Suite("The service of embeddings", .database)
struct MemoryEmbeddingServiceTests {
    private static func run(
        _ engine: String,
        _ more: [String: String] = [:],
        service given: MemoryEmbeddingServer? = nil,
        _ body: (TestClient, MemoryEmbeddingServer) throws -> Void
    ) throws {
        let service = try given ?? MemoryEmbeddingServer()
        let environment = [
            "RAG_EMBEDDING_ENGINE": engine, "RAG_EMBEDDING_MODEL": "ada 2", "RAG_OPENAI_API_BASE_URL": service.url,
            "RAG_OPENAI_API_KEY": "key", "RAG_OLLAMA_BASE_URL": service.url, "RAG_OLLAMA_API_KEY": "key",
            "RAG_AZURE_OPENAI_BASE_URL": service.url, "RAG_AZURE_OPENAI_API_KEY": "key",
            "RAG_AZURE_OPENAI_API_VERSION": "2024-02-01",
        ].merging(more) { $1 }
        try TestServer.run(environment) { try body($0.client("Anna Žáková"), service) }
    }

    private static func tryOut(_ client: TestClient) throws -> Answer {
        try client.call(.get, "/api/v1/memories/ef")
    }

    @Test("is asked as Ollama is")
    func ollama() throws {
        try Self.run("ollama") { me, service in
            let answer = try Self.tryOut(me)
            #expect(answer.json["result"]?.array?.count == MemoryEmbeddingServer.words.count)
            #expect(service.calls.map(\.path) == ["/api/embed"])
            #expect(service.calls[0].body == ["input": ["hello world"], "model": "ada 2"])
            #expect(service.calls[0].headers["authorization"] == "Bearer key")
        }
    }

    @Test("is asked as Azure is")
    func azure() throws {
        try Self.run("azure_openai") { me, service in
            let answer = try Self.tryOut(me)
            #expect(answer.status == 200)
            #expect(service.calls.map(\.path) == ["/openai/deployments/ada%202/embeddings?api-version=2024-02-01"])
            #expect(service.calls[0].body == ["input": ["hello world"]])
            #expect(service.calls[0].headers["api-key"] == "key" && service.calls[0].headers["authorization"] == nil)
        }
    }

    @Test("is told who asks if the settings say so")
    func sender() throws {
        try Self.run("openai", ["ENABLE_FORWARD_USER_INFO_HEADERS": "true"]) { me, service in
            let answer = try Self.tryOut(me)
            #expect(answer.status == 200)
            let headers = service.calls[0].headers
            #expect(headers["x-openwebui-user-name"] == "Anna %C5%BD%C3%A1kov%C3%A1")
            #expect(headers["x-openwebui-user-id"] == me.id && headers["x-openwebui-user-role"] == "user")
        }
    }

    @Test("is asked again when it has too much to do, but not for ever")
    func busy() throws {
        try Self.run(
            "openai",
            service: MemoryEmbeddingServer { _ in .init(status: 429, headers: ["Retry-After: 0"], body: [:]) }
        ) {
            me,
            service in
            let answer = try Self.tryOut(me)
            #expect(answer.status == 500 && answer.detail?.contains("status 429") == true)
            #expect(service.calls.count == 5)
        }
        try Self.run(
            "openai",
            service: MemoryEmbeddingServer { _ in .init(status: 429, headers: ["Retry-After: 3600"], body: [:]) }
        ) {
            me,
            service in
            let answer = try Self.tryOut(me)
            #expect(answer.status == 500)
            #expect(service.calls.count == 1)
        }
    }

    @Test(
        "is not believed when its answer is none",
        arguments: [
            [:], nil, ["data": []], ["data": [["embedding": []]]], ["data": [["embedding": ["x"]]]],
            ["embeddings": [[1]]],
            ["data": [["embedding": [1]], ["embedding": [1]]]], ["error": ["message": "key sk-secret is wrong"]],
        ] as [JSONValue]
    )
    func malformed(body: JSONValue) throws {
        try Self.run("openai", service: MemoryEmbeddingServer { _ in .init(body: body) }) { me, _ in
            let answer = try Self.tryOut(me)
            #expect(answer.status == 500 && answer.detail?.contains("sk-secret") == false)
        }
    }

    @Test("that is not there is told of, without its key")
    func unreachable() throws {
        let more = ["RAG_OPENAI_API_BASE_URL": "http://user:secret@127.0.0.1:1/v1"]
        try Self.run("openai", more) { me, _ in
            let answer = try Self.tryOut(me)
            #expect(answer.status == 500 && answer.detail?.contains("could not be asked") == true)
            #expect(answer.detail?.contains("secret") == false)
        }
    }
}
