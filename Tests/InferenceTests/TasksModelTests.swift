import Core
import Testing
import Workspace

@testable import Inference

/// Which model does a task, and what it is asked.
struct TasksModelTests {
    private func catalog(_ settings: Settings) -> Catalog {
        let connections = [
            ProviderConnection(index: 0, url: "http://near.test/v1", key: "", config: ["connection_type": "local"]),
            ProviderConnection(index: 1, url: "http://far.test/v1", key: "k", config: [:]),
        ]
        func listing(_ ids: String...) -> ProviderStore.Listing {
            ProviderStore.Listing(models: ids.map { ["id": .string($0)] }, age: 0)
        }
        return Catalog(
            connections: connections,
            listings: [
                connections[0].fingerprint: listing("near", "near-small"),
                connections[1].fingerprint: listing("far", "far-small"),
            ],
            rows: [],
            settings: settings
        )
    }

    private func worker(_ model: String, _ saved: [String: JSONValue]) throws -> String {
        let settings = Settings().merging(database: saved)
        let catalog = catalog(settings)
        return TaskModel.doing(tasksOf: try #require(catalog[model]), catalog, settings).id
    }

    @Test(arguments: [
        ("near", "near-small"), ("far", "far-small"), ("near-small", "near-small"),
        // An arena is on no machine, so it counts as external.
        ("arena-model", "far-small"),
    ])
    func `local and external models have their own task models`(model: String, expected: String) throws {
        #expect(try worker(model, ["TASK_MODEL": "near-small", "TASK_MODEL_EXTERNAL": "far-small"]) == expected)
    }

    @Test func `without a task model that is there a model does its own tasks`() throws {
        #expect(try worker("far", [:]) == "far")
        #expect(try worker("far", ["TASK_MODEL": "near-small"]) == "far")
        #expect(try worker("far", ["TASK_MODEL_EXTERNAL": "gone"]) == "far")
        #expect(try worker("near", ["TASK_MODEL_EXTERNAL": "far-small"]) == "near")
    }

    @Test func `a task is one message and no stream`() throws {
        let settings = Settings()
        let model = TaskModel(try #require(catalog(settings)["far"]))
        #expect(
            model.request(.tags, prompt: "Hi") == [
                "model": "far", "messages": [["role": "user", "content": "Hi"]], "stream": false,
            ]
        )
        #expect(model.request(.title, prompt: "Hi")["max_completion_tokens"] == 1000)
        #expect(model.request(.emoji, prompt: "Hi")["max_completion_tokens"] == 4)
    }

    @Test func `a client's own model is asked through the client, within its own limit`() {
        let item: JSONValue = [
            "id": "mine", "direct": true, "owned_by": "ollama", "info": ["params": ["max_tokens": 50]],
        ]
        let request = TaskModel(ofClient: item).request(.title, prompt: "Hi")
        #expect(request["model"] == "mine" && request["model_item"] == item)
        #expect(request["max_tokens"] == 50 && request["max_completion_tokens"] == nil)
    }

    @Test func `a limit that is null is none`() {
        let request = TaskModel(ofClient: ["id": "mine", "info": ["params": ["max_tokens": nil]]]).request(
            .title,
            prompt: "Hi"
        )
        #expect(request["max_completion_tokens"] == 1000)
    }
}
