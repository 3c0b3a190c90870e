import Accounts
import HTTP

/// Plugins (tools and functions written in Python) are not built. Pages ask for their lists at start, and as long as no plugin can be
/// made the lists are empty. No other route of theirs exists.
enum PluginListRoutes {
    static let all: [Route<Context>] = [
        Route(.get, "/api/v1/tools/", .verified, none),
        Route(.get, "/api/v1/tools/list", .verified, none),
        Route(.get, "/api/v1/functions/", .verified, none),
    ]

    private static func none(_ context: Context) -> Response {
        .json([])
    }
}
