import Core
import Outbound
import Testing
import Workspace

@testable import Inference

/// Ollama's models in the merged list.
struct OllamaCatalogTests {
    private static let one = OllamaConnection(index: 0, url: "http://one.test", key: "", config: [:])
    private static let two = OllamaConnection(
        index: 1,
        url: "http://two.test/",
        key: "k",
        config: [
            "prefix_id": "px", "tags": [["name": "remote"]], "model_ids": ["qwen:latest"],
            "connection_type": "external",
        ]
    )
    private static let three = OllamaConnection(index: 2, url: "http://three.test", key: "", config: [:])

    private static func tags(_ names: String...) -> ProviderStore.Listing {
        ProviderStore.Listing(models: names.map { ["name": .string($0), "model": .string($0), "size": 1] }, age: 0)
    }

    private static let listings = [
        one.fingerprint: tags("llama:latest", "mistral:7b"), two.fingerprint: tags("qwen:latest", "phi:latest"),
        three.fingerprint: tags("llama:latest"),
    ]

    private func catalog(_ rows: [WorkspaceModel] = [], nodes: [OllamaConnection] = [one, two, three]) -> Catalog {
        Catalog(connections: [], nodes: nodes, listings: Self.listings, rows: rows, settings: Settings())
    }

    @Test func `a model on several nodes is one model`() throws {
        let listing = OllamaListing([Self.one, Self.two, Self.three], Self.listings)
        #expect(Array(listing.models.keys) == ["llama:latest", "mistral:7b", "px.qwen:latest"])
        #expect(listing["llama"]?.nodes == [0, 2] && listing["llama"]?.entry["urls"] == [0, 2])
        #expect(listing["px.qwen:latest"]?.entry["tags"] == [["name": "remote"]])
        #expect(Self.two.name(of: "px.qwen:latest") == "qwen:latest" && Self.one.name(of: "px.qwen") == "px.qwen")
        #expect(listing["mistral"] == nil)
    }

    @Test func `they look like the other models`() throws {
        let catalog = catalog()
        let llama = try #require(catalog["llama:latest"]), qwen = try #require(catalog["px.qwen:latest"])
        #expect(llama.entry["owned_by"] == "ollama" && llama.entry["ollama"]?["size"] == 1)
        #expect(llama.connectionType == "local" && qwen.connectionType == "external")
        #expect(try JSONValue(parsing: qwen.rendered)["tags"] == [["name": "remote"]])
        #expect(catalog["arena-model"] != nil && catalog[DemonstrationModel.id] == nil)
    }

    @Test func `a preset may leave out the tag of its base`() throws {
        let catalog = catalog()
        #expect(catalog.base("llama")?.id == "llama:latest" && catalog.base("mistral")?.id == "mistral:7b")
        #expect(catalog.base("mis") == nil && catalog.base("px.qwen:latest")?.id == "px.qwen:latest")
    }

    @Test func `a node that does not answer is no provider yet`() {
        let silent = OllamaConnection(index: 0, url: "http://silent.test", key: "", config: [:])
        #expect(catalog(nodes: [silent]).models.map(\.id) == [DemonstrationModel.id])
    }

    @Test func `a node's memory is told with its models`() throws {
        let server = try TestServer.answering { request in
            let isList = request.line.contains("/api/tags")
            return ok(
                isList
                    ? "{\"models\": [{\"name\": \"a\", \"model\": \"a\"}, {\"name\": \"b\", \"model\": \"b\"}]}"
                    : "{\"models\": [{\"model\": \"b\", \"expires_at\": \"1970-01-02T00:00:00Z\"}]}"
            )
        }
        let http = HTTPClient(policy: .administrator)
        let answers = try OllamaListing.questions.map { try http.send(HTTPRequest(url: server.url($0))) }
        let models = try #require(OllamaListing.models(in: answers))
        #expect(models[0]?["expires_at"] == nil && models[1]?["expires_at"] == 86_400)
        #expect(OllamaListing.models(in: [answers[0], nil])?.array?.count == 2)
        #expect(OllamaListing.models(in: [nil, answers[1]]) == nil)
    }
}
