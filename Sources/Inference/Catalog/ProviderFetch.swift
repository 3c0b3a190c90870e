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
        /// Also lists that are older than so many seconds.
        case older(than: Double)
        /// All of them.
        case all

        /// Also lists that are no longer fresh.
        package static let stale = Need.older(than: freshness)
    }

    /// What one provider is asked, and how its answers are read: nil when they hold no list.
    private struct Inquiry {
        let fingerprint: String
        let requests: [HTTPRequest]
        let read: ([HTTPAnswer?]) -> JSONValue?
    }

    /// Asks those that need it, or of them only nodes of Ollama.
    ///
    /// - Returns: the number of providers that were asked.
    @discardableResult
    package static func refresh(
        _ need: Need,
        _ settings: Settings,
        _ http: HTTPClient,
        _ database: Connection,
        onlyOllama: Bool = false
    ) throws -> Int {
        let deadline = min(Double(settings[Setting.aiohttpClientTimeoutModelList] ?? 10), 10)
        let inquiries = (onlyOllama ? [] : openAI(settings, deadline)) + ollama(settings, deadline)
        let known = try ProviderStore.listings(inquiries.map(\.fingerprint), database)
        let asked = inquiries.filter { inquiry in
            guard let listing = known[inquiry.fingerprint] else { return true }
            return switch need {
            case .missing: false
            case .older(let age): listing.age > age
            case .all: true
            }
        }
        guard !asked.isEmpty else { return 0 }
        var answers = http.sendAll(asked.flatMap(\.requests), deadline: deadline)[...]
        for inquiry in asked {
            let own = answers.prefix(inquiry.requests.count)
            answers = answers.dropFirst(inquiry.requests.count)
            let models = inquiry.read(own.map { try? $0.get() })
            try ProviderStore.save(
                inquiry.fingerprint,
                models: models,
                error: models == nil ? problem(own) : nil,
                database
            )
        }
        return asked.count
    }

    private static func problem(_ answers: ArraySlice<Result<HTTPAnswer, OutboundError>>) -> String {
        switch answers.first {
        case .failure(let error): error.message
        case .success(let answer): "the provider answered \(answer.status) and no list of models"
        case nil: "the provider was not asked"
        }
    }

    private static func openAI(_ settings: Settings, _ deadline: Double) -> [Inquiry] {
        ProviderConnection.enabled(settings).filter(\.fixedModels.isEmpty).map { connection in
            Inquiry(
                fingerprint: connection.fingerprint,
                requests: [request(connection, timeout: deadline, settings)],
                read: { answers in
                    guard let answer = answers.first ?? nil, answer.status == 200 else { return nil }
                    return list(in: answer.body)
                }
            )
        }
    }

    private static func ollama(_ settings: Settings, _ deadline: Double) -> [Inquiry] {
        OllamaConnection.enabled(settings).map { connection in
            Inquiry(
                fingerprint: connection.fingerprint,
                requests: OllamaListing.questions.map { connection.question($0, timeout: deadline, settings) },
                read: OllamaListing.models
            )
        }
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
