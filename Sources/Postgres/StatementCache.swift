/// The statements that one connection has prepared, by text and types of their values.
struct StatementCache {
    final class Statement {
        let name: String
        fileprivate let text: String
        fileprivate let types: [PostgresType]
        fileprivate var lastUse = 0

        fileprivate init(name: String, sql: SQL) {
            self.name = name
            text = sql.text
            types = sql.parameters.map(\.type)
        }

        fileprivate func matches(_ sql: SQL) -> Bool {
            types.count == sql.parameters.count && zip(types, sql.parameters).allSatisfy { $0 == $1.type }
        }
    }

    private let limit: Int
    /// Almost always one statement per text: more when the same text was used with values of other types.
    private var statements: [String: [Statement]] = [:]
    private(set) var count = 0
    private var uses = 0
    private var names = 0

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    mutating func find(_ sql: SQL) -> Statement? {
        guard let statement = statements[sql.text]?.first(where: { $0.matches(sql) }) else {
            return nil
        }
        uses += 1
        statement.lastUse = uses
        return statement
    }

    /// A name that no earlier statement of this connection had.
    mutating func nextName() -> String {
        names += 1
        return "s\(names)"
    }

    mutating func insert(_ sql: SQL, name: String) -> Statement {
        let statement = Statement(name: name, sql: sql)
        uses += 1
        statement.lastUse = uses
        statements[sql.text, default: []].append(statement)
        count += 1
        return statement
    }

    /// Makes room for one more: takes out the statement that was not used for the longest time, if there are too many.
    mutating func evict() -> Statement? {
        guard count >= limit,
            let oldest = statements.values.joined().min(by: { $0.lastUse < $1.lastUse })
        else {
            return nil
        }
        remove(oldest)
        return oldest
    }

    mutating func remove(_ statement: Statement) {
        guard let rest = statements[statement.text]?.filter({ $0 !== statement }) else { return }
        statements[statement.text] = rest.isEmpty ? nil : rest
        count -= 1
    }

    mutating func removeAll() {
        statements = [:]
        count = 0
    }
}
