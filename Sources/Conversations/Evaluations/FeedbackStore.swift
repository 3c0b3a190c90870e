import Core
import Crypto
import Postgres

/// All that is asked of and done to feedback. An owner of nil stands for whoever gave it.
enum FeedbackStore {
    /// Snapshots are read this many at a time, so that beside the bytes of the answer there is never more than that in memory.
    private static let batch = 25

    private static let newestFirst: SQL = "order by f.updated_at desc, f.id"

    static func find(_ id: String, owner: String?, _ database: Connection) throws -> Row? {
        try database.query("select \(Feedback.allColumns) from feedback f where \(condition(id, owner))").first
    }

    static func insert(_ form: FeedbackForm, owner: String, _ database: Connection) throws -> Row {
        let now = Clock.nowSeconds
        let rows = try database.query(
            """
            insert into feedback as f (id, account_id, version, type, data, meta, snapshot, created_at, updated_at)
            values (\(Random.uuid()), \(owner), 0, \(form.type), \(raw(form.data)), \(raw(form.meta)), \(verbatim(form.snapshot)),
                \(now), \(now))
            returning \(Feedback.allColumns)
            """
        )
        return rows[0]
    }

    /// Replaces what the form holds, but for the type.
    static func update(_ id: String, _ form: FeedbackForm, owner: String?, _ database: Connection) throws -> Row? {
        var changes: SQL = "updated_at = \(Clock.nowSeconds)"
        if let data = form.data { changes += ", data = \(raw(data))" }
        if let meta = form.meta, !meta.isEmpty { changes += ", meta = \(raw(meta))" }
        if let snapshot = form.snapshot { changes += ", snapshot = \(verbatim(snapshot))" }
        return try database.query(
            "update feedback f set \(changes) where \(condition(id, owner)) returning \(Feedback.allColumns)"
        ).first
    }

    static func delete(_ id: String, owner: String?, _ database: Connection) throws -> Bool {
        try database.execute("delete from feedback f where \(condition(id, owner))") > 0
    }

    /// - Returns: whether there was any.
    static func deleteAll(of owner: String?, _ database: Connection) throws -> Bool {
        try database.execute("delete from feedback f where \(condition(owner))") > 0
    }

    /// Writes an account's own, without snapshots, the newest first.
    static func writeOwn(of owner: String, to json: inout JSONWriter, _ database: Connection) throws {
        let rows = try database.query(
            "select \(Feedback.columns) from feedback f where \(condition(owner)) \(newestFirst)"
        )
        try json.array(of: rows) { json, row in
            try json.object {
                try Feedback.writeMembers(of: row, to: &$0)
                $0.key("user")
                $0.null()
            }
        }
    }

    /// Writes everybody's, without snapshots, the newest first, each with who gave it.
    static func writeEverybodys(to json: inout JSONWriter, _ database: Connection) throws {
        let rows = try database.query(
            """
            select \(Feedback.columns), a.id, a.name, a.email, a.role, a.last_active_at, a.updated_at, a.created_at
            from feedback f join account a on a.id = f.account_id \(newestFirst)
            """
        )
        try json.array(of: rows) { json, row in
            try json.object { json in
                try Feedback.writeMembers(of: row, to: &json)
                json.key("user")
                try json.object {
                    $0.field("id", row.textOrNull(Feedback.columnCount))
                    $0.field("name", row.textOrNull(Feedback.columnCount + 1))
                    $0.field("email", row.textOrNull(Feedback.columnCount + 2))
                    $0.field("role", row.textOrNull(Feedback.columnCount + 3))
                    $0.field("last_active_at", try row.intOrNull(Feedback.columnCount + 4))
                    $0.field("updated_at", try row.intOrNull(Feedback.columnCount + 5))
                    $0.field("created_at", try row.intOrNull(Feedback.columnCount + 6))
                }
            }
        }
    }

    /// Writes everybody's with snapshots, the newest first. What is deleted meanwhile is left out.
    static func writeExport(to json: inout JSONWriter, _ database: Connection) throws {
        let ids = try database.query("select f.id from feedback f \(newestFirst)").map { try $0.text(0) }
        try json.array { json in
            for start in stride(from: 0, to: ids.count, by: batch) {
                let rows = try database.query(
                    """
                    select \(Feedback.allColumns)
                    from unnest(\(Array(ids[start..<min(start + batch, ids.count)]))) with ordinality as wanted (id, place)
                    join feedback f on f.id = wanted.id order by wanted.place
                    """
                )
                for row in rows { try Feedback.write(row, to: &json) }
            }
        }
    }

    private static func condition(_ owner: String?) -> SQL {
        owner.map { "f.account_id = \($0)" } ?? "true"
    }

    private static func condition(_ id: String, _ owner: String?) -> SQL {
        "f.id = \(id) and \(condition(owner))"
    }

    private static func raw(_ object: JSONObject?) -> RawJSON? {
        object.map { RawJSON(.object($0)) }
    }

    private static func verbatim(_ object: JSONObject?) -> VerbatimJSON? {
        object.map { VerbatimJSON(.object($0)) }
    }
}
