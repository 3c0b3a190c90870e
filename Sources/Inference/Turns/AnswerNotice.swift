import Core
import Jobs
import Postgres

/// Tells of a finished answer to somebody who has no page open any more, and has asked to be told by a webhook.
struct AnswerNotice {
    let place: Turn.Place
    let accountID: String
    let title: String?
    let content: String
    let settings: Settings

    /// Characters of an answer that are sent on.
    private static let maximumText = 8000

    func queue(_ database: Connection) throws {
        guard place.isStored, settings[Setting.enableUserWebhooks], let url = try address(database) else { return }
        let link = "\(settings[Setting.webUIURL])/c/\(place.chatID)"
        let text = String(content.prefix(Self.maximumText))
        let event: JSONObject = [
            "action": "chat", "message": .string(text), "title": JSONValue(title), "url": .string(link),
        ]
        let webhook = Webhook(
            url: url,
            origin: .user,
            sender: settings[Setting.webUIName],
            text: "\(title ?? "") - \(link)\n\n\(text)",
            event: event
        )
        try database.transaction { try Webhook.send([webhook], database) }
    }

    private func address(_ database: Connection) throws -> String? {
        try database.query(
            """
            select a.settings #>> '{ui,notifications,webhook_url}' from account a
            where a.id = \(accountID) and a.settings #>> '{ui,notifications,webhook_url}' <> ''
                and not exists (select from socket_session s where s.account_id = a.id)
            """
        ).first?.textOrNull(0)
    }
}
