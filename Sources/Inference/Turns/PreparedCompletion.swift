package import Accounts
package import Core
package import Outbound

/// A completion that is ready to be asked for.
package struct PreparedCompletion: Sendable {
    package enum Target: Sendable {
        case provider(HTTPRequest)
        /// A node of Ollama, which has a protocol of its own.
        case ollama(HTTPRequest)
        case demonstration
        /// The client's own model, which is asked through the client.
        case client(model: JSONValue)
    }

    package var target: Target
    /// What the provider gets; for Ollama with the messages still in OpenAI's form.
    package var body: JSONObject
    /// The model that the client named.
    package let modelID: String
    /// Which one an arena chose.
    package var selectedModelID: String?

    package var isStreamed: Bool {
        body["stream"]?.isTruthy ?? false
    }

    /// The same request with other messages, as further rounds of an answer need it.
    package func with(messages: [JSONValue]) -> PreparedCompletion {
        var copy = self
        copy.body["messages"] = .array(messages)
        switch target {
        case .provider(var request):
            request.body = JSONValue.object(copy.body).bytes
            copy.target = .provider(request)
        case .ollama(var request):
            request.body = OllamaPayload.encoded(copy.body)
            copy.target = .ollama(request)
        case .demonstration, .client: break
        }
        return copy
    }
}

/// Finds the model of a request and makes the provider's request.
package struct CompletionPreparation {
    package let account: Account
    package let catalog: Catalog
    package let settings: Settings
    package var token: String?
    /// Of the client's request.
    package var requestID: String

    package init(
        account: Account,
        catalog: Catalog,
        settings: Settings,
        token: String? = nil,
        requestID: String = ""
    ) {
        self.requestID = requestID
        self.account = account
        self.catalog = catalog
        self.settings = settings
        self.token = token
    }

    package struct UnknownModel: Error {}

    /// - Parameters:
    ///   - body: the client's request; what is not the provider's business is taken out.
    ///   - folderPrompt: the system prompt of the chat's folder.
    ///   - chatID: told to providers that want to know.
    /// - Returns: what goes to the provider, and where.
    /// - Throws: `UnknownModel`.
    package func prepare(_ body: JSONObject, folderPrompt: String? = nil, chatID: String? = nil) throws
        -> PreparedCompletion
    {
        let requested = body["model"]?.string ?? ""
        var out = ProviderPayload.clean(body)
        let prompt = prompt(variables: body["variables"]?.object ?? [:])
        if var messages = out["messages"]?.array {
            Messages.mapSystem(&messages, prompt.expand)
            if let folderPrompt { Messages.prepend(system: prompt.expand(folderPrompt), to: &messages) }
            out["messages"] = .array(messages)
        }
        let params = body["params"]?.object ?? [:]
        if let item = body["model_item"], item["direct"]?.isTruthy ?? false {
            ModelParameters.apply(params, to: &out)
            return PreparedCompletion(target: .client(model: item), body: out, modelID: requested)
        }
        guard var model = catalog[requested] else { throw UnknownModel() }
        var selected: String?
        if case .arena(let ids, let excluded) = model.source {
            guard let chosen = choose(ids, excluded: excluded) else { throw UnknownModel() }
            model = chosen
            selected = chosen.id
        }
        let row = model.row
        if let row { ProviderPayload.apply(systemOf: row, to: &out, prompt: prompt) }
        if case .preset(let base) = model.source {
            guard let provider = catalog.base(base), !provider.isArena else { throw UnknownModel() }
            model = provider
        }
        out["model"] = .string(model.id)
        if model.isOllama {
            out = OllamaPayload.make(out, params: params, row: row?.params)
        } else {
            ModelParameters.apply(params, to: &out)
            if let row { ModelParameters.override(&out, with: row.params) }
        }
        var prepared = PreparedCompletion(
            target: .demonstration,
            body: out,
            modelID: requested,
            selectedModelID: selected
        )
        switch model.source {
        case .provider(let index): try aim(&prepared, at: index, entry: model.entry, chatID: chatID)
        case .ollama(let nodes): try aim(&prepared, atOneOf: nodes, chatID: chatID)
        case .demonstration, .preset, .arena: break
        }
        return prepared
    }

    private func aim(_ prepared: inout PreparedCompletion, atOneOf nodes: [Int], chatID: String?) throws {
        let connections = OllamaConnection.enabled(settings).filter { nodes.contains($0.index) }
        guard let connection = connections.randomElement() else { throw UnknownModel() }
        let sender = ProviderConnection.Sender(account, token: token, chatID: chatID)
        prepared.body["model"] = .string(connection.name(of: prepared.body["model"]?.string ?? ""))
        var request = connection.request(.post, "/api/chat", body: nil, for: sender, settings)
        request.body = OllamaPayload.encoded(prepared.body)
        prepared.target = .ollama(request)
    }

    private func aim(_ prepared: inout PreparedCompletion, at index: Int, entry: JSONObject, chatID: String?) throws {
        let connections = ProviderConnection.all(settings)
        guard connections.indices.contains(index) else { throw UnknownModel() }
        let sender = ProviderConnection.Sender(account, token: token, chatID: chatID)
        let (url, body) = ProviderPayload.finish(prepared.body, for: connections[index], entry: entry, sender: sender)
        prepared.body = body
        var headers = connections[index].headers(for: sender, settings).map { (name: $0.0, value: $0.1) }
        let isNamed = headers.contains { $0.name.lowercased() == "x-request-id" }
        if !requestID.isEmpty, !isNamed, settings[Setting.enableForwardRequestID] {
            headers.append((name: "X-Request-ID", value: requestID))
        }
        prepared.target = .provider(
            HTTPRequest(
                method: "POST",
                url: url,
                headers: headers,
                body: JSONValue.object(body).bytes,
                connectTimeout: 10,
                totalTimeout: settings[Setting.aiohttpClientTimeout].map(Double.init),
                idleTimeout: settings[Setting.providerSilenceLimit].map(Double.init),
                maximumBody: 256 << 20
            )
        )
    }

    private func choose(_ ids: [String]?, excluded: Bool) -> CatalogModel? {
        let candidates = catalog.models.filter { model in
            guard !model.isArena, !model.isPipelineFilter else { return false }
            return ids.map { $0.contains(model.id) != excluded } ?? true
        }
        return candidates.randomElement()
    }

    package func prompt(variables: JSONObject) -> SystemPrompt {
        SystemPrompt(
            variables: variables,
            person: SystemPrompt.Person(
                name: account.name,
                bio: account.bio,
                gender: account.gender,
                dateOfBirth: account.dateOfBirth
            ),
            now: Clock.localTime
        )
    }
}
