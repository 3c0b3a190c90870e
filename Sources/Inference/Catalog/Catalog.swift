package import Accounts
package import Core
import OrderedCollections
package import Postgres
import Synchronization
package import Workspace

/// The merged list of models, in the order in which they are shown.
package struct Catalog: Sendable {
    package let models: [CatalogModel]
    /// The entries of providers' models as they are without the workspace.
    package let providersModels: [JSONObject]
    private let places: [String: Int]

    package subscript(_ id: String) -> CatalogModel? {
        places[id].map { models[$0] }
    }

    /// The model that a preset is based on. Of Ollama's models the tag may be left out.
    package func base(_ id: String) -> CatalogModel? {
        if let model = self[id] { return model }
        if let latest = self["\(id):latest"], latest.isOllama { return latest }
        return models.first { $0.isOllama && $0.id.isTagged(of: id) }
    }

    /// Builds the list: providers, the demonstration where there is no provider, arena models, what administrators changed, presets.
    package init(
        connections: [ProviderConnection],
        nodes: [OllamaConnection] = [],
        listings: [String: ProviderStore.Listing],
        rows: [WorkspaceModel],
        settings: Settings
    ) {
        var found = Self.providers(connections, listings)
        for model in OllamaListing(nodes, listings).models.values { found[model.id] = CatalogModel(model) }
        // An Ollama node is configured from the start, so one that does not answer is no provider yet.
        let isDemonstration = connections.isEmpty && found.isEmpty
        if isDemonstration { found = [DemonstrationModel.id: DemonstrationModel.catalogModel] }
        providersModels = found.values.map(\.entry)
        if !found.isEmpty, !isDemonstration { Self.addArenas(to: &found, settings) }
        let hidden = Self.override(&found, with: rows)
        Self.addPresets(to: &found, rows, hidden: hidden)
        for id in hidden { found[id] = nil }
        let order = settings[Setting.modelOrderList].compactMap(\.string)
        let rank = Dictionary(zip(order, order.indices), uniquingKeysWith: { first, _ in first })
        var sorted = Array(found.values)
        // Without an order of the administrators' they stay as found, so that no arena comes first and is the web client's choice.
        if !rank.isEmpty {
            sorted.sort { left, right in
                let (first, second) = (rank[left.id] ?? .max, rank[right.id] ?? .max)
                return first == second ? left.name < right.name : first < second
            }
        }
        for index in sorted.indices { sorted[index].render() }
        models = sorted
        places = Dictionary(zip(models.map(\.id), models.indices), uniquingKeysWith: { first, _ in first })
    }

    private static func providers(
        _ connections: [ProviderConnection],
        _ listings: [String: ProviderStore.Listing]
    ) -> OrderedDictionary<String, CatalogModel> {
        var found: OrderedDictionary<String, CatalogModel> = [:]
        for connection in connections {
            let fixed = connection.fixedModels
            let entries =
                fixed.isEmpty
                ? listings[connection.fingerprint]?.models ?? []
                : fixed.map { ["id": .string($0), "name": .string($0)] }
            for entry in entries {
                // Of one id on two connections the last one counts, as for the reference's routing.
                guard let model = model(entry.object ?? [:], of: connection) else { continue }
                found[model.id] = model
            }
        }
        return found
    }

    private static let notForChat = ["babbage", "dall-e", "davinci", "embedding", "tts", "whisper"]

    private static func model(_ upstream: JSONObject, of connection: ProviderConnection) -> CatalogModel? {
        var upstream = upstream
        if upstream["name"]?.isNull ?? false { upstream["name"] = nil }
        guard let own = upstream["id"]?.string ?? upstream["name"]?.string, !own.isEmpty else { return nil }
        if connection.isOpenAI, notForChat.contains(where: own.contains) { return nil }
        let id = connection.prefix.map { "\($0).\(own)" } ?? own
        upstream["id"] = .string(id)
        upstream["connection_type"] = .string(connection.connectionType)
        if !connection.tags.isEmpty { upstream["tags"] = .array(connection.tags) }
        let name = upstream["name"]?.string ?? id
        var entry = upstream
        entry["name"] = .string(name)
        entry["owned_by"] = "openai"
        entry["openai"] = .object(upstream)
        entry["urlIdx"] = JSONValue(connection.index)
        return CatalogModel(
            id: id,
            name: name,
            source: .provider(index: connection.index),
            entry: entry,
            reader: .administrators,
            tags: connection.tags
        )
    }

    private static func addArenas(to found: inout OrderedDictionary<String, CatalogModel>, _ settings: Settings) {
        guard settings[Setting.enableEvaluationArenaModels] else { return }
        var arenas = settings[Setting.evaluationArenaModels]
        if arenas.isEmpty {
            arenas = [
                [
                    "id": "arena-model", "name": "Arena Model",
                    "meta": [
                        "profile_image_url": "/favicon.png",
                        "description": "Submit your questions to anonymous AI chatbots and vote on the best response.",
                        "model_ids": nil,
                    ],
                ]
            ]
        }
        for arena in arenas {
            guard let id = arena["id"]?.string, let name = arena["name"]?.string else { continue }
            let meta = arena["meta"] ?? [:]
            let entry: JSONObject = [
                "id": .string(id), "name": .string(name), "info": ["meta": meta], "object": "model",
                "created": JSONValue(Clock.nowSeconds),
                "owned_by": "arena", "arena": true,
            ]
            found[id] = CatalogModel(
                id: id,
                name: name,
                source: .arena(
                    models: meta["model_ids"]?.array?.compactMap(\.string),
                    excluded: meta["filter_mode"]?.string == "exclude"
                ),
                entry: entry,
                reader: .accordingTo(owner: nil, meta["access_control"] ?? [:])
            )
        }
    }

    /// Applies what administrators changed of providers' models.
    ///
    /// - Returns: the ids that they switched off.
    private static func override(_ found: inout OrderedDictionary<String, CatalogModel>, with rows: [WorkspaceModel])
        -> Set<String>
    {
        var hidden: Set<String> = []
        // Rows for exactly one model go first, so that they win over rows for all tags of it.
        let overrides = rows.filter { $0.baseModelID == nil }
        for row in overrides.filter({ found[$0.id] != nil }) + overrides.filter({ found[$0.id] == nil }) {
            // Without a tag it is about all tags of an Ollama model that have no row of their own.
            let tagged = found.values.filter { $0.isOllama && $0.row == nil && $0.id.isTagged(of: row.id) }
            for id in [row.id] + tagged.map(\.id) {
                guard var model = found[id] else { continue }
                if row.isActive { hidden.remove(id) } else { hidden.insert(id) }
                model.name = row.name
                model.entry["name"] = .string(row.name)
                model.apply(row)
                found[id] = model
            }
        }
        return hidden
    }

    private static func addPresets(
        to found: inout OrderedDictionary<String, CatalogModel>,
        _ rows: [WorkspaceModel],
        hidden: Set<String>
    ) {
        for row in rows {
            guard let base = row.baseModelID, row.isActive, found[row.id] == nil else { continue }
            let owner = (found[base] ?? found["\(base):latest"])?.entry["owned_by"] ?? "openai"
            var model = CatalogModel(
                id: row.id,
                name: row.name,
                source: .preset(base: base),
                entry: [
                    "id": .string(row.id), "name": .string(row.name), "object": "model",
                    "created": JSONValue(row.createdAt),
                    "owned_by": owner, "preset": true,
                ],
                reader: .administrators
            )
            model.apply(row)
            found[row.id] = model
        }
    }
}

extension String {
    /// Whether it is an Ollama model's name with any tag, `name:tag`.
    fileprivate func isTagged(of name: String) -> Bool {
        hasPrefix(name) && dropFirst(name.count).first == ":"
    }
}

extension CatalogModel {
    fileprivate init(_ model: OllamaListing.Model) {
        let tags = model.entry["tags"]?.array ?? []
        let name = model.entry["name"]?.string ?? model.id
        self.init(
            id: model.id,
            name: name,
            source: .ollama(nodes: model.nodes),
            entry: [
                "id": .string(model.id), "name": .string(name), "object": "model",
                "created": JSONValue(Clock.nowSeconds),
                "owned_by": "ollama", "ollama": .object(model.entry),
                "connection_type": model.entry["connection_type"] ?? "local",
            ],
            reader: .administrators,
            tags: tags
        )
    }

    fileprivate mutating func apply(_ row: WorkspaceModel) {
        self.row = row
        entry["info"] = .object(row.json)
        reader = .accordingTo(owner: row.ownerID, row.accessControl ?? .null)
        tags = (row.meta["tags"]?.array ?? []) + tags
    }

    /// Writes the entry as `/api/models` gives it, once for all requests.
    fileprivate mutating func render() {
        rendered = JSONValue.object(json).bytes
        renderedForReaders = rendered
        guard row?.params["system"] != nil else { return }
        var json = json
        json["info"]?["params"]?["system"] = .none
        renderedForReaders = JSONValue.object(json).bytes
    }

    private var json: JSONObject {
        var entry = entry
        entry["actions"] = []
        entry["filters"] = []
        var names: OrderedSet<String> = []
        for tag in tags {
            if let name = tag.string ?? tag["name"]?.string { names.append(name) }
        }
        entry["tags"] = .array(names.map { ["name": .string($0)] })
        return entry
    }
}

/// Keeps the built list of a process as long as nothing it is made of changes.
package final class CatalogCache: Sendable {
    private struct Entry {
        let version: Int
        let settingsVersion: Int
        let catalog: Catalog
    }

    package static let process = CatalogCache()
    private let entry = Mutex<Entry?>(nil)

    package func catalog(_ settings: LiveSettings, _ database: Connection) throws -> Catalog {
        let version = try ProviderStore.version(database)
        let (current, settingsVersion) = settings.versioned
        if let kept = entry.withLock({ $0 }), kept.version == version, kept.settingsVersion == settingsVersion {
            return kept.catalog
        }
        let connections = ProviderConnection.enabled(current)
        let nodes = OllamaConnection.enabled(current)
        let fingerprints = connections.map(\.fingerprint) + nodes.map(\.fingerprint)
        let catalog = Catalog(
            connections: connections,
            nodes: nodes,
            listings: try ProviderStore.listings(fingerprints, database),
            rows: try WorkspaceModelStore.all(database),
            settings: current
        )
        entry.withLock { $0 = Entry(version: version, settingsVersion: settingsVersion, catalog: catalog) }
        return catalog
    }
}
