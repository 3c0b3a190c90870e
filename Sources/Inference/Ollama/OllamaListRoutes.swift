import Accounts
import Core
import HTTP
import Outbound

/// What the nodes have, together or one by one.
enum OllamaListRoutes {
    static let all: [Route<Context>] = [
        Route(.get, "/ollama/api/tags", .verified, tags),
        Route(.get, "/ollama/api/tags/{url_idx}", .verified, tagsOfNode),
        Route(.get, "/ollama/api/ps", .admin, loaded),
        Route(.get, "/ollama/api/version", .verified, version),
        Route(.get, "/ollama/api/version/{url_idx}", .verified, versionOfNode),
        Route(.get, "/ollama/v1/models", .verified, models),
        Route(.get, "/ollama/v1/models/{url_idx}", .verified, modelsOfNode),
    ]

    /// Seconds for which the nodes are not asked again.
    private static let freshness = 1.0

    private static func tags(_ context: Context) throws -> Response {
        .json(["models": .array(try visible(context).map { .object($0.entry) })])
    }

    private static func tagsOfNode(_ context: Context) throws -> Response {
        let nodes = try OllamaNodes(context)
        return .json(try list(of: nodes.first(), nodes))
    }

    private static func models(_ context: Context) throws -> Response {
        listed(try visible(context).map(\.id))
    }

    private static func modelsOfNode(_ context: Context) throws -> Response {
        let nodes = try OllamaNodes(context)
        let models = try list(of: nodes.first(), nodes)["models"]?.array ?? []
        return listed(models.compactMap { $0["model"]?.string })
    }

    /// In the words of OpenAI.
    private static func listed(_ ids: [String]) -> Response {
        let models = ids.map { id -> JSONValue in
            ["id": .string(id), "object": "model", "created": JSONValue(Clock.nowSeconds), "owned_by": "openai"]
        }
        return .json(["data": .array(models), "object": "list"])
    }

    /// The models of all nodes that the caller may see; admins see also those that are switched off.
    private static func visible(_ context: Context) throws -> [OllamaListing.Model] {
        let nodes = try OllamaNodes(context, age: freshness)
        let access = try ModelAccess(context)
        let isAdmin = try context.account.isAdmin
        return nodes.listing.models.values.filter { model in
            nodes.catalog[model.id].map(access.mayUse) ?? isAdmin
        }
    }

    /// One node's own list; for others than admins less what they may not see.
    private static func list(of connection: OllamaConnection, _ nodes: OllamaNodes) throws -> JSONValue {
        var list = try nodes.json(.get, "/api/tags", nil, on: connection)
        guard try !nodes.context.account.isAdmin else { return list }
        let access = try ModelAccess(nodes.context)
        list["models"] = .array(
            (list["models"]?.array ?? []).filter { entry in
                guard let name = entry["model"]?.string else { return false }
                return nodes.catalog[connection.id(of: name)].map(access.mayUse) ?? false
            }
        )
        return list
    }

    /// The models in the nodes' memories.
    private static func loaded(_ context: Context) throws -> Response {
        let nodes = try OllamaNodes(context)
        let listings = try ask("/api/ps", nodes).map { connection, answer in
            let models = answer["models"]?.array ?? []
            return (connection.fingerprint, ProviderStore.Listing(models: models, age: 0))
        }
        let loaded = OllamaListing(nodes.enabled, Dictionary(listings, uniquingKeysWith: { first, _ in first }))
        return .json(["models": .array(loaded.models.values.map { .object($0.entry) })])
    }

    /// The lowest version: what all nodes can do. False stands for "switched off".
    private static func version(_ context: Context) throws -> Response {
        let nodes = try OllamaNodes(context)
        guard !nodes.enabled.isEmpty else { return .json(["version": false]) }
        let versions = try ask("/api/version", nodes).compactMap { $0.1["version"]?.string }
        let lowest = versions.min { numbers($0).lexicographicallyPrecedes(numbers($1)) }
        // Pages ask this at every start, and an Ollama that was never installed is no fault of the server.
        return .json(["version": lowest.map(JSONValue.string) ?? false])
    }

    private static func versionOfNode(_ context: Context) throws -> Response {
        let nodes = try OllamaNodes(context)
        return .json(try nodes.json(.get, "/api/version", nil, on: nodes.first()))
    }

    /// `v0.12.3-rc1` as 0, 12, 3.
    private static func numbers(_ version: String) -> [Int] {
        version.prefix { $0 != "-" }.drop { $0 == "v" }.split(separator: ".").map { Int($0) ?? 0 }
    }

    /// Asks all nodes at once; those that do not answer in time, or no JSON, are left out.
    private static func ask(_ path: String, _ nodes: OllamaNodes) throws -> [(OllamaConnection, JSONValue)] {
        let connections = nodes.enabled
        let deadline = min(Double(nodes.settings[Setting.aiohttpClientTimeoutModelList] ?? 10), 10)
        let requests = connections.map { $0.question(path, timeout: deadline, nodes.settings) }
        let answers = nodes.context.http.sendAll(requests, deadline: deadline)
        return zip(connections, answers).compactMap { connection, answer in
            guard let answer = try? answer.get(), answer.status == 200,
                let json = try? JSONValue(parsing: answer.body)
            else { return nil }
            return (connection, json)
        }
    }
}
