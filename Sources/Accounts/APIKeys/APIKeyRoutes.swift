import Core
package import HTTP

package enum APIKeyRoutes {
    package static let all: [Route<Context>] = [
        Route(.post, "/api/v1/auths/api_key", .signedIn, create),
        Route(.get, "/api/v1/auths/api_key", .signedIn, show),
        Route(.delete, "/api/v1/auths/api_key", .signedIn, delete),
    ]

    private static let creationNotAllowed = "API key creation is not allowed in the environment."
    private static let missing =
        "Oops! It looks like there's a hiccup. The API key is missing. Please make sure to provide a valid API key to access "
        + "this feature."

    static func create(_ context: Context) throws -> Response {
        let settings = try context.settings
        guard settings[Setting.enableAPIKey] else { throw APIError.forbidden(creationNotAllowed) }
        let account = try context.account.id
        let key = try APIKeyStore.create(for: account, secret: settings[Setting.webUISecretKey], context.database)
        context.closePlainSockets(of: [.apiKey], account: account)
        return .json(["api_key": .string(key)])
    }

    static func show(_ context: Context) throws -> Response {
        let secret = try context.settings[Setting.webUISecretKey]
        guard let key = try APIKeyStore.find(of: context.account.id, secret: secret, context.database) else {
            throw APIError.notFound(missing)
        }
        return .json(["api_key": .string(key)])
    }

    static func delete(_ context: Context) throws -> Response {
        let account = try context.account.id
        try APIKeyStore.delete(of: account, context.database)
        context.closePlainSockets(of: [.apiKey], account: account)
        return .json(true)
    }
}
