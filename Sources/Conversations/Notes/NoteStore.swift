import Accounts
import Core
import Crypto
import Postgres

/// All that is asked of and done to notes, but for what is written together (`UpdateLog`).
enum NoteStore {
    /// A locked note stays as it is until the end of the transaction.
    static func find(_ id: String, lock: Bool = false, _ database: Connection) throws -> Note? {
        let suffix: SQL = lock ? "for no key update" : ""
        return try database.query("select \(Note.columns) from note n where n.id = \(id) \(suffix)").first.map(
            Note.init
        )
    }

    /// Who may do what with a note, without its text.
    static func access(to id: String, _ database: Connection) throws -> NoteAccess? {
        let rows = try database.query("select n.account_id, n.access_control::text from note n where n.id = \(id)")
        return try rows.first.map { row in
            NoteAccess(ownerID: try row.text(0), control: try row.textOrNull(1).map { try JSONValue(parsing: $0) })
        }
    }

    /// Own notes and those the account may write, the newest first, each with its owner.
    static func writeListed(for account: String, to json: inout JSONWriter, _ database: Connection) throws {
        let rows = try database.query(
            """
            select \(Note.columns), a.id, a.name, a.email, a.role, a.profile_image_url
            from note n join account a on a.id = n.account_id
            where \(writable(by: account)) order by n.updated_at desc, n.id
            """
        )
        try json.array(of: rows) { json, row in
            let note = try Note(row: row)
            json.object { json in
                note.writeMembers(to: &json)
                json.key("user")
                json.object {
                    $0.field("id", row.textOrNull(Note.columnCount))
                    $0.field("name", row.textOrNull(Note.columnCount + 1))
                    $0.field("email", row.textOrNull(Note.columnCount + 2))
                    $0.field("role", row.textOrNull(Note.columnCount + 3))
                    $0.field("profile_image_url", row.textOrNull(Note.columnCount + 4))
                }
            }
        }
    }

    /// The same notes by title alone.
    static func writeTitles(for account: String, page: Page?, to json: inout JSONWriter, _ database: Connection) throws
    {
        let rows = try database.query(
            """
            select n.id, n.title, n.updated_at, n.created_at from note n
            where \(writable(by: account)) order by n.updated_at desc, n.id \(page?.clause ?? "")
            """
        )
        try json.array(of: rows) { json, row in
            try json.object {
                $0.field("id", row.textOrNull(0))
                $0.field("title", row.textOrNull(1))
                $0.field("updated_at", try row.int(2))
                $0.field("created_at", try row.int(3))
            }
        }
    }

    private static func writable(by account: String) -> SQL {
        AccessControl.condition(column: "n.access_control", owner: "n.account_id", account: account, .write)
    }

    static func insert(_ form: NoteForm, control: JSONValue, owner: String, _ database: Connection) throws -> Note {
        let now = Clock.nowNanoseconds
        let rows = try database.query(
            """
            insert into note as n (id, account_id, title, data, meta, access_control, created_at, updated_at)
            values (\(Random.uuid()), \(owner), \(form.title), \(form.data.map { RawJSON(.object($0)) }),
                \(form.meta.map { RawJSON(.object($0)) }), \(control.nonNull.map { RawJSON($0) }), \(now), \(now))
            returning \(Note.columns)
            """
        )
        return try Note(row: rows[0])
    }

    /// Changes what is given: the keys of `data` and `meta` replace those that are there, and others stay. Nil leaves the access
    /// control as it is, and null opens the note to all.
    static func update(_ id: String, _ form: NoteForm, control: JSONValue?, _ database: Connection) throws -> Note? {
        var changes: SQL = "title = \(form.title), updated_at = greatest(n.updated_at + 1, \(Clock.nowNanoseconds))"
        if let data = form.data { changes += ", data = \(merged("data", data))" }
        if let meta = form.meta { changes += ", meta = \(merged("meta", meta))" }
        if let control { changes += ", access_control = \(control.nonNull.map { RawJSON($0) })" }
        return try database.query("update note n set \(changes) where n.id = \(id) returning \(Note.columns)")
            .first.map(Note.init)
    }

    /// Keeps what a page shows as the text of a note; the rest of the note is left alone.
    static func save(content: JSONValue, in id: String, _ database: Connection) throws {
        let content = RawJSON(content)
        try database.execute(
            """
            update note n
            set data = \(object("data")) || jsonb_build_object('content', \(content)),
                updated_at = greatest(n.updated_at + 1, \(Clock.nowNanoseconds))
            where n.id = \(id) and n.data -> 'content' is distinct from \(content)
            """
        )
    }

    static func delete(_ id: String, _ database: Connection) throws {
        try database.execute("delete from note where id = \(id)")
    }

    private static func merged(_ column: SQL, _ object: JSONObject) -> SQL {
        "\(self.object(column)) || \(RawJSON(.object(object)))"
    }

    private static func object(_ column: SQL) -> SQL {
        "(case when jsonb_typeof(n.\(column)) = 'object' then n.\(column) else '{}' end)"
    }
}
