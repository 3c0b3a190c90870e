package import Accounts
package import Core
package import Postgres

/// The branch of a chat that its page shows, as one text, for models that are asked about it.
package struct ChatTranscript: Sendable {
    package let title: String
    /// `#### Role`, then what was said, for each message.
    package let text: String

    /// - Returns: nil when there is no such chat, or the account may not read it: admins read other people's chats where that is allowed.
    package static func find(_ id: String, for account: Account, _ settings: Settings, _ database: Connection) throws
        -> ChatTranscript?
    {
        let readsAll = account.isAdmin && settings[Setting.enableAdminChatAccess]
        guard let chat = try ChatStore.find(id, owner: readsAll ? nil : account.id, database),
            let last = chat.currentID
        else { return nil }
        let messages = try MessageStore.branch(endingIn: last, of: id, database)
        let parts = messages.map { message in
            let role = message.role ?? "user"
            return "#### \(role.prefix(1).uppercased())\(role.dropFirst())\n\(message.content ?? "")\n"
        }
        return ChatTranscript(title: chat.title, text: parts.joined(separator: "\n"))
    }
}
