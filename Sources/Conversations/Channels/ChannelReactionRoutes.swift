import Accounts
import Core
import HTTP
import Postgres

/// Reactions to messages: a name, usually of an emoji, and who gave it.
enum ChannelReactionRoutes {
    private static let path = "\(ChannelRoutes.path)/{id}/messages/{message_id}/reactions"
    private static let maximumName = 255

    static let all: [Route<Context>] = [
        Route(.post, "\(path)/add", .verified, add),
        Route(.post, "\(path)/remove", .verified, remove),
    ]

    static func add(_ context: Context) throws -> Response {
        try change(context, isAdded: true) { name, message, account in
            try ChannelMessageStore.addReaction(name, to: message, by: account, context.database)
        }
    }

    static func remove(_ context: Context) throws -> Response {
        try change(context, isAdded: false) { name, message, account in
            try ChannelMessageStore.removeReaction(name, from: message, by: account, context.database)
        }
    }

    private static func change(
        _ context: Context,
        isAdded: Bool,
        _ change: (_ name: String, _ message: String, _ account: String) throws -> Void
    ) throws -> Response {
        let name = try Form(context.request).string("name")
        guard name.utf8.count <= maximumName else { throw APIError.badRequest(Detail.error("The name is too long")) }
        let channel = try ChannelRoutes.find(context, .write)
        let account = try context.account
        let message = try ChannelMessageRoutes.find(context, in: channel).message
        try change(name, message.id, account.id)
        let shown = try ChannelMessageRoutes.find(context, in: channel)
        ChannelEvent(in: channel, by: account, context.publisher).reacted(shown, name, isAdded: isAdded)
        return .json(true)
    }
}
