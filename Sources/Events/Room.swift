/// Names of rooms: whom an event is for. A socket's own id is also a room.
package enum Room {
    /// Every socket of an account.
    package static func user(_ id: String) -> String { "user:\(id)" }
    /// The plain WebSockets of an account, and those of one of its sessions. No event is sent there: they are closed by it.
    package static func plainSockets(ofAccount id: String) -> String { "plain:\(id)" }
    package static func plainSockets(ofSession id: String) -> String { "plain-session:\(id)" }
    package static func channel(_ id: String) -> String { "channel:\(id)" }
    /// Who has a note open.
    package static func note(_ id: String) -> String { "note:\(id)" }
    /// Who edits a document together; a note's document id is `note:{id}`.
    package static func document(_ id: String) -> String { "doc_\(id)" }
}
