package import Core

/// The model that does a task.
package struct TaskModel: Sendable {
    package let id: String
    /// What the model allows its answers; null where it does not say.
    private let tokenLimit: JSONValue
    private let isOllama: Bool
    /// The client's own model, reached through the client alone.
    private let item: JSONValue?

    /// The tasks of a local model (one that runs on this site's own machines) go to `TASK_MODEL`, those of all others to `TASK_MODEL_EXTERNAL`;
    /// the model itself does them where none is named or the named one is not there.
    package static func doing(tasksOf model: CatalogModel, _ catalog: Catalog, _ settings: Settings) -> TaskModel {
        let named = settings[model.connectionType == "local" ? Setting.taskModel : Setting.taskModelExternal]
        return TaskModel(catalog[named] ?? model)
    }

    package init(_ model: CatalogModel) {
        id = model.id
        tokenLimit = model.row?.params["max_tokens"] ?? .null
        isOllama = model.entry["owned_by"]?.string == "ollama"
        item = nil
    }

    /// - Parameter item: the client's own description of its model.
    package init(ofClient item: JSONValue) {
        id = item["id"]?.string ?? ""
        tokenLimit = item["info"]?["params"]?["max_tokens"] ?? .null
        isOllama = item["owned_by"]?.string == "ollama"
        self.item = item
    }

    /// The request: one message, and no more tokens than the kind of task needs.
    package func request(_ kind: TaskKind, prompt: String) -> JSONObject {
        var body: JSONObject = [
            "model": .string(id), "messages": [["role": "user", "content": .string(prompt)]], "stream": false,
        ]
        if let limit = limit(kind) { body[isOllama ? "max_tokens" : "max_completion_tokens"] = limit }
        if let item { body["model_item"] = item }
        return body
    }

    private func limit(_ kind: TaskKind) -> JSONValue? {
        switch kind {
        case .title: tokenLimit.isNull ? 1000 : tokenLimit
        case .emoji: 4
        default: nil
        }
    }
}
