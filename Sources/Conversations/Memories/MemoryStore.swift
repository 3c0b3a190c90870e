import Core
import Crypto
import Postgres

/// All that is asked of and done to memories; each question is one account's.
enum MemoryStore {
    /// Vectors are read this many at a time: some megabytes, as Postgres sends them.
    private static let batch = 500

    static func all(of account: String, _ database: Connection) throws -> [Memory] {
        try database.query("select \(Memory.columns) from memory m where m.account_id = \(account) order by m.position")
            .map(Memory.init)
    }

    static func hasAny(_ account: String, _ database: Connection) throws -> Bool {
        try database.query("select from memory m where m.account_id = \(account) limit 1").first != nil
    }

    /// - Returns: nil when the account has as many as it may.
    static func insert(_ content: String, account: String, _ database: Connection) throws -> Memory? {
        let now = Clock.nowSeconds
        return try database.query(
            """
            insert into memory as m (id, account_id, content, created_at, updated_at)
            select \(Random.uuid()), \(account), \(content), \(now), \(now)
            where (select count(*) from memory where account_id = \(account)) < \(Memory.maximumCount)
            returning \(Memory.columns)
            """
        ).first.map(Memory.init)
    }

    static func find(_ id: String, account: String, _ database: Connection) throws -> Memory? {
        try database.query("select \(Memory.columns) from memory m where m.id = \(id) and m.account_id = \(account)")
            .first.map(Memory.init)
    }

    /// The vector of the former text goes.
    static func update(_ id: String, content: String, account: String, _ database: Connection) throws -> Memory? {
        try database.query(
            """
            update memory m
            set content = \(content), updated_at = \(Clock.nowSeconds), embedding = null, embedding_space = null
            where m.id = \(id) and m.account_id = \(account)
            returning \(Memory.columns)
            """
        ).first.map(Memory.init)
    }

    static func delete(_ id: String, account: String, _ database: Connection) throws -> Bool {
        try database.execute("delete from memory where id = \(id) and account_id = \(account)") > 0
    }

    static func deleteAll(of account: String, _ database: Connection) throws {
        try database.execute("delete from memory where account_id = \(account)")
    }

    // MARK: Vectors

    static func page(of account: String, after position: Int, limit: Int, _ database: Connection) throws -> [Memory] {
        try database.query(
            """
            select \(Memory.columns) from memory m where m.account_id = \(account) and m.position > \(position)
            order by m.position limit \(limit)
            """
        ).map(Memory.init)
    }

    /// Memories that have no vector which can be compared with others of this space and dimension, the oldest first.
    static func missing(
        in space: String,
        dimensions: Int,
        account: String,
        limit: Int,
        _ database: Connection
    ) throws -> [Memory] {
        try database.query(
            """
            select \(Memory.columns) from memory m
            where m.account_id = \(account)
                and (m.embedding_space is distinct from \(space) or octet_length(m.embedding) <> \(4 * dimensions))
            order by m.position limit \(limit)
            """
        ).map(Memory.init)
    }

    /// Keeps vectors, but none of a text that has changed meanwhile.
    static func keep(_ embeddings: [Embedding], of memories: [Memory], space: String, _ database: Connection) throws {
        try database.transaction {
            for (memory, embedding) in zip(memories, embeddings) {
                try database.execute(
                    """
                    update memory set embedding = \(embedding.bytes), embedding_space = \(space)
                    where id = \(memory.id) and content = \(memory.content)
                    """
                )
            }
        }
    }

    // MARK: Search

    struct Hit {
        let memory: Memory
        /// From 0 to 1, the closest.
        let closeness: Double
    }

    /// The closest by their vectors, the closest first; all vectors of the space are looked at.
    static func nearest(
        to query: Embedding,
        in space: String,
        account: String,
        count: Int,
        _ database: Connection
    ) throws -> [Hit] {
        var found: [(id: String, closeness: Double)] = []
        var last = 0
        while true {
            let rows = try database.query(
                """
                select m.id, m.embedding, m.position from memory m
                where m.account_id = \(account) and m.embedding_space = \(space) and m.position > \(last)
                order by m.position limit \(batch)
                """
            )
            for row in rows {
                last = try row.int(2)
                guard let embedding = Embedding(bytes: try row.bytes(1)), embedding.dimensions == query.dimensions
                else {
                    continue
                }
                found.append((try row.text(0), query.closeness(to: embedding)))
            }
            if rows.count < batch { break }
        }
        let best = found.sorted { $0.closeness > $1.closeness }.prefix(count)
        let closeness = Dictionary(best.map { ($0.id, $0.closeness) }) { first, _ in first }
        return try database.query(
            """
            select \(Memory.columns) from unnest(\(best.map(\.id))) with ordinality as best (id, place)
            join memory m on m.id = best.id order by best.place
            """
        ).map { row in
            let memory = try Memory(row: row)
            return Hit(memory: memory, closeness: closeness[memory.id] ?? 0)
        }
    }

    /// The closest by their words alone, compared by what runs of three letters they share.
    static func nearest(toWords query: String, account: String, count: Int, _ database: Connection) throws -> [Hit] {
        try database.query(
            """
            select \(Memory.columns), similarity(m.content, \(query)) as closeness from memory m
            where m.account_id = \(account) order by closeness desc, m.position limit \(count)
            """
        ).map { Hit(memory: try Memory(row: $0), closeness: try $0.double(Memory.columnCount)) }
    }
}
