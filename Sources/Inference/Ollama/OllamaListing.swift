package import Core
package import OrderedCollections
import Outbound

/// The models of all nodes: a model that several nodes have is one, and any of them may be asked for it.
package struct OllamaListing: Sendable {
    package struct Model: Sendable {
        package let id: String
        /// The node's own entry with `model` as the id and `urls`, the indices of the nodes that have it.
        package var entry: JSONObject
        package var nodes: [Int]
    }

    package private(set) var models: OrderedDictionary<String, Model> = [:]

    /// `listings` are what each node said last, by the connection's fingerprint.
    package init(_ connections: [OllamaConnection], _ listings: [String: ProviderStore.Listing]) {
        for connection in connections {
            for entry in listings[connection.fingerprint]?.models ?? [] {
                if let entry = entry.object { add(entry, of: connection) }
            }
        }
    }

    private mutating func add(_ entry: JSONObject, of connection: OllamaConnection) {
        guard let name = entry["model"]?.string ?? entry["name"]?.string, !name.isEmpty else { return }
        if !connection.allowedModels.isEmpty, !connection.allowedModels.contains(name) { return }
        let id = connection.id(of: name)
        var model = models[id] ?? Self.model(id, entry, of: connection)
        if !model.nodes.contains(connection.index) { model.nodes.append(connection.index) }
        let nodes = model.nodes
        model.entry["urls"] = .array(nodes.map { JSONValue($0) })
        models[id] = model
    }

    private static func model(_ id: String, _ entry: JSONObject, of connection: OllamaConnection) -> Model {
        var entry = entry
        entry["model"] = .string(id)
        if !connection.tags.isEmpty { entry["tags"] = .array(connection.tags) }
        entry["connection_type"] = .string(connection.connectionType)
        return Model(id: id, entry: entry, nodes: [])
    }

    /// A name without a tag means the latest.
    package subscript(_ name: String) -> Model? {
        models[name] ?? (name.contains(":") ? nil : models["\(name):latest"])
    }

    // MARK: Asking nodes

    /// What a node is asked for its list: its models, and which of them are in its memory.
    static let questions = ["/api/tags", "/api/ps"]

    /// Reads the answers to `questions`; nil when the node gave no list.
    static func models(in answers: [HTTPAnswer?]) -> JSONValue? {
        guard let models = list(in: answers.first ?? nil) else { return nil }
        var expiries: [String: Int] = [:]
        for loaded in list(in: answers.last ?? nil) ?? [] {
            guard let name = loaded["model"]?.string ?? loaded["name"]?.string else { continue }
            expiries[name] = loaded["expires_at"]?.string.flatMap(OllamaTime.seconds)
        }
        return .array(
            models.map { entry in
                guard let name = entry["model"]?.string, let expiry = expiries[name] else { return entry }
                var entry = entry
                entry["expires_at"] = JSONValue(expiry)
                return entry
            }
        )
    }

    private static func list(in answer: HTTPAnswer?) -> [JSONValue]? {
        guard let answer, answer.status == 200 else { return nil }
        return (try? JSONValue(parsing: answer.body))?["models"]?.array?.filter { $0.object != nil }
    }
}
