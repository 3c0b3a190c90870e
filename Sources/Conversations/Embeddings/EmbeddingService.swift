import Accounts
import Core
import Crypto
import HTTP
import Outbound

/// The service that an administrator chose to compute embeddings. All speak HTTP; a model of our own is not built.
struct EmbeddingService {
    enum Engine: String, CaseIterable {
        case openAI = "openai"
        case ollama
        case azure = "azure_openai"
    }

    struct Failure: Error {
        /// For logs and users; without secrets.
        let message: String
    }

    private static let attempts = 5
    private static let maximumAnswer = 64 << 20

    let engine: Engine
    let model: String
    /// Without a slash at the end.
    let url: String
    let key: String
    /// Of Azure alone.
    let version: String
    private let batch: Int
    private let forwardsSender: Bool

    /// Nil when none is chosen.
    init?(_ settings: Settings) {
        guard let engine = Engine(rawValue: settings[Setting.ragEmbeddingEngine]) else { return nil }
        self.engine = engine
        model = settings[Setting.ragEmbeddingModel]
        let (url, key) =
            switch engine {
            case .openAI: (settings[Setting.ragOpenAIAPIBaseURL], settings[Setting.ragOpenAIAPIKey])
            case .ollama: (settings[Setting.ragOllamaBaseURL], settings[Setting.ragOllamaAPIKey])
            case .azure: (settings[Setting.ragAzureOpenAIBaseURL], settings[Setting.ragAzureOpenAIAPIKey])
            }
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.key = key
        version = settings[Setting.ragAzureOpenAIAPIVersion]
        batch = max(1, settings[Setting.ragEmbeddingBatchSize])
        forwardsSender = settings[Setting.enableForwardUserInfoHeaders]
    }

    /// Vectors can be compared when they are of the same space. An address may hold a password, so it is not shown.
    var space: String {
        Digest.sha256Hex([engine.rawValue, url, model].joined(separator: "\u{1F}"))
    }

    /// Computes the embeddings of texts, in order, as many at once as the settings say. Blocks until all are there.
    /// All of them together may take `limit` seconds. The service is told for whose account it is, if the settings say so.
    func embed(
        _ texts: [String],
        for account: Account,
        limit: Double,
        _ http: HTTPClient,
        wake: Cancellation? = nil
    ) throws(Failure) -> [Embedding] {
        let end = Clock.monotonicSeconds + limit
        var embeddings: [Embedding] = []
        while embeddings.count < texts.count {
            let some = Array(texts[embeddings.count..<min(embeddings.count + batch, texts.count)])
            embeddings += try read(try ask(some, account, until: end, http, wake), count: some.count)
        }
        return embeddings
    }

    /// A service that has too much to do says when to come again, or is asked again after a second.
    private func ask(
        _ texts: [String],
        _ account: Account,
        until end: Double,
        _ http: HTTPClient,
        _ wake: Cancellation?
    ) throws(Failure) -> HTTPAnswer {
        var attempts = 0
        while true {
            let left = end - Clock.monotonicSeconds
            guard left > 0 else { throw Failure(message: "The service of embeddings did not answer in time") }
            let answer: HTTPAnswer
            do {
                answer = try http.send(request(texts, account, limit: left), wake: wake)
            } catch {
                throw Failure(message: "The service of embeddings could not be asked: \(error.message)")
            }
            attempts += 1
            guard answer.status == 429, attempts < Self.attempts else { return answer }
            let pause = max(0, answer.header("retry-after").flatMap(Double.init) ?? 1)
            guard pause < end - Clock.monotonicSeconds else { return answer }
            Clock.sleep(milliseconds: Int(pause * 1000))
        }
    }

    private func request(_ texts: [String], _ account: Account, limit: Double) -> HTTPRequest {
        var body: JSONObject = ["input": JSONValue(texts)]
        if engine != .azure { body["model"] = .string(model) }
        return HTTPRequest(
            method: "POST",
            url: address,
            headers: headers(account),
            body: JSONValue.object(body).bytes,
            totalTimeout: limit,
            maximumBody: Self.maximumAnswer
        )
    }

    private var address: String {
        switch engine {
        case .openAI: "\(url)/embeddings"
        case .ollama: "\(url)/api/embed"
        case .azure:
            "\(url)/openai/deployments/\(PercentEncoding.encode(model))/embeddings?api-version="
                + PercentEncoding.encode(version)
        }
    }

    private func headers(_ account: Account) -> [(name: String, value: String)] {
        var headers = [("Content-Type", "application/json")]
        headers.append(engine == .azure ? ("api-key", key) : ("Authorization", "Bearer \(key)"))
        if forwardsSender {
            let name = account.name.split(separator: " ", omittingEmptySubsequences: false).map {
                PercentEncoding.encode(String($0))
            }
            headers += [
                ("X-OpenWebUI-User-Name", name.joined(separator: " ")), ("X-OpenWebUI-User-Id", account.id),
                ("X-OpenWebUI-User-Email", account.email), ("X-OpenWebUI-User-Role", account.role.rawValue),
            ]
        }
        return headers.map { (name: $0.0, value: $0.1) }
    }

    private func read(_ answer: HTTPAnswer, count: Int) throws(Failure) -> [Embedding] {
        guard (200..<300).contains(answer.status) else {
            throw Failure(message: "The service of embeddings answered with status \(answer.status)")
        }
        let json = try? JSONValue(parsing: answer.body)
        let lists =
            engine == .ollama ? json?["embeddings"]?.array : json?["data"]?.array?.compactMap { $0["embedding"] }
        let embeddings = (lists ?? []).compactMap { Embedding($0) }
        guard embeddings.count == count, Set(embeddings.map(\.dimensions)).count <= 1 else {
            throw Failure(
                message: "The service of embeddings answered with something else than an embedding for each text"
            )
        }
        return embeddings
    }
}
