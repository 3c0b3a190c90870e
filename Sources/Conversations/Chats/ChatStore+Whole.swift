import Core
import Postgres

/// Whole chats, many of them: backups and exports.
extension ChatStore {
    /// Which chats, newest first.
    enum Selection {
        case own(by: String)
        case archived(by: String)
        /// Those of these folders that are neither archived nor pinned.
        case filed(in: [String], by: String)
        case everybodys

        fileprivate var condition: SQL {
            switch self {
            case .own(let owner): "c.account_id = \(owner)"
            case .archived(let owner): "c.account_id = \(owner) and c.archived"
            case .filed(let folders, let owner):
                "c.account_id = \(owner) and c.folder_id = any(\(folders)) and not c.archived and not c.pinned"
            case .everybodys: "true"
            }
        }
    }

    /// Chats are read this many at a time, so that beside the bytes of the answer there is never more than that in memory.
    private static let batch = 25

    /// Writes a list of whole chats. One that is deleted meanwhile is left out.
    static func write(_ selection: Selection, to json: inout JSONWriter, _ database: Connection) throws {
        let ids = try database.query("select c.id from chat c where \(selection.condition) \(newestFirst)").map {
            try $0.text(0)
        }
        try json.array { json in
            for start in stride(from: 0, to: ids.count, by: batch) {
                try write(Array(ids[start..<min(start + batch, ids.count)]), to: &json, database)
            }
        }
    }

    private static func write(_ ids: [String], to json: inout JSONWriter, _ database: Connection) throws {
        let chats = try database.query(
            """
            select \(Chat.columns) from unnest(\(ids)) with ordinality as wanted (id, place) join chat c on c.id = wanted.id
            order by wanted.place
            """
        )
        let messages = try database.query(
            """
            select \(ChatMessage.columns), wanted.place
            from unnest(\(ids)) with ordinality as wanted (id, place) join chat_message m on m.chat_id = wanted.id
            order by wanted.place, m.position
            """
        )
        let placeColumn = 5
        var next = messages.startIndex
        for row in chats {
            let chat = try Chat(row: row)
            guard let place = ids.firstIndex(of: chat.id) else { continue }
            while next < messages.endIndex, try messages[next].int(placeColumn) <= place { next += 1 }
            let start = next
            while next < messages.endIndex, try messages[next].int(placeColumn) == place + 1 { next += 1 }
            try chat.write(to: &json, messages: messages[start..<next])
        }
    }
}
