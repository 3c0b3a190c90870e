package import Core
package import Postgres

/// Something that happened to a message, as it is told to the pages that show the chat: `{type, data}`. Some of it is kept in the message.
package struct MessageEvent: Sendable {
    package let type: String
    package let data: JSONObject

    package init(type: String, data: JSONObject) {
        self.type = type
        self.data = data
    }

    /// Keeps what is to be kept. Only `replace` makes a message that is not there; the reference's other events would leave one without a
    /// role or a place in the history. Must run in a transaction. Neither the time nor the memory it takes depends on the length of the chat.
    package func save(chat: String, message: String, _ database: Connection) throws {
        switch type {
        case "status":
            try touch(chat, database)
            try MessageStore.add([.object(data)], to: "statusHistory", message, of: chat, database)
        case "message":
            guard let text = data["content"]?.string else { return }
            try touch(chat, database)
            try MessageStore.append(text, message, of: chat, database)
        case "replace":
            try MessageStore.setContent(data["content"]?.string ?? "", message, of: chat, database)
        case "files", "embeds":
            guard let list = data[type]?.array, !list.isEmpty else { return }
            try touch(chat, database)
            try MessageStore.add(list, to: type, at: .front, message, of: chat, database)
        case "source", "citation":
            guard data["type"]?.isNull ?? true else { return }
            try touch(chat, database)
            try MessageStore.add([.object(data)], to: "sources", message, of: chat, database)
        default: return
        }
    }

    /// Makes the chat the newest of its list, once a second.
    private func touch(_ chat: String, _ database: Connection) throws {
        let now = Clock.nowSeconds
        try database.execute("update chat set updated_at = \(now) where id = \(chat) and updated_at < \(now)")
    }
}
