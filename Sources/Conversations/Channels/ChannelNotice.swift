import Accounts
import Core
import Jobs
import Postgres

/// Tells of a message to those who read the channel, have no page open, and have asked to be told by a webhook.
struct ChannelNotice {
    let channel: Channel
    let settings: Settings

    /// Characters of a message that are sent on.
    private static let maximumText = 8000

    func queue(_ message: ChannelMessage, _ database: Connection) throws {
        guard settings[Setting.enableUserWebhooks] else { return }
        let addresses = try database.query(
            """
            select distinct a.settings #>> '{ui,notifications,webhook_url}' from account a
            where a.settings #>> '{ui,notifications,webhook_url}' <> '' and a.id <> \(message.authorID)
                and \(ChannelReaders(channel).condition)
                and not exists (select from socket_session s where s.account_id = a.id)
            """
        ).map { try $0.text(0) }
        guard !addresses.isEmpty else { return }
        let text = String(message.content.prefix(Self.maximumText))
        let link = "\(settings[Setting.webUIURL])/channels/\(channel.id)"
        let event: JSONObject = [
            "action": "channel", "message": .string(text), "title": .string(channel.name), "url": .string(link),
        ]
        try Webhook.send(
            addresses.map {
                Webhook(
                    url: $0,
                    origin: .user,
                    sender: settings[Setting.webUIName],
                    text: "#\(channel.name) - \(link)\n\n\(Mention.plain(text))",
                    event: event
                )
            },
            database
        )
    }
}
