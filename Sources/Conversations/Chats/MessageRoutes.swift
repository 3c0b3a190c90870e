import Accounts
import Core
import Events
import HTTP
import Postgres

/// Single messages, for plugins and other programs: the text, and events about it.
enum MessageRoutes {
    static func update(_ context: Context) throws -> Response {
        let content = try Form(context.request).string("content")
        let (chat, message, owner) = try place(context)
        let event = ChatEvent.message(chatID: chat, messageID: message, content: content)
        try context.database.transaction {
            try MessageStore.setContent(content, message, of: chat, context.database)
            emit(event, chat, message, to: owner, context)
        }
        return try ChatRoutes.respond(with: chat, context)
    }

    /// An event of any type goes to the caller's own pages, also when he is an admin and the chat somebody else's: some types make a
    /// page run code.
    static func event(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let event = MessageEvent(type: try form.string("type"), data: try form.dictionary("data"))
        let (chat, message, _) = try place(context)
        let caller = try context.account.id
        try context.database.transaction {
            try event.save(chat: chat, message: message, context.database)
            emit(ChatEvent(type: event.type, data: .object(event.data)), chat, message, to: caller, context)
        }
        return .json(true)
    }

    /// The message that the path names, in a chat of the caller's, or in any for an admin.
    private static func place(_ context: Context) throws -> (chat: String, message: String, owner: String) {
        let chat = context.parameter("id")
        let account = try context.account
        guard let owner = try ChatStore.owner(chat, context.database), owner == account.id || account.isAdmin else {
            throw APIError.unauthorized(Detail.accessProhibited)
        }
        let message = context.parameter("message_id")
        guard message.utf8.count <= MessageStore.maximumID else {
            throw APIError.invalid(
                "string_too_long",
                at: ["path", "message_id"],
                "String should have at most \(MessageStore.maximumID) bytes"
            )
        }
        return (chat, message, owner)
    }

    private static func emit(
        _ event: ChatEvent,
        _ chat: String,
        _ message: String,
        to account: String,
        _ context: Context
    ) {
        let publisher = context.publisher
        let payload = event.payload(chatID: chat, messageID: message)
        context.database.afterCommit { publisher.emit(ChatEvent.name, to: [Room.user(account)], payload: payload) }
    }
}
