import Core
import HTTP
import Postgres

/// A search through one or several kinds of resources (RFC 7644 §3.4.2).
struct SCIMList {
    static let standardPage = 100
    static let largestPage = 200
    private static let lastStart = 1_000_000_000

    let filter: SCIMFilter?
    let sortBy: SCIMAttributePath?
    let isDescending: Bool
    /// Counted from 1.
    let start: Int
    let count: Int
    let projection: SCIMProjection

    /// Of a URL.
    init(_ query: Query) throws {
        func number(_ name: String) throws -> Int? {
            guard let text = query[name], !text.isEmpty else { return nil }
            guard let number = Int(text) else {
                throw SCIMError.invalid(.invalidValue, "\(name) must be a whole number")
            }
            return number
        }
        try self.init(
            filter: query["filter"],
            sortBy: query["sortBy"],
            sortOrder: query["sortOrder"],
            start: number("startIndex"),
            count: number("count"),
            SCIMProjection(attributes: query["attributes"], excluded: query["excludedAttributes"])
        )
    }

    /// Of the body of a search.
    init(_ body: JSONObject) throws {
        func value<Value>(_ name: String, _ read: (JSONValue) -> Value?) throws -> Value? {
            guard let value = body.first(where: { $0.key.lowercased() == name.lowercased() })?.value.nonNull else {
                return nil
            }
            guard let read = read(value) else { throw SCIMError.invalid(.invalidValue, "\(name) has the wrong type") }
            return read
        }
        func names(_ value: JSONValue) -> [String]? {
            guard let list = value.array else { return value.string.map { [$0] } }
            let names = list.compactMap(\.string)
            return names.count == list.count ? names : nil
        }
        try self.init(
            filter: value("filter", \.string),
            sortBy: value("sortBy", \.string),
            sortOrder: value("sortOrder", \.string),
            start: value("startIndex", \.int),
            count: value("count", \.int),
            SCIMProjection(attributes: value("attributes", names), excluded: value("excludedAttributes", names))
        )
    }

    private init(
        filter: String?,
        sortBy: String?,
        sortOrder: String?,
        start: Int?,
        count: Int?,
        _ projection: SCIMProjection
    ) throws {
        self.filter = try filter.flatMap { $0.isEmpty ? nil : try SCIMFilter(parsing: $0) }
        self.sortBy = try sortBy.flatMap { $0.isEmpty ? nil : try SCIMTarget(parsing: $0).attribute }
        isDescending = sortOrder?.lowercased() == "descending"
        self.start = min(max(1, start ?? 1), Self.lastStart)
        self.count = min(max(0, count ?? Self.standardPage), Self.largestPage)
        self.projection = projection
    }

    /// `{schemas, totalResults, itemsPerPage, startIndex, Resources}`.
    func run(_ types: [SCIMResourceType], _ request: SCIMRequest) throws -> Response {
        let rows = SQL.join(try types.map { try select($0, isStrict: types.count == 1) }, separator: " union all ")
        let total = try request.database.query("select count(*) from (\(rows)) r")[0].int(0)
        let found = count > 0 ? try page(types, rows, request) : []
        return Self.response(found, total: total, start: start, request)
    }

    static func response(_ resources: [JSONObject], total: Int, start: Int, _ request: SCIMRequest) -> Response {
        request.document([
            "schemas": [.string(SCIMMessage.list)], "totalResults": JSONValue(total),
            "itemsPerPage": JSONValue(resources.count),
            "startIndex": JSONValue(start), "Resources": .array(resources.map(JSONValue.object)),
        ])
    }

    /// The newest come first, unless the client says otherwise.
    private func page(_ types: [SCIMResourceType], _ rows: SQL, _ request: SCIMRequest) throws -> [JSONObject] {
        let order: SQL = sortBy == nil ? "r.created desc" : isDescending ? "r.key desc" : "r.key"
        let keys = try request.database.query(
            "select r.type, r.id from (\(rows)) r order by \(order), r.id limit \(count) offset \(start - 1)"
        ).map { (type: try $0.text(0), id: try $0.text(1)) }
        var found: [String: JSONObject] = [:]
        for type in types {
            let ids = keys.filter { $0.type == type.name }.map(\.id)
            if ids.isEmpty { continue }
            for resource in try type.load(ids, projection, request.base, request.database) {
                found[type.name + resource.id] = projection.apply(to: resource.document)
            }
        }
        return keys.compactMap { found[$0.type + $0.id] }
    }

    private func select(_ type: SCIMResourceType, isStrict: Bool) throws -> SQL {
        let condition = SCIMCondition(columns: type.columns, schema: type.schema, isStrict: isStrict)
        let key = try sortBy.map(condition.sortKey) ?? "null::text"
        let filter = try filter.map { try "where \(condition.sql($0))" as SQL } ?? ""
        return """
            select '\(unsafe: type.name)' as type, \(type.id) as id, \(type.createdAt) as created, \(key) as key
            from \(type.table) \(filter)
            """
    }
}
