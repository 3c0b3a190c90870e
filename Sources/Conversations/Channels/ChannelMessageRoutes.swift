import Accounts
import Core
import HTTP
import Postgres

/// The messages of a channel and their threads.
enum ChannelMessageRoutes {
    private static let path = "\(ChannelRoutes.path)/{id}/messages"

    static let all: [Route<Context>] = [
        Route(.get, path, .verified, list),
        Route(.post, "\(path)/post", .verified, post),
        Route(.get, "\(path)/{message_id}", .verified, show),
        Route(.get, "\(path)/{message_id}/thread", .verified, thread),
        Route(.post, "\(path)/{message_id}/update", .verified, update),
        Route(.delete, "\(path)/{message_id}/delete", .verified, delete),
    ]

    static func list(_ context: Context) throws -> Response {
        let channel = try ChannelRoutes.find(context, .read)
        return respond(try ChannelMessageStore.roots(of: channel.id, ChannelPage(context.request), context.database))
    }

    static func post(_ context: Context) throws -> Response {
        let channel = try ChannelRoutes.find(context, .write)
        let form = try ChannelMessageForm(context.request)
        let posting = ChannelPosting(
            channel: channel,
            account: try context.account,
            publisher: context.publisher,
            database: context.database
        )
        let notice = ChannelNotice(channel: channel, settings: try context.settings)
        let shown = try ChannelRoutes.storing {
            try posting.post(form) { shown in
                try ChannelAnswer.queue(shown, context.database)
                try notice.queue(shown.message, context.database)
            }
        }
        return .json { shown.message.write(to: &$0) }
    }

    static func show(_ context: Context) throws -> Response {
        let shown = try find(context, in: ChannelRoutes.find(context, .read))
        return .json { shown.write(to: &$0) }
    }

    /// The replies, and behind the last of them the message they hang from. A message that is gone has no thread any more.
    static func thread(_ context: Context) throws -> Response {
        let channel = try ChannelRoutes.find(context, .read)
        let page = try ChannelPage(context.request)
        guard let root = try ChannelMessageStore.find(context.parameter("message_id"), context.database) else {
            return .json([])
        }
        try check(root.message, isIn: channel)
        var messages = try ChannelMessageStore.replies(to: root.message, page, context.database)
        if messages.count < page.limit { messages.append(root) }
        return respond(messages)
    }

    /// Only the author changes a message, and admins.
    static func update(_ context: Context) throws -> Response {
        let form = try ChannelMessageForm(context.request)
        let channel = try ChannelRoutes.find(context, .read)
        let account = try context.account
        let before = try find(context, in: channel).message
        guard account.isAdmin || before.authorID == account.id else { throw APIError.forbidden(Detail.somethingWrong) }
        let shown = try ChannelRoutes.storing {
            try ChannelMessageStore.update(
                before.id,
                content: form.content,
                data: form.data,
                meta: form.meta,
                context.database
            )
            return try find(context, in: channel)
        }
        ChannelEvent(in: channel, by: account, context.publisher).updated(shown)
        return .json { shown.message.write(to: &$0) }
    }

    /// Besides the author and admins, those who may write in the channel delete messages.
    static func delete(_ context: Context) throws -> Response {
        let channel = try ChannelRoutes.find(context, .read)
        let account = try context.account
        let shown = try find(context, in: channel)
        guard shown.message.authorID == account.id || channel.allows(.write, account) else {
            throw APIError.forbidden(Detail.somethingWrong)
        }
        try ChannelMessageStore.delete(shown.message.id, context.database)
        let event = ChannelEvent(in: channel, by: account, context.publisher)
        event.deleted(shown)
        if let parent = shown.message.parentID, let root = try ChannelMessageStore.find(parent, context.database) {
            event.threadChanged(root)
        }
        return .json(true)
    }

    /// The message of the path.
    ///
    /// - Throws: 404 when there is none, 400 when it belongs to another channel.
    static func find(_ context: Context, in channel: Channel) throws -> ShownChannelMessage {
        guard let shown = try ChannelMessageStore.find(context.parameter("message_id"), context.database) else {
            throw APIError.notFound(Detail.notFound)
        }
        try check(shown.message, isIn: channel)
        return shown
    }

    private static func check(_ message: ChannelMessage, isIn channel: Channel) throws {
        if message.channelID != channel.id { throw APIError.badRequest(Detail.somethingWrong) }
    }

    private static func respond(_ messages: [ShownChannelMessage]) -> Response {
        .json { $0.array(of: messages) { $1.write(to: &$0) } }
    }
}
