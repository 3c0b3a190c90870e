import Accounts
import Core
import Events
import HTTP
import Postgres

/// Puts messages into a channel and tells of it.
struct ChannelPosting {
    let channel: Channel
    let account: Account
    let publisher: Publisher
    let database: Connection

    /// Saves a message, with what is `following` from it in the same commit, such as jobs, and tells of it.
    func post(_ form: ChannelMessageForm, following: (ShownChannelMessage) throws -> Void) throws -> ShownChannelMessage
    {
        let (message, root) = try database.transaction {
            guard try ChannelStore.hold(channel.id, database) != nil else { throw APIError.notFound(Detail.notFound) }
            for id in [form.parentID, form.replyToID] { try check(id) }
            let id = try ChannelMessageStore.insert(form, channel: channel.id, author: account.id, database)
            guard let message = try ChannelMessageStore.find(id, database) else {
                throw APIError.notFound(Detail.notFound)
            }
            try following(message)
            return (message, try form.parentID.flatMap { try ChannelMessageStore.find($0, database) })
        }
        tell(message, root)
        return message
    }

    /// The placeholder of a model's answer; nothing happens when it is there already.
    func begin(_ answer: ChannelMessageForm, id: String) throws {
        if try ChannelMessageStore.plain(id, database) != nil { return }
        _ = try ChannelMessageStore.insert(answer, id: id, channel: channel.id, author: account.id, database)
        guard let message = try ChannelMessageStore.find(id, database) else { return }
        let root = try answer.parentID.flatMap { try ChannelMessageStore.find($0, database) }
        database.afterCommit { tell(message, root) }
    }

    /// A thread, and a quotation, stay within their channel: whoever reads one need not read another.
    private func check(_ id: String?) throws {
        guard let id else { return }
        guard try ChannelMessageStore.plain(id, database)?.channelID == channel.id else {
            throw APIError.badRequest(Detail.somethingWrong)
        }
    }

    private func tell(_ message: ShownChannelMessage, _ root: ShownChannelMessage?) {
        let event = ChannelEvent(in: channel, by: account, publisher)
        event.posted(message)
        if let root { event.threadChanged(root) }
    }
}
