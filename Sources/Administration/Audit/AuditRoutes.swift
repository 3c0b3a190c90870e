import Accounts
import Core
import HTTP

enum AuditRoutes {
    static let all: [Route<Context>] = [
        Route(.get, "/api/v1/audit", .admin, list)
    ]

    private static let pageSize = 50
    private static let longestPage = 500

    /// `{entries: […], next}`, the newest first. `before` continues after a page, with its `next`, which is null on the last one; `limit`,
    /// `actor` and `subject` (ids) and `action` choose.
    private static func list(_ context: Context) throws -> Response {
        let query = context.request.query
        let limit = try min(max(1, context.request.queryInt("limit") ?? pageSize), longestPage)
        let filter = AuditStore.Filter(actor: query["actor"], subject: query["subject"], action: query["action"])
        let before = try context.request.queryInt("before")
        let entries = try AuditStore.list(filter, before: before, limit: limit + 1, context.database)
        let page = entries.prefix(limit)
        return .json { json in
            json.object {
                $0.key("entries")
                $0.array(of: page) { json, entry in entry.write(&json) }
                $0.field("next", entries.count > limit ? page.last?.id : nil)
            }
        }
    }
}
