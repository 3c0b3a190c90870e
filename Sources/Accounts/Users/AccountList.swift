import Core
import HTTP
import Postgres

/// What the lists of accounts are asked for.
struct AccountList {
    static let pageSize = 30

    /// A part of the name or the address.
    let text: String
    let order: SQL
    /// From 1. The bound keeps the offset within what Postgres can count.
    let page: Int

    /// Reads `query`, `order_by`, `direction` and `page`. Without an order that is known here the newest come first.
    init(_ request: Request) throws {
        text = request.query["query"] ?? ""
        let direction: SQL = request.query["direction"] == "asc" ? "asc" : "desc"
        order =
            Self.columns[request.query["order_by"] ?? ""].map { "\($0) \(direction), a.position \(direction)" }
            ?? "a.created_at desc, a.position desc"
        page = try min(max(1, request.queryInt("page") ?? 1), 1_000_000_000)
    }

    private static let columns: [String: SQL] = [
        "name": "a.name", "email": "a.email", "role": "a.role", "created_at": "a.created_at",
        "last_active_at": "a.last_active_at", "updated_at": "a.updated_at",
    ]

    /// A row each: id, name and what `columns` names more.
    func rows(_ columns: SQL, _ database: Connection) throws -> Rows {
        try database.query(
            """
            select \(columns) from account a \(filter) order by \(order)
            limit \(Self.pageSize) offset \((page - 1) * Self.pageSize)
            """
        )
    }

    /// How many accounts there are in all pages.
    func total(_ database: Connection) throws -> Int {
        try database.query("select count(*) from account a \(filter)")[0].int(0)
    }

    private var filter: SQL {
        if text.isEmpty { return "" }
        let pattern = "%" + text.flatMap { "\\%_".contains($0) ? ["\\", $0] : [$0] } + "%"
        return "where a.name ilike \(pattern) or a.email ilike \(pattern)"
    }
}
