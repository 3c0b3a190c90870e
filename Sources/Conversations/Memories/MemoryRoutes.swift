package import Accounts
import Core
package import HTTP
import Postgres

/// Memories, by the account whose they are and nobody else.
package enum MemoryRoutes {
    package static let all: [Route<Context>] = [
        Route(.get, "/api/v1/memories/ef", .verified, tryOut),
        Route(.get, "/api/v1/memories/", .verified, list),
        Route(.post, "/api/v1/memories/add", .verified, add),
        Route(.post, "/api/v1/memories/query", .verified, query),
        Route(.post, "/api/v1/memories/reset", .verified, reset),
        Route(.delete, "/api/v1/memories/delete/user", .verified, deleteAll),
        Route(.post, "/api/v1/memories/{memory_id}/update", .verified, update),
        Route(.delete, "/api/v1/memories/{memory_id}", .verified, delete),
    ]

    private static let notFound = "Memory not found"
    /// Seconds; a route of the slow pool may take 300.
    private static let limit = 30.0
    private static let resetLimit = 240.0

    /// `{result}`: the embedding of a text that means nothing, to see whether the service answers.
    static func tryOut(_ context: Context) throws -> Response {
        let service = try service(context)
        let embedding = try telling {
            try service.embed(["hello world"], for: context.account, limit: limit, context.http)[0]
        }
        return .json { json in
            json.object {
                $0.key("result")
                $0.array(of: embedding.components) { $0.double(Double($1)) }
            }
        }
    }

    static func list(_ context: Context) throws -> Response {
        let memories = try MemoryStore.all(of: context.account.id, context.database)
        return .json { $0.array(of: memories) { $1.write(to: &$0) } }
    }

    static func add(_ context: Context) throws -> Response {
        let content = try content(Form(context.request).string("content"))
        guard let memory = try MemoryStore.insert(content, account: context.account.id, context.database) else {
            throw APIError.badRequest("There is room for \(Memory.maximumCount) memories: some must be deleted first")
        }
        try search(context).embedIfPossible(memory)
        return .json { memory.write(to: &$0) }
    }

    /// `{content, k?}`; answers the closest memories as a search of vectors does, in lists of one list each:
    /// `{ids, documents, metadatas: [[{created_at, updated_at}]], distances}`, where distances are closenesses from 0 to 1.
    static func query(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let text = try form.string("content")
        let count = try form.optionalInt("k") ?? 1
        guard count >= 1 else {
            throw APIError.invalid(
                "greater_than_equal",
                at: ["body", "k"],
                "Input should be greater than or equal to 1",
                input: JSONValue(count)
            )
        }
        guard try MemoryStore.hasAny(context.account.id, context.database) else {
            throw APIError.notFound("No memories found for user")
        }
        let hits = try search(context).nearest(to: text, count: min(count, Memory.maximumCount))
        return .json { write(hits, to: &$0) }
    }

    static func reset(_ context: Context) throws -> Response {
        let service = try service(context)
        try telling { try search(context).embedAll(service, within: resetLimit) }
        return .json(true)
    }

    static func deleteAll(_ context: Context) throws -> Response {
        try MemoryStore.deleteAll(of: context.account.id, context.database)
        return .json(true)
    }

    /// Without a text nothing changes.
    static func update(_ context: Context) throws -> Response {
        let id = context.parameter("memory_id")
        let account = try context.account.id
        guard let text = try Form(context.request).optionalString("content") else {
            guard let memory = try MemoryStore.find(id, account: account, context.database) else {
                throw APIError.notFound(notFound)
            }
            return .json { memory.write(to: &$0) }
        }
        guard let memory = try MemoryStore.update(id, content: content(text), account: account, context.database) else {
            throw APIError.notFound(notFound)
        }
        try search(context).embedIfPossible(memory)
        return .json { memory.write(to: &$0) }
    }

    static func delete(_ context: Context) throws -> Response {
        .json(
            .bool(try MemoryStore.delete(context.parameter("memory_id"), account: context.account.id, context.database))
        )
    }

    private static func search(_ context: Context) throws -> MemorySearch<OwnConnection> {
        MemorySearch(
            account: try context.account,
            settings: try context.settings,
            http: context.http,
            database: OwnConnection(connection: context.database),
            log: context.shared.log,
            limit: limit
        )
    }

    private static func service(_ context: Context) throws -> EmbeddingService {
        guard let service = EmbeddingService(try context.settings) else {
            throw APIError.notImplemented("No service of embeddings is set up; there is no embedding model of our own")
        }
        return service
    }

    private static func content(_ text: String) throws -> String {
        guard text.utf8.count <= Memory.maximumContent else {
            throw APIError.badRequest("A memory can have \(Memory.maximumContent) bytes at most")
        }
        return text
    }

    private static func telling<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let failure as EmbeddingService.Failure {
            throw APIError(500, .string(Detail.error(failure.message)))
        }
    }

    private static func write(_ hits: [MemoryStore.Hit], to json: inout JSONWriter) {
        json.object { json in
            json.key("ids")
            json.array { $0.array(of: hits) { $0.string($1.memory.id) } }
            json.key("documents")
            json.array { $0.array(of: hits) { $0.string($1.memory.content) } }
            json.key("metadatas")
            json.array { json in
                json.array(of: hits) { json, hit in
                    json.object {
                        $0.field("created_at", hit.memory.createdAt)
                        $0.field("updated_at", hit.memory.updatedAt)
                    }
                }
            }
            json.key("distances")
            json.array { $0.array(of: hits) { $0.double($1.closeness) } }
        }
    }
}
