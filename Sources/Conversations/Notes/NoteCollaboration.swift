import Accounts
import Core
import Events
import Postgres

/// One socket's part in a note: what it may see and do is decided anew with every event, by the account's role and rights of the
/// moment.
///
/// The server knows no more of the document than its log of updates. It adds to it in order, tells the others, and gives the
/// whole to whoever joins.
struct NoteCollaboration {
    let noteID: String
    let sid: String
    let account: Account
    let context: Context

    enum Refusal: Error {
        case updateTooLarge
        case documentFull
        case malformed

        var message: String {
            switch self {
            case .updateTooLarge: "The change is too large to be saved"
            case .documentFull: "The note is too large to be changed any further"
            case .malformed: "The change is malformed and was not saved"
            }
        }
    }

    private var documentID: String { "note:" + noteID }
    private var room: String { Room.document(documentID) }
    private var database: Connection { context.database }
    private var publisher: Publisher { context.publisher }

    private func may(_ right: AccessControl.Right) throws -> Bool {
        try NoteStore.access(to: noteID, database)?.allows(right, account) ?? false
    }

    /// Hears of changes to the note from now on.
    /// - Returns: whether it may.
    func look() throws -> Bool {
        try may(.read) && NoteMembers.add(sid, to: noteID, as: .note, mayWrite: may(.write), database)
    }

    // MARK: - Joining

    func join(color: String?) throws {
        guard try may(.read) else { return }
        let mayWrite = try may(.write)
        let isIn = try database.transaction {
            // While the document is locked nobody writes: the daemon has put the socket into the room, and sent it the state, before
            // the next update is told.
            guard let document = try UpdateLog.open(noteID, database),
                try NoteMembers.add(sid, to: noteID, as: .document, mayWrite: mayWrite, database)
            else { return false }
            if !mayWrite, document.entries == 0 { try fill(document) }
            publisher.join(sid: sid, rooms: [room])
            try sendState(mayWrite: mayWrite)
            try publisher.ping()
            return true
        }
        if !isIn { return }
        emit("ydoc:user:joined", except: [sid]) {
            $0.field("user_name", account.name)
            $0.field("user_color", String((color ?? "#000000").prefix(64)))
        }
    }

    /// Fills an empty document from the note. A page does that itself when it is the first; but what a reader's page fills in is not
    /// taken, and he would see the text twice once somebody comes who may write.
    private func fill(_ document: UpdateLog.Document) throws {
        guard let text = try NoteStore.find(noteID, database)?.data?.parsed()["content"]?["json"],
            let update = YjsUpdate.writing(text, client: UInt64(UInt32.random(in: .min ... .max))),
            update.count <= UpdateLog.maximumDocument
        else { return }
        _ = try UpdateLog.append(update, by: nil, to: document, of: noteID, database)
    }

    /// An empty document is not sent again: a page that could not fill it would ask for ever.
    func repeatState() throws {
        try database.transaction {
            guard try UpdateLog.lock(noteID, database)?.entries ?? 0 > 0, try isMember(.read) else { return }
            try sendState(mayWrite: false)
            try publisher.ping()
        }
    }

    private func sendState(mayWrite: Bool) throws {
        let members = try NoteMembers.sids(of: noteID, database)
        let state = try UpdateLog.state(of: noteID, database)
        if state.isEmpty {
            // Whoever is alone fills the empty document from the note. What a reader fills in is not taken, so writers count
            // readers out.
            let sids = members.filter { $0.sid == sid || $0.mayWrite || !mayWrite }.map(\.sid)
            return send(state: SocketBytes(YjsUpdate.empty, as: .numbers), sids)
        }
        for update in state {
            send(
                state: SocketBytes(update, as: update.count > Self.largestNumbers ? .attachment : .numbers),
                members.map(\.sid)
            )
        }
    }

    /// Bytes up to which a state is written as numbers, in up to four characters each.
    private static let largestNumbers = 64 << 10

    private func send(state: SocketBytes, _ sids: [String]) {
        var json = JSONWriter(capacity: state.bytes.count * 4 + 256)
        json.object {
            $0.field("document_id", documentID)
            $0.key("state")
            state.write(to: &$0)
            $0.field("sessions", JSONValue(sids))
        }
        publisher.emit("ydoc:document:state", to: [sid], payload: json.bytes, attachments: state.attachments)
    }

    /// - Returns: the rooms that the socket has to leave.
    func leave() throws -> [String] {
        guard try NoteMembers.remove(sid, from: noteID, .document, database) else { return [] }
        emit("ydoc:user:left", except: [sid]) { _ in }
        return [room]
    }

    // MARK: - Writing

    /// Adds an update to the document, tells the others, and keeps the text that the page shows with it.
    func write(_ update: SocketBytes, content: JSONValue?) throws {
        guard update.bytes.count <= UpdateLog.maximumUpdate else { throw Refusal.updateTooLarge }
        let parsed = try parse(update.bytes)
        if parsed.isEmpty { return }
        try database.transaction {
            guard let document = try UpdateLog.lock(noteID, database), try isMember(.write) else { return }
            guard document.bytes + update.bytes.count <= UpdateLog.maximumDocument else { throw Refusal.documentFull }
            let isCutOff = try UpdateLog.lacksPredecessor(of: parsed, by: sid, in: noteID, database)
            let isNew = try UpdateLog.append(update.bytes, by: sid, to: document, of: noteID, database)
            // Pages send back what they receive. Their text counts once they have received everything: only then it has what
            // two people wrote at the same moment.
            let isWhole = try isNew || UpdateLog.isLatest(update.bytes, for: sid, of: noteID, database)
            if isWhole, let content, content.object != nil {
                try NoteStore.save(content: content, in: noteID, database)
            }
            guard isNew else { return }
            database.afterCommit { relay(update) }
            if isCutOff, document.bytes < Self.largestRequest { database.afterCommit { askForAll() } }
        }
    }

    /// Bytes of a document that its pages can send in one message.
    private static let largestRequest = 700_000

    /// To the empty state a page that shows something answers with its whole document. Without sessions it does not take
    /// itself for the first, which would fill an empty page.
    private func askForAll() {
        send(state: SocketBytes(YjsUpdate.empty, as: .numbers), [])
    }

    private func parse(_ update: [UInt8]) throws -> YjsUpdate {
        do { return try YjsUpdate(update) } catch { throw Refusal.malformed }
    }

    private func relay(_ update: SocketBytes) {
        emit("ydoc:document:update", except: [sid], attachments: update.attachments) {
            $0.key("update")
            update.write(to: &$0)
            $0.field("socket_id", sid)
        }
    }

    /// Cursors and selections: told, never kept.
    func tell(awareness: JSONValue) throws {
        guard try isMember(.read) else { return }
        let bytes = SocketBytes(awareness).flatMap { $0.form == .attachment ? $0 : nil }
        var json = JSONWriter()
        json.object {
            $0.field("document_id", documentID)
            $0.field("user_id", sid)
            $0.field("update", bytes == nil ? awareness : SocketBytes.placeholder)
        }
        publisher.emit(
            "ydoc:awareness:update",
            to: [room],
            except: [sid],
            payload: json.bytes,
            attachments: bytes?.attachments ?? []
        )
    }

    private func isMember(_ right: AccessControl.Right) throws -> Bool {
        try NoteMembers.contains(sid, noteID, database) && may(right)
    }

    private func emit(
        _ name: String,
        except: [String],
        attachments: [[UInt8]] = [],
        _ more: (inout JSONWriter) -> Void
    ) {
        var json = JSONWriter()
        json.object {
            $0.field("document_id", documentID)
            $0.field("user_id", account.id)
            more(&$0)
        }
        publisher.emit(name, to: [room], except: except, payload: json.bytes, attachments: attachments)
    }
}
