package import Accounts
package import Core
import Events
import HTTP
import Postgres

/// What the events of a client's socket mean that are about channels.
package enum ChannelSocketEvents {
    /// The most bytes of a message's id that is handed on.
    private static let maximumID = 255

    /// Answers what the daemon is to do, nil for events that are not about channels. The account is the one the socket is signed in to.
    ///
    /// Clients tell but one thing: that somebody is typing. It goes to all who have the channel, the sender included.
    package static func handle(event: String, arguments: [JSONValue], account id: String?, context: Context) throws
        -> JSONValue?
    {
        guard event == ChannelEvent.name else { return nil }
        let done: JSONValue = ["ack": []]
        let form = arguments.first ?? .null
        guard let id, let channel = form["channel_id"]?.string, form["data"]?["type"]?.string == "typing",
            let isTyping = form["data"]?["data"]?["typing"]?.bool,
            let account = try AccountStore.find(id, context.database), account.role != .pending,
            try ChannelStore.isReadable(channel, by: id, context.database)
        else { return done }
        let messageID = form["message_id"]?.string.flatMap { $0.utf8.count <= maximumID ? $0 : nil }
        context.publisher.emit(
            ChannelEvent.name,
            to: [Room.channel(channel)],
            payload: typing(isTyping, channel, messageID, ChannelPerson(account))
        )
        return done
    }

    private static func typing(_ isTyping: Bool, _ channel: String, _ messageID: String?, _ person: ChannelPerson)
        -> [UInt8]
    {
        var json = JSONWriter()
        json.object { json in
            json.field("channel_id", channel)
            json.field("message_id", messageID)
            json.field("data", ["type": "typing", "data": ["typing": .bool(isTyping)]])
            json.key("user")
            person.write(to: &json)
        }
        return json.bytes
    }
}
