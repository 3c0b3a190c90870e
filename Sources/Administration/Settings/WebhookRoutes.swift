import Accounts
import Core
import HTTP

/// Where the server tells of new accounts.
enum WebhookRoutes {
    static let all: [Route<Context>] = [
        Route(.get, "/api/webhook", .admin, show),
        Route(.post, "/api/webhook", .admin, save),
    ]

    /// `{url}`; empty when nobody is told.
    private static func show(_ context: Context) throws -> Response {
        .json(["url": .string(try context.settings[Setting.webhookURL])])
    }

    private static func save(_ context: Context) throws -> Response {
        let url = try Form(context.request).string("url")
        guard url.isEmpty || url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw APIError.badRequest("The webhook's address must begin with http:// or https://")
        }
        try context.change([(Setting.webhookURL, .string(url))])
        return try show(context)
    }
}
