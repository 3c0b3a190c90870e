import Core
import Postgres

/// Where an attribute lies in the database.
indirect enum SCIMColumn: Sendable {
    case text(SQL, isCaseExact: Bool = false)
    /// A text that has an index; the closure gives the condition that uses it, for a value in lower case.
    case indexedText(SQL, equals: @Sendable (String) -> SQL)
    case boolean(SQL)
    /// Seconds since 1970.
    case time(SQL)
    case parts([String: SCIMColumn])
    /// Values of an attribute that has many: what follows `from`, and the columns of its rows by the parts' names.
    case values(from: SQL, [String: SCIMColumn])

    /// The names are in lower case.
    typealias Table = [String: SCIMColumn]
}

/// A filter as a condition of SQL. Every value is bound.
struct SCIMCondition {
    let columns: SCIMColumn.Table
    let schema: SCIMSchema
    /// Whether an attribute that the schema does not have is an error, or has no value, as where several kinds of resources are asked for.
    let isStrict: Bool

    func sql(_ filter: SCIMFilter) throws -> SQL {
        switch filter {
        case .present(let path): try find(path).map { present($0) } ?? "false"
        case .compare(let path, let comparison, let value):
            if value.isNull {
                try compareNull(path, comparison)
            } else {
                try find(path).map { try compare($0, comparison, value) } ?? "false"
            }
        case .some(let path, let inner): try some(path, inner)
        case .and(let left, let right): "(\(try sql(left)) and \(try sql(right)))"
        case .or(let left, let right): "(\(try sql(left)) or \(try sql(right)))"
        case .not(let inner): "not coalesce(\(try sql(inner)), false)"
        }
    }

    /// What rows are sorted by: one text, or null, for each.
    func sortKey(_ path: SCIMAttributePath) throws -> SQL {
        guard let column = try find(path) else { return "null::text" }
        return key(column)
    }

    private func key(_ column: SCIMColumn) -> SQL {
        switch column {
        case .text(let sql, let isCaseExact): isCaseExact ? sql : "lower(\(sql))"
        case .indexedText(let sql, _): "lower(\(sql))"
        case .boolean(let sql): "(\(sql))::text"
        case .time(let sql): "lpad((\(sql))::text, 20, '0')"
        case .parts(let parts): parts["formatted"].map(key) ?? "null::text"
        case .values(let from, let parts):
            parts["value"].map { "(select \(key($0)) from \(from) limit 1)" } ?? "null::text"
        }
    }

    private func some(_ path: SCIMAttributePath, _ inner: SCIMFilter) throws -> SQL {
        guard let column = try find(path) else { return "false" }
        guard case .values(let from, let parts) = column else {
            throw SCIMError.invalid(.invalidFilter, "The attribute \(path.text.prefix(64)) has one value only")
        }
        let condition = SCIMCondition(columns: parts, schema: schema, isStrict: true)
        return "exists (select from \(from) where \(try condition.sql(inner)))"
    }

    /// Nil when there is no such attribute and that is no error.
    private func find(_ path: SCIMAttributePath) throws -> SCIMColumn? {
        let isOfSchema = path.schema.map { $0.lowercased() == schema.id.lowercased() } ?? true
        var column = isOfSchema ? columns[path.name.lowercased()] : nil
        if let part = path.part?.lowercased() {
            switch column {
            case .parts(let parts): column = parts[part]
            case .values(let from, let parts): column = parts[part].map { .values(from: from, ["value": $0]) }
            default: column = nil
            }
        }
        if column == nil, isStrict {
            throw SCIMError.invalid(
                .invalidFilter,
                "There is no attribute \(path.text.prefix(64)) to filter or sort by"
            )
        }
        return column
    }

    private func present(_ column: SCIMColumn) -> SQL {
        switch column {
        case .text(let sql, _), .indexedText(let sql, _): "(\(sql) is not null and \(sql) <> '')"
        case .boolean(let sql), .time(let sql): "(\(sql)) is not null"
        case .parts(let parts):
            "(\(SQL.join(parts.sorted { $0.key < $1.key }.map { present($0.value) }, separator: " or ")))"
        case .values(let from, let parts):
            if let value = parts["value"] {
                "exists (select from \(from) where \(present(value)))"
            } else {
                "exists (select from \(from))"
            }
        }
    }

    private func compareNull(_ path: SCIMAttributePath, _ comparison: SCIMFilter.Comparison) throws -> SQL {
        guard let column = try find(path) else { return comparison == .eq ? "true" : "false" }
        switch comparison {
        case .eq: return "not coalesce(\(present(column)), false)"
        case .ne: return present(column)
        default: throw SCIMError.invalid(.invalidFilter, "Nothing is more or less than null")
        }
    }

    private func compare(_ column: SCIMColumn, _ comparison: SCIMFilter.Comparison, _ value: JSONValue) throws -> SQL {
        switch column {
        case .text(let sql, let isCaseExact):
            let text = try Self.text(value)
            return isCaseExact
                ? Self.compare(sql, comparison, text) : Self.compare("lower(\(sql))", comparison, text.lowercased())
        case .indexedText(let sql, let equals):
            let text = try Self.text(value).lowercased()
            return comparison == .eq ? equals(text) : Self.compare("lower(\(sql))", comparison, text)
        case .boolean(let sql):
            guard let flag = Self.flag(value), comparison == .eq || comparison == .ne else {
                throw SCIMError.invalid(.invalidFilter, "A Boolean is compared by eq or ne with true or false")
            }
            return "(\(sql)) = \(comparison == .eq ? flag : !flag)"
        case .time(let sql): return try Self.compare(time: sql, comparison, value)
        case .parts: throw SCIMError.invalid(.invalidFilter, "An attribute with parts is compared by one of them")
        case .values(let from, let parts):
            guard let part = parts["value"] else {
                throw SCIMError.invalid(.invalidFilter, "An attribute with parts is compared by one of them")
            }
            return "exists (select from \(from) where \(try compare(part, comparison, value)))"
        }
    }

    private static func compare(_ column: SQL, _ comparison: SCIMFilter.Comparison, _ text: String) -> SQL {
        switch comparison {
        case .eq: "\(column) = \(text)"
        case .ne: "\(column) is distinct from \(text)"
        case .co: "strpos(\(column), \(text)) > 0"
        case .sw: "starts_with(\(column), \(text))"
        case .ew: "right(\(column), \(text.unicodeScalars.count)::int) = \(text)"
        case .gt: "\(column) > \(text)"
        case .ge: "\(column) >= \(text)"
        case .lt: "\(column) < \(text)"
        case .le: "\(column) <= \(text)"
        }
    }

    private static func compare(time column: SQL, _ comparison: SCIMFilter.Comparison, _ value: JSONValue) throws -> SQL
    {
        guard let time = value.string.flatMap(SCIMTime.seconds) else {
            throw SCIMError.invalid(.invalidFilter, "A time is compared with one such as 2026-01-31T12:00:00Z")
        }
        let (column, bound): (SQL, SQL) = ("(\(column))::float8", "\(time)")
        switch comparison {
        case .eq: return "\(column) = \(bound)"
        case .ne: return "\(column) <> \(bound)"
        case .gt: return "\(column) > \(bound)"
        case .ge: return "\(column) >= \(bound)"
        case .lt: return "\(column) < \(bound)"
        case .le: return "\(column) <= \(bound)"
        case .co, .sw, .ew: throw SCIMError.invalid(.invalidFilter, "A time has no parts of text")
        }
    }

    private static func text(_ value: JSONValue) throws -> String {
        guard let text = value.string else { throw SCIMError.invalid(.invalidFilter, "A text is compared with a text") }
        return text
    }

    private static func flag(_ value: JSONValue) -> Bool? {
        value.bool ?? value.string.flatMap { ["true": true, "false": false][$0.lowercased()] }
    }
}
