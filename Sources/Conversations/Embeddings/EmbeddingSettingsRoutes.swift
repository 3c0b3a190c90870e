package import Accounts
import Core
package import HTTP
import Logging

/// The admin's settings of who computes embeddings. Their keys are shown to admins only.
package enum EmbeddingSettingsRoutes {
    package static let all: [Route<Context>] = [
        Route(.get, "/api/v1/retrieval/embedding", .admin, show),
        Route(.post, "/api/v1/retrieval/embedding/update", .admin, update),
    ]

    /// One service's part of the form, and the settings of its fields.
    private static let services: [(part: String, fields: [(name: String, key: SettingKey<String>)])] = [
        ("openai_config", [("url", Setting.ragOpenAIAPIBaseURL), ("key", Setting.ragOpenAIAPIKey)]),
        ("ollama_config", [("url", Setting.ragOllamaBaseURL), ("key", Setting.ragOllamaAPIKey)]),
        (
            "azure_openai_config",
            [
                ("url", Setting.ragAzureOpenAIBaseURL), ("key", Setting.ragAzureOpenAIAPIKey),
                ("version", Setting.ragAzureOpenAIAPIVersion),
            ]
        ),
    ]

    private static let batchSizes = 1...2048

    static func show(_ context: Context) throws -> Response {
        let settings = try context.settings
        var answer: JSONObject = [
            "status": true,
            "embedding_engine": .string(settings[Setting.ragEmbeddingEngine]),
            "embedding_model": .string(settings[Setting.ragEmbeddingModel]),
            "embedding_batch_size": JSONValue(settings[Setting.ragEmbeddingBatchSize]),
        ]
        for (part, fields) in services {
            answer[part] = .object(
                JSONObject(uniqueKeysWithValues: fields.map { ($0.name, .string(settings[$0.key])) })
            )
        }
        return .json(.object(answer))
    }

    /// `{embedding_engine, embedding_model, embedding_batch_size?, openai_config?, ollama_config?, azure_openai_config?}`. With the engine
    /// of our own, which has the empty name, the rest stays as it is.
    static func update(_ context: Context) throws -> Response {
        let form = try Form(secret: context.request)
        let engine = try form.string("embedding_engine")
        var values: [(key: any AnySettingKey, value: JSONValue)] = [
            (Setting.ragEmbeddingEngine, .string(engine)),
            (Setting.ragEmbeddingModel, .string(try form.string("embedding_model"))),
        ]
        let others = try batchSize(form) + parts(form)
        if !engine.isEmpty {
            guard EmbeddingService.Engine(rawValue: engine) != nil else {
                throw APIError.badRequest(Detail.error("Unknown embedding engine: \(engine)"))
            }
            values += others
        }
        try save(values, context)
        return try show(context)
    }

    /// What the environment decides is left as it is, with a line in the log, so that nobody wonders.
    private static func save(_ values: [(key: any AnySettingKey, value: JSONValue)], _ context: Context) throws {
        let settings = try context.settings
        let administrator = try context.account.id
        var free: [(key: any AnySettingKey, value: JSONValue)] = []
        for (key, value) in values {
            if !settings.isFixed(key) {
                free.append((key, value))
            } else if settings.json(key) != value {
                context.shared.log.warning(
                    "A setting was saved that the environment overrides",
                    metadata: ["setting": "\(key.name)", "account": "\(administrator)"]
                )
            }
        }
        try context.save(free)
    }

    private static func batchSize(_ form: Form) throws -> [(key: any AnySettingKey, value: JSONValue)] {
        let size = try form.optionalInt("embedding_batch_size") ?? 1
        guard batchSizes.contains(size) else {
            throw APIError.invalid(
                size < 1 ? "greater_than_equal" : "less_than_equal",
                at: ["body", "embedding_batch_size"],
                "Input should be between \(batchSizes.lowerBound) and \(batchSizes.upperBound)",
                input: JSONValue(size)
            )
        }
        return [(Setting.ragEmbeddingBatchSize, JSONValue(size))]
    }

    private static func parts(_ form: Form) throws -> [(key: any AnySettingKey, value: JSONValue)] {
        try services.flatMap { part, fields -> [(key: any AnySettingKey, value: JSONValue)] in
            guard form.present(part) else { return [] }
            let service = try form.form(part)
            return try fields.map { ($0.key, .string(try service.string($0.name))) }
        }
    }
}
