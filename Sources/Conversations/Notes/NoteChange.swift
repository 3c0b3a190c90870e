import Accounts
import Core
import Events
import Postgres

/// What a change of a note by the API means to the pages that have it open.
enum NoteChange {
    /// A new text replaces what was written together, unless somebody is at it: then his page goes on with its own. The document
    /// must be locked.
    static func replaceDocument(of note: Note, by form: NoteForm, _ database: Connection) throws {
        guard let content = form.data?["content"], try content != note.data?.parsed()["content"],
            try NoteMembers.sids(of: note.id, database).isEmpty
        else { return }
        try UpdateLog.clear(note.id, database)
    }

    /// Tells, after the commit, all who look at the note and still may.
    static func announce(_ note: Note, formerControl: RawJSON?, _ context: Context) throws {
        if note.accessControl != formerControl { try putOut(of: note, context) }
        let publisher = context.publisher
        context.database.afterCommit {
            var json = JSONWriter()
            note.write(to: &json)
            publisher.emit("note-events", to: [Room.note(note.id)], payload: json.bytes)
        }
    }

    /// Takes the sockets of those who may not read the note any more out of its rooms.
    private static func putOut(of note: Note, _ context: Context) throws {
        let access = try note.access
        var readers: [String: Bool] = [:]
        for member in try NoteMembers.all(of: note.id, context.database) {
            let mayRead =
                try readers[member.account]
                ?? AccountStore.find(member.account, context.database).map { access.allows(.read, $0) } ?? false
            readers[member.account] = mayRead
            if mayRead { continue }
            _ = try NoteMembers.remove(member.sid, from: note.id, member.kind, context.database)
            let (publisher, room) = (context.publisher, member.kind.room(of: note.id))
            context.database.afterCommit { publisher.leave(sid: member.sid, rooms: [room]) }
        }
    }
}
