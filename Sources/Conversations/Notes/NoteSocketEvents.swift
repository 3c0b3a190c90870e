package import Accounts
package import Core
import Events
import HTTP
import Postgres

/// What the events of a client's socket mean that are about notes and their documents.
package enum NoteSocketEvents {
    private static let names: Set = [
        "join-note", "ydoc:document:join", "ydoc:document:state", "ydoc:document:update", "ydoc:document:leave",
        "ydoc:awareness:update",
    ]

    /// Answers what the daemon is to do, nil for events that are not about notes. The account is the one the socket is signed in
    /// to. What is refused or malformed gets no answer but an empty acknowledgement.
    package static func handle(
        event: String,
        arguments: [JSONValue],
        sid: String,
        account id: String?,
        context: Context
    ) throws -> JSONValue? {
        guard names.contains(event) else { return nil }
        let form = arguments.first ?? .null
        let documentID = form["document_id"]?.string
        let noteID = event == "join-note" ? form["note_id"]?.string : documentID.flatMap(noteID)
        guard let noteID, let account = try account(id, context) else {
            if event == "ydoc:document:join" { refuse(sid, "Failed to join document", context) }
            return done
        }
        let collaboration = NoteCollaboration(noteID: noteID, sid: sid, account: account, context: context)
        switch event {
        case "join-note": return try collaboration.look() ? ["ack": [], "join": [.string(Room.note(noteID))]] : done
        case "ydoc:document:join": try collaboration.join(color: form["user_color"]?.string)
        case "ydoc:document:state": try collaboration.repeatState()
        case "ydoc:document:update": try update(form, collaboration)
        case "ydoc:awareness:update": try collaboration.tell(awareness: form["update"] ?? .null)
        default: return ["ack": [], "leave": .array(try collaboration.leave().map(JSONValue.string))]
        }
        return done
    }

    private static let done: JSONValue = ["ack": []]

    /// The one spelling of a document's id is `note:{id}`.
    private static func noteID(_ document: String) -> String? {
        document.hasPrefix("note:") ? String(document.dropFirst(5)) : nil
    }

    /// The account as it is now, if it may use notes.
    private static func account(_ id: String?, _ context: Context) throws -> Account? {
        guard let id, let account = try AccountStore.find(id, context.database), account.role != .pending else {
            return nil
        }
        let permissions = Permissions(of: account, try context.settings)
        return account.isAdmin || permissions.allows(NoteRoutes.permission) ? account : nil
    }

    private static func update(_ form: JSONValue, _ collaboration: NoteCollaboration) throws {
        guard let update = SocketBytes(form["update"]) else { return }
        do {
            try collaboration.write(update, content: form["data"]?["content"])
        } catch let refusal as NoteCollaboration.Refusal {
            refuse(collaboration.sid, refusal.message, collaboration.context)
        }
    }

    private static func refuse(_ sid: String, _ message: String, _ context: Context) {
        context.publisher.emit("error", to: [sid], payload: (["message": .string(message)] as JSONValue).bytes)
    }
}
