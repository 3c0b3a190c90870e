package import Core
package import Outbound
package import Postgres

/// Asks providers for their model lists, all at once and under one deadline, and keeps the answers.
package enum ProviderFetch {
    /// How old a list may be before it is fetched again, in seconds; also how long a failed provider is left alone.
    package static let freshness = 30.0

    package enum Need {
        /// Only of providers that were never asked.
        case missing
        /// Also lists that are no longer fresh.
        case stale
        /// All of them.
        case all
    }

    /// - Returns: the number of providers that were asked.
    @discardableResult
    package static func refresh(_ need: Need, _ settings: Settings, _ http: HTTPClient, _ database: Connection) throws
        -> Int
    {
        let connections = ProviderConnection.enabled(settings).filter(\.fixedModels.isEmpty)
        let known = try ProviderStore.listings(connections.map(\.fingerprint), database)
        let asked = connections.filter { connection in
            guard let listing = known[connection.fingerprint], need != .all else { return true }
            return need == .stale && listing.age > freshness
        }
        guard !asked.isEmpty else { return 0 }
        let deadline = min(Double(settings[Setting.aiohttpClientTimeoutModelList] ?? 10), 10)
        let answers = http.sendAll(asked.map { request($0, timeout: deadline, settings) }, deadline: deadline)
        for (connection, answer) in zip(asked, answers) {
            let models: JSONValue?
            var problem: String?
            switch answer {
            case .failure(let error): (models, problem) = (nil, error.message)
            case .success(let answer):
                models = answer.status == 200 ? list(in: answer.body) : nil
                if models == nil { problem = "the provider answered \(answer.status) and no list of models" }
            }
            try ProviderStore.save(connection.fingerprint, models: models, error: problem, database)
        }
        return asked.count
    }

    package static func request(_ connection: ProviderConnection, timeout: Double, _ settings: Settings) -> HTTPRequest
    {
        let url =
            connection.isAzure
            ? "\(connection.url)/openai/models?api-version=\(connection.apiVersion)" : "\(connection.url)/models"
        return HTTPRequest(
            url: url,
            headers: connection.headers(for: nil, settings).map { (name: $0.0, value: $0.1) },
            connectTimeout: timeout,
            totalTimeout: timeout
        )
    }

    private static func list(in body: [UInt8]) -> JSONValue? {
        guard let answer = try? JSONValue(parsing: body) else { return nil }
        guard let list = answer.array ?? answer["data"]?.array else { return nil }
        return .array(list.filter { $0.object != nil })
    }
}
