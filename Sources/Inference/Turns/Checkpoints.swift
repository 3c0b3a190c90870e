import Core
import Logging
import OrderedCollections
import Postgres
import Synchronization

/// Writes the texts of the answers in progress to their messages, all of a process in one statement, about twice a second:
/// a thousand running answers cost one commit.
final class Checkpoints: Sendable {
    /// Seconds between two writes. Together with the pause of `due` this bounds what a killed process loses to a second.
    static let interval = 0.4

    struct Text: Sendable {
        let turnID: String
        let place: Turn.Place
        let content: String
    }

    private let pending = Mutex<OrderedDictionary<String, Text>>([:])
    private let pool: ConnectionPool
    private let log: Logger

    init(pool: ConnectionPool, log: Logger) {
        self.pool = pool
        self.log = log
    }

    func put(_ text: Text) {
        pending.withLock { $0[text.turnID] = text }
    }

    /// Forgets what is not written yet, because the final text is about to be.
    func drop(_ turnID: String) {
        _ = pending.withLock { $0.removeValue(forKey: turnID) }
    }

    /// Writes what there is. After a failure (the database may be away) it is tried again the next time.
    func write() {
        let texts = pending.withLock { pending in
            defer { pending = [:] }
            return pending
        }
        guard !texts.isEmpty else { return }
        do {
            try pool.use { try Self.write(Array(texts.values), $0) }
        } catch {
            log.warning("the texts of running answers could not be saved yet", metadata: ["error": "\(error)"])
            pending.withLock { pending in
                for (id, text) in texts where pending[id] == nil { pending[id] = text }
            }
        }
    }

    /// Rows that somebody holds are left to the next time, so that no writer of a whole chat waits for another in a circle; turns come first,
    /// as at the end of an answer.
    private static func write(_ texts: [Text], _ database: Connection) throws {
        try database.transaction {
            try database.execute("update turn set shown = true where id = any(\(texts.map(\.turnID))) and not shown")
            try database.execute(
                """
                with texts as (
                    select * from unnest(\(texts.map(\.place.chatID)), \(texts.map(\.place.messageID)), \(texts.map(\.content)))
                        as texts (chat_id, id, content)
                ), free as (
                    select m.chat_id, m.id from chat_message m join texts using (chat_id, id) where m.streaming
                    for update of m skip locked
                )
                update chat_message m set content = texts.content
                from texts join free using (chat_id, id) where m.chat_id = free.chat_id and m.id = free.id
                """
            )
        }
    }
}
