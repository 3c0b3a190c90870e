import Core
package import HTTP

/// What accounts keep with the server for themselves.
package enum OwnAccountRoutes {
    package static let all: [Route<Context>] = [
        Route(.get, "/api/v1/users/groups", .verified, groups),
        Route(.get, "/api/v1/users/user/settings", .verified, settings),
        Route(.post, "/api/v1/users/user/settings/update", .verified, updateSettings),
        Route(.get, "/api/v1/users/user/info", .verified, info),
        Route(.post, "/api/v1/users/user/info/update", .verified, updateInfo),
    ]

    static func groups(_ context: Context) throws -> Response {
        GroupRoutes.respond(try GroupStore.of(account: context.account.id, context.database))
    }

    static func settings(_ context: Context) throws -> Response {
        respond(try AccountStore.settings(of: context.account.id, context.database))
    }

    /// Merges the top-level members into the settings. `ui` stays as it is when it is left out or null.
    static func updateSettings(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        var changes = form.object
        if var ui = try form.optionalDictionary("ui") {
            if try !context.allows("features.direct_tool_servers") { ui["toolServers"] = nil }
            changes["ui"] = .object(ui)
        } else {
            changes["ui"] = nil
        }
        guard let settings = try AccountStore.mergeSettings(of: context.account.id, changes, context.database) else {
            throw APIError.badRequest(Detail.notFound)
        }
        return respond(settings)
    }

    static func info(_ context: Context) throws -> Response {
        respond(try AccountStore.info(of: context.account.id, context.database))
    }

    static func updateInfo(_ context: Context) throws -> Response {
        let changes = try Form(context.request).object
        guard let info = try AccountStore.mergeInfo(of: context.account.id, changes, context.database) else {
            throw APIError.badRequest(Detail.notFound)
        }
        return respond(info)
    }

    /// The text is JSON already; nil is null.
    private static func respond(_ json: String?) -> Response {
        .json { $0.raw(json ?? "null") }
    }
}
