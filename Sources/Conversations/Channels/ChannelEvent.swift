import Accounts
import Core
import Events

/// What happened in a channel, as the event `channel-events` tells those who have it:
/// `{channel_id, message_id, data: {type, data}, user, channel}`.
struct ChannelEvent {
    static let name = "channel-events"

    let channel: Channel
    /// Who did it.
    let person: ChannelPerson
    let publisher: Publisher

    init(in channel: Channel, by account: Account, _ publisher: Publisher) {
        self.channel = channel
        person = ChannelPerson(account)
        self.publisher = publisher
    }

    /// To be called after the commit.
    func posted(_ message: ShownChannelMessage) {
        tell("message", message)
    }

    /// A thread has one reply more or less, which shows at the message it hangs from.
    func threadChanged(_ root: ShownChannelMessage) {
        tell("message:reply", root)
    }

    func updated(_ message: ShownChannelMessage) {
        tell("message:update", message)
    }

    func deleted(_ message: ShownChannelMessage) {
        tell("message:delete", message, as: person)
    }

    func reacted(_ message: ShownChannelMessage, _ reaction: String, isAdded: Bool) {
        tell(isAdded ? "message:reaction:add" : "message:reaction:remove", message, reaction: reaction)
    }

    private func tell(
        _ type: String,
        _ message: ShownChannelMessage,
        as shown: ChannelPerson? = nil,
        reaction: String? = nil
    ) {
        var json = JSONWriter(capacity: message.message.content.utf8.count + 2048)
        json.object { json in
            json.field("channel_id", channel.id)
            json.field("message_id", message.message.id)
            json.key("data")
            json.object {
                $0.field("type", type)
                $0.key("data")
                message.write(to: &$0, as: shown, reaction: reaction)
            }
            json.key("user")
            person.write(to: &json)
            json.key("channel")
            channel.write(to: &json)
        }
        publisher.emit(Self.name, to: [Room.channel(channel.id)], payload: json.bytes)
    }
}
