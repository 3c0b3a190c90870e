import Accounts
import Core
import HTTP
import Postgres

/// Who is connected and which models open pages are using.
enum UsageRoutes {
    static let all: [Route<Context>] = [Route(.get, "/api/usage", .verified, show)]

    /// `{model_ids, user_ids}`. A page says every second that it uses a model; what it said is forgotten after three.
    private static func show(_ context: Context) throws -> Response {
        let rows = try context.database.query(
            """
            select
                (select coalesce(json_agg(distinct model_id), '[]')::text from model_usage
                 where seen_at > clock_timestamp() - interval '3 seconds'),
                (select coalesce(json_agg(distinct account_id), '[]')::text from socket_session)
            """
        )
        return try .json { json in
            try json.object {
                $0.field("model_ids", raw: try rows[0].text(0))
                $0.field("user_ids", raw: try rows[0].text(1))
            }
        }
    }
}
