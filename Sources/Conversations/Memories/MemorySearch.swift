import Accounts
import Core
import Logging
import Outbound
import Postgres

/// Finds memories by meaning, and sees to it that they can be found.
///
/// A memory is stored before its vector is computed, and stays stored when that fails: the vector follows with the next search or a reset.
/// While the service of embeddings is silent, or none is chosen, memories are found by their words.
///
/// A database connection is not held while the service is asked, if the lender has them for short use only.
struct MemorySearch<Lender: ConnectionLender> {
    let account: Account
    let settings: Settings
    let http: HTTPClient
    let database: Lender
    let log: Logger
    /// Seconds that the service of embeddings has for one call.
    let limit: Double
    var wake: Cancellation?

    /// Longer texts are cut: what they are about is said by then.
    private static var longestQuery: Int { 8192 }
    /// How many vectors a search makes up for at once.
    private static var most: Int { 64 }

    /// The closest first.
    func nearest(to query: String, count: Int) throws -> [MemoryStore.Hit] {
        let query = String(query.prefix(Self.longestQuery))
        if let service = EmbeddingService(settings) {
            do {
                return try nearest(to: query, count: count, service)
            } catch let failure as EmbeddingService.Failure {
                note(failure)
            }
        }
        return try database.use { try MemoryStore.nearest(toWords: query, account: account.id, count: count, $0) }
    }

    private func nearest(to query: String, count: Int, _ service: EmbeddingService) throws -> [MemoryStore.Hit] {
        let embedding = try service.embed([query], for: account, limit: limit, http, wake: wake)[0]
        let missing = try database.use {
            try MemoryStore.missing(
                in: service.space,
                dimensions: embedding.dimensions,
                account: account.id,
                limit: Self.most,
                $0
            )
        }
        try embed(missing, service)
        return try database.use {
            try MemoryStore.nearest(to: embedding, in: service.space, account: account.id, count: count, $0)
        }
    }

    /// Computes the vector of a memory; it need not succeed.
    func embedIfPossible(_ memory: Memory) throws {
        guard let service = EmbeddingService(settings) else { return }
        do {
            try embed([memory], service)
        } catch let failure as EmbeddingService.Failure {
            note(failure)
        }
    }

    /// Computes the vectors of all memories anew. What was done before a failure stays.
    ///
    /// - Throws: `EmbeddingService.Failure`.
    func embedAll(_ service: EmbeddingService, within seconds: Double) throws {
        let end = Clock.monotonicSeconds + seconds
        var last = 0
        while true {
            let page = try database.use {
                try MemoryStore.page(of: account.id, after: last, limit: Self.most, $0)
            }
            guard let position = page.last?.position else { return }
            guard Clock.monotonicSeconds < end else {
                throw EmbeddingService.Failure(
                    message: "The service of embeddings is too slow for all memories at once"
                )
            }
            last = position
            try embed(page, service)
        }
    }

    private func embed(_ memories: [Memory], _ service: EmbeddingService) throws {
        guard !memories.isEmpty else { return }
        let embeddings = try service.embed(memories.map(\.content), for: account, limit: limit, http, wake: wake)
        try database.use { try MemoryStore.keep(embeddings, of: memories, space: service.space, $0) }
    }

    private func note(_ failure: EmbeddingService.Failure) {
        log.warning(
            "a memory was not embedded",
            metadata: ["reason": "\(failure.message)", "account": "\(account.id)"]
        )
    }
}

/// Gives a database connection for a moment.
protocol ConnectionLender {
    func use<R>(_ body: (Connection) throws -> R) rethrows -> R
}

extension ConnectionPool: ConnectionLender {}

/// A thread's own connection.
struct OwnConnection: ConnectionLender {
    let connection: Connection

    func use<R>(_ body: (Connection) throws -> R) rethrows -> R {
        try body(connection)
    }
}
