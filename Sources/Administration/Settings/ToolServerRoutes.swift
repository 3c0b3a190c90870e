import Accounts
import Core
import HTTP

/// Tool servers (OpenAPI and MCP) are not built. Their list can be read and emptied; what would need one is refused.
enum ToolServerRoutes {
    static let all: [Route<Context>] = [
        Route(.get, "/api/v1/configs/tool_servers", .admin, page.show),
        Route(.post, "/api/v1/configs/tool_servers", .admin, save),
        Route(.post, "/api/v1/configs/tool_servers/verify", .admin) { _ in throw notBuilt },
        Route(.post, "/api/v1/configs/oauth/clients/register", .admin) { _ in throw notBuilt },
    ]

    private static let page = SettingsForm(fields: [.required(Setting.toolServerConnections)])
    private static let notBuilt = APIError.notImplemented("This server can not use tool servers yet")

    private static func save(_ context: Context) throws -> Response {
        if try !Form(secret: context.request).list(Setting.toolServerConnections.name).isEmpty { throw notBuilt }
        return try page.save(context)
    }
}
