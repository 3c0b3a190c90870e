import Core
import Events
import Postgres

/// The sockets that take part in a note. A socket that is gone takes its rows with it.
enum NoteMembers {
    enum Kind: String {
        /// Writes in the document together with others.
        case document
        /// Hears of changes to the note.
        case note

        func room(of note: String) -> String {
            switch self {
            case .document: Room.document("note:" + note)
            case .note: Room.note(note)
            }
        }
    }

    /// - Returns: false when nobody is signed in on the socket, or when it or the note is gone.
    static func add(_ sid: String, to note: String, as kind: Kind, mayWrite: Bool, _ database: Connection) throws
        -> Bool
    {
        try database.execute(
            """
            insert into note_member (note_id, sid, room, may_write)
            select n.id, s.sid, \(kind.rawValue), \(mayWrite) from socket_session s, note n
            where s.sid = \(sid) and n.id = \(note) for key share
            on conflict (note_id, sid, room) do update set may_write = excluded.may_write
            """
        ) > 0
    }

    /// - Returns: whether it was a member.
    static func remove(_ sid: String, from note: String, _ kind: Kind, _ database: Connection) throws -> Bool {
        try database.execute(
            "delete from note_member where note_id = \(note) and sid = \(sid) and room = \(kind.rawValue)"
        ) > 0
    }

    static func contains(_ sid: String, _ note: String, _ database: Connection) throws -> Bool {
        try !database.query(
            "select from note_member where note_id = \(note) and sid = \(sid) and room = \(Kind.document.rawValue)"
        ).isEmpty
    }

    /// Those who write in the document, in the order they came.
    static func sids(of note: String, _ database: Connection) throws -> [(sid: String, mayWrite: Bool)] {
        try database.query(
            """
            select sid, may_write from note_member where note_id = \(note) and room = \(Kind.document.rawValue)
            order by joined_at, sid
            """
        ).map { (try $0.text(0), try $0.bool(1)) }
    }

    /// All members with their accounts.
    static func all(of note: String, _ database: Connection) throws -> [(sid: String, kind: Kind, account: String)] {
        try database.query(
            """
            select m.sid, m.room, s.account_id from note_member m join socket_session s on s.sid = m.sid
            where m.note_id = \(note)
            """
        ).compactMap { row in
            try Kind(rawValue: row.text(1)).map { (try row.text(0), $0, try row.text(2)) }
        }
    }
}
