package import Accounts
import Core
import Crypto
import Events
package import HTTP
import Postgres

/// Chat over a plain WebSocket: each frame is a request for an answer, which is streamed back frame by frame.
package enum PlainSocketRoutes {
    package static let all: [Route<Context>] = [
        Route(.post, "/_internal/ws/open", .daemon, open),
        Route(.post, "/_internal/ws/message", .daemon, message),
    ]

    /// Signs a socket in by its bearer header, its cookie, or the token of its first frame.
    private static func open(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let token = form["token"]?.string ?? token(in: form["headers"]?.object ?? [:])
        guard let token else { throw APIError.unauthorized(Detail.notAuthenticated) }
        let caller = try Authenticator(settings: context.shared.settings, database: context.database).find(
            token: token,
            path: path
        )
        guard caller.account.role != .pending else { throw APIError.unauthorized(Detail.accessProhibited) }
        // The token is the tag, so that each frame is checked anew: a session that was ended asks for no more answers.
        let account = caller.account.id
        let rooms = [Room.plainSockets(ofAccount: account), caller.credential.room(account: account)]
        return .json(["tag": .string(token), "join": JSONValue(rooms.compactMap(\.self))])
    }

    private static func message(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let token = try form.string("tag")
        let caller = try Authenticator(settings: context.shared.settings, database: context.database)
            .find(token: token, path: path)
        guard caller.account.role != .pending else { throw APIError.unauthorized(Detail.accessProhibited) }
        let body: JSONValue
        do {
            body = try JSONValue(parsing: try form.string("body"))
        } catch let error as JSONError {
            throw APIError.badRequest("The frame is no JSON: \(error.message)")
        }
        guard var object = body.object else { throw APIError.badRequest("The frame is no JSON object") }
        object["stream"] = true
        object["model_item"] = nil
        let catalog = try CatalogCache.process.catalog(context.shared.settings, context.database)
        guard let id = object["model"]?.string, let model = catalog[id],
            try ModelAccess(account: caller.account, settings: context.settings).mayAsk(
                model,
                in: catalog,
                context.database
            )
        else { throw APIError.badRequest("Model not found") }
        let permissions = TurnPermissions(caller.account, try context.settings)
        try permissions.check(object, nil, context.database)
        let key = Random.urlSafe(24)
        let turn = Turn(
            id: Random.uuid(),
            accountID: caller.account.id,
            reply: .stream(key: key),
            kind: .chat,
            body: permissions.trim(object),
            token: token
        )
        try context.database.transaction {
            try TurnRoutes.admit(turn, context)
            try TurnStore.enqueue(turn, context.database)
        }
        return .json(["stream": .string(key)])
    }

    private static let path = "/api/ws/chat"

    private static func token(in headers: JSONObject) -> String? {
        var request = Request(method: .get, path: path)
        for (name, value) in headers { if let value = value.string { request.headers.add(name, value) } }
        return Authenticator.token(of: request)
    }
}
