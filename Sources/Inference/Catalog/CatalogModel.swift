package import Core
package import Workspace

/// A model that can be asked, as the merged list shows it.
package struct CatalogModel: Sendable {
    package enum Source: Sendable {
        case provider(index: Int)
        /// Any of these Ollama nodes, by their indices.
        case ollama(nodes: [Int])
        /// The name of the model that a preset is based on.
        case preset(base: String)
        /// One of these, by chance; nil stands for every model that is no arena.
        case arena(models: [String]?, excluded: Bool)
        case demonstration
    }

    package enum Reader: Sendable {
        case everybody
        /// Of admins alone: a provider's model that nobody has opened yet.
        case administrators
        /// According to an `access_control`.
        case accordingTo(owner: String?, JSONValue)
    }

    package let id: String
    package var name: String
    package var source: Source
    /// The entry of `/api/models`, less what is made of other fields.
    package var entry: JSONObject
    package var row: WorkspaceModel?
    package var reader: Reader
    package var tags: [JSONValue] = []

    /// The entry as `/api/models` gives it, in JSON.
    package internal(set) var rendered: [UInt8] = []
    /// The same less the system prompt, which is for those who may change the model.
    package internal(set) var renderedForReaders: [UInt8] = []

    package var connectionType: String? {
        entry["connection_type"]?.string
    }

    /// Such a model only changes the requests of others.
    package var isPipelineFilter: Bool {
        entry["pipeline"]?["type"]?.string == "filter"
    }

    package var isOllama: Bool {
        if case .ollama = source { true } else { false }
    }

    package var isArena: Bool {
        if case .arena = source { true } else { false }
    }
}
