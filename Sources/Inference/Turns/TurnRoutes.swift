package import Accounts
import Conversations
import Core
import Crypto
import Events
package import HTTP
import Postgres

/// Asking for answers, and for the end of them.
package enum TurnRoutes {
    package static let all: [Route<Context>] = [
        Route(.post, "/api/chat/completions", .verified, completeChat),
        Route(.post, "/api/v1/chat/completions", .verified, completeChat),
        Route(.post, "/openai/chat/completions", .verified, completeProvider),
        Route(.post, "/openai/v1/chat/completions", .verified, completeProvider),
        Route(.post, "/api/chat/completed", .verified, completed),
        Route(.get, "/api/tasks", .verified, list),
        Route(.get, "/api/tasks/chat/{chat}", .verified, listOfChat),
        Route(.post, "/api/tasks/stop/{id}", .verified, stop),
    ]

    private static let modelNotFound = "Model not found"

    private static func completeChat(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        try requireModel(form, context, refusal: .badRequest(modelNotFound))
        return try enqueue(form.object, kind: .chat, place: place(form, context), context)
    }

    private static func completeProvider(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let isAdmin = try context.account.isAdmin
        try requireModel(form, context, refusal: isAdmin ? .notFound(modelNotFound) : .forbidden(modelNotFound))
        var body = form.object
        body["model_item"] = nil
        return try enqueue(body, kind: .provider, place: nil, context)
    }

    /// With a socket, a chat and a message the answer is told by events; without one of them it is the response itself.
    private static func place(_ form: Form, _ context: Context) throws -> Turn.Place? {
        guard let sessionID = form["session_id"]?.string, !sessionID.isEmpty, let chatID = form["chat_id"]?.string,
            !chatID.isEmpty,
            let messageID = form["id"]?.string, !messageID.isEmpty
        else {
            if let chatID = form["chat_id"]?.string, !chatID.isEmpty, chatID != Turn.Place.temporaryChat {
                try requireChat(chatID, context)
            }
            return nil
        }
        guard messageID.utf8.count <= 255, sessionID.utf8.count <= 255 else {
            throw APIError.badRequest("The id is too long")
        }
        // The page may be asked to run code, so it must be one of the caller's own; events go to all of his in any case.
        let isOwn = try SocketSessionStore.belongs(sessionID, to: context.account.id, context.database)
        let place = Turn.Place(chatID: chatID, messageID: messageID, sessionID: isOwn ? sessionID : "")
        if place.isStored { try requireChat(chatID, context) }
        return place
    }

    private static func requireChat(_ id: String, _ context: Context) throws {
        let account = try context.account
        guard let owner = try ChatStore.owner(id, context.database), owner == account.id || account.isAdmin else {
            throw APIError.badRequest("404: \(Detail.notFound)")
        }
    }

    private static func requireModel(_ form: Form, _ context: Context, refusal: APIError) throws {
        if form["model_item"]?["direct"]?.isTruthy ?? false { return }
        let catalog = try CatalogCache.process.catalog(context.shared.settings, context.database)
        guard let id = form["model"]?.string, let model = catalog[id],
            try ModelAccess(context).mayAsk(model, in: catalog, context.database)
        else { throw refusal }
    }

    private static func enqueue(_ body: JSONObject, kind: Turn.Kind, place: Turn.Place?, _ context: Context) throws
        -> Response
    {
        let permissions = TurnPermissions(try context.account, try context.settings)
        try permissions.check(body, place, context.database)
        let id = Random.uuid()
        let key = StreamKey(name: id)
        let turn = Turn(
            id: id,
            accountID: try context.account.id,
            reply: place.map { .events($0) } ?? .stream(key: key.secret),
            kind: kind,
            body: permissions.trim(body),
            token: Authenticator.token(of: context.request),
            requestID: context.request.client.requestID
        )
        if let place = turn.storedPlace {
            let model = body["model"]?.string ?? ""
            try context.database.transaction {
                try admit(turn, context)
                try MessageStore.begin(place.messageID, of: place.chatID, model: model, context.database)
                try TurnStore.enqueue(turn, context.database)
            }
        } else {
            try admit(turn, context)
            try TurnStore.enqueue(turn, context.database)
        }
        return place == nil
            ? .accelerated(to: key.location, token: key.secret) : .json(["status": true, "task_id": .string(id)])
    }

    /// - Throws: 429 for too many unfinished answers, 409 for a message that is being written.
    static func admit(_ turn: Turn, _ context: Context) throws {
        do {
            try TurnStore.admit(turn, limit: try context.settings[Setting.accountTurnLimit], context.database)
        } catch TurnStore.Obstacle.tooMany {
            throw APIError(429, "Too many of your answers are not finished yet")
        } catch TurnStore.Obstacle.messageIsBusy {
            throw APIError(409, "This answer is being written already")
        }
    }

    /// The page reports a finished answer; filters that would change it are plugins, which are not built, so it comes back as it is.
    private static func completed(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        try requireModel(form, context, refusal: .badRequest(modelNotFound))
        for key in ["chat_id", "id", "session_id", "messages"] where form[key] == nil {
            throw APIError.badRequest("'\(key)'")
        }
        return .json(.object(form.object))
    }

    /// An admin sees all, others their own.
    private static func list(_ context: Context) throws -> Response {
        let account = try context.account
        return .json([
            "tasks": JSONValue(try TurnStore.ids(account: account.isAdmin ? nil : account.id, context.database))
        ])
    }

    /// A page asks this when it has loaded a chat: from now on it listens, so it is told the whole text once more.
    private static func listOfChat(_ context: Context) throws -> Response {
        let ids = try TurnStore.ids(chat: context.parameter("chat"), account: context.account.id, context.database)
        if !ids.isEmpty { try context.database.notify(channel: TurnStore.resync, payload: context.account.id) }
        return .json(["task_ids": JSONValue(ids)])
    }

    private static func stop(_ context: Context) throws -> Response {
        let id = context.parameter("id")
        let account = try context.account
        let found = try TurnStore.requestStop(id, account: account.isAdmin ? nil : account.id, context.database)
        let message = found ? "Task \(id) is being stopped." : "Task with ID \(id) not found."
        return .json(["status": .bool(found), "message": .string(message)])
    }
}
