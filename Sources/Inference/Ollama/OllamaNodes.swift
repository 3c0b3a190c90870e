import Accounts
import Core
import Crypto
import Events
import HTTP
import Outbound

/// The nodes as one request sees them: who has which model, and how they are asked.
struct OllamaNodes {
    let context: Context
    let settings: Settings
    let catalog: Catalog
    let listing: OllamaListing
    private let connections: [OllamaConnection]

    /// The nodes' lists may be so many seconds old; nil asks only nodes that were never asked.
    init(_ context: Context, age: Double? = nil) throws {
        self.context = context
        settings = try context.settings
        let need: ProviderFetch.Need = age.map { .older(than: $0) } ?? .missing
        try ProviderFetch.refresh(need, settings, context.http, context.database, onlyOllama: true)
        let enabled = OllamaConnection.enabled(settings)
        listing = OllamaListing(enabled, try ProviderStore.listings(enabled.map(\.fingerprint), context.database))
        catalog = try CatalogCache.process.catalog(context.shared.settings, context.database)
        connections = OllamaConnection.all(settings)
    }

    var enabled: [OllamaConnection] { OllamaConnection.enabled(settings) }

    var sender: ProviderConnection.Sender {
        get throws {
            ProviderConnection.Sender(try context.account, token: Authenticator.token(of: context.request))
        }
    }

    /// The node that the path names.
    func named() throws -> OllamaConnection? {
        let text = context.parameter("url_idx")
        if text.isEmpty { return nil }
        guard let index = Int(text), settings[Setting.enableOllamaAPI], connections.indices.contains(index) else {
            throw APIError.notFound("There is no such Ollama node")
        }
        return connections[index]
    }

    /// The node that the path names, else the first one that has the model.
    func having(_ id: String) throws -> OllamaConnection {
        if let named = try named() { return named }
        guard let node = listing[id]?.nodes.first else { throw Self.unknown(id) }
        return connections[node]
    }

    /// The node that the path names, else the first one.
    func first() throws -> OllamaConnection {
        if let named = try named() { return named }
        guard let first = enabled.first else { throw APIError.notFound("There is no Ollama node") }
        return first
    }

    static func unknown(_ id: String) -> APIError {
        .badRequest("Model '\(id)' was not found")
    }

    /// A model that somebody wants to ask.
    struct Asked {
        /// What the workspace says of it, if anything.
        let model: CatalogModel
        let connection: OllamaConnection
        /// The node's own name of the model.
        let name: String
    }

    /// - Throws: 400 for a model that is on no node, or not on the one that the path names; 403 for one that the caller may not ask.
    func asked(_ id: String) throws -> Asked {
        let latest = id.contains(":") ? nil : catalog["\(id):latest"]
        guard let model = catalog[id] ?? latest else { throw Self.unknown(id) }
        guard try ModelAccess(context).mayAsk(model, in: catalog, context.database) else {
            throw APIError.forbidden("Model not found")
        }
        var base = model
        if case .preset(let name) = model.source, let found = catalog.base(name) { base = found }
        guard case .ollama(let nodes) = base.source else { throw Self.unknown(id) }
        let named = try named()
        guard let node = named.map({ $0.index }) ?? nodes.randomElement(), nodes.contains(node) else {
            throw Self.unknown(id)
        }
        let connection = connections[node]
        return Asked(model: model, connection: connection, name: connection.name(of: base.id))
    }

    /// Puts a call into the queue; the client's response comes from there, as the node sends it.
    func stream(_ path: String, _ body: JSONObject, on connection: OllamaConnection) throws -> Response {
        let id = Random.uuid()
        let key = StreamKey(name: id)
        let turn = Turn(
            id: id,
            accountID: try context.account.id,
            reply: .stream(key: key.secret),
            kind: .ollama,
            body: OllamaCall(path: path, node: connection.index, body: .object(body)).json,
            token: Authenticator.token(of: context.request)
        )
        try context.database.transaction {
            try TurnRoutes.admit(turn, context)
            try TurnStore.enqueue(turn, context.database)
        }
        return .accelerated(to: key.location, token: key.secret)
    }

    /// Asks a node and waits for its answer.
    ///
    /// - Throws: the node's refusal with its status, 500 when it can not be reached.
    func ask(_ method: HTTP.Method, _ path: String, _ body: JSONObject?, on connection: OllamaConnection) throws
        -> [UInt8]
    {
        var request = connection.request(method, path, body: body.map(JSONValue.object), for: try sender, settings)
        request.maximumBody = 128 << 20
        let answer: HTTPAnswer
        do {
            answer = try context.http.send(request)
        } catch {
            throw APIError(500, .string(ConnectionRoutes.connectionError))
        }
        guard (200..<300).contains(answer.status) else {
            let hidden = ProviderSecrets(request).hidden(in: answer.body)
            let detail = OllamaRefusal.detail(hidden)
            throw APIError(max(400, answer.status), .string("Ollama: \(detail.string ?? detail.text)"))
        }
        return answer.body
    }

    func json(_ method: HTTP.Method, _ path: String, _ body: JSONObject?, on connection: OllamaConnection) throws
        -> JSONValue
    {
        guard let json = try? JSONValue(parsing: ask(method, path, body, on: connection)) else {
            throw APIError(500, "Ollama: the answer is no JSON")
        }
        return json
    }
}
