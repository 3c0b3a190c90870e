package import Postgres

package enum AuditStore {
    /// Which entries are wanted; nil for all.
    package struct Filter: Sendable {
        package var actor: String?
        package var subject: String?
        /// A whole action or what stands before its point.
        package var action: String?

        package init(actor: String? = nil, subject: String? = nil, action: String? = nil) {
            self.actor = actor
            self.subject = subject
            self.action = action
        }

        fileprivate var condition: SQL {
            var condition: SQL = "true"
            if let actor { condition += " and actor_id = \(actor)" }
            if let subject { condition += " and subject_id = \(subject)" }
            if let action { condition += " and (action = \(action) or split_part(action, '.', 1) = \(action))" }
            return condition
        }
    }

    /// The newest entries before the one with a number; nil for the newest of all.
    package static func list(_ filter: Filter, before: Int?, limit: Int, _ database: Connection) throws -> [AuditEntry]
    {
        let end: SQL = before.map { "and id < \($0)" } ?? ""
        return try database.query(
            """
            select \(AuditEntry.columns) from audit_entry where \(filter.condition) \(end) order by id desc limit \(limit)
            """
        ).map(AuditEntry.init)
    }

    /// Entries in their order, from one on.
    static func following(_ id: Int, limit: Int, _ database: Connection) throws -> [AuditEntry] {
        try database.query(
            "select \(AuditEntry.columns) from audit_entry where id > \(id) order by id limit \(limit)"
        ).map(AuditEntry.init)
    }

    /// The number and hash that the last entry must have.
    static func head(_ database: Connection) throws -> (id: Int, hash: [UInt8])? {
        guard let row = try database.query("select id, hash from audit_head").first else { return nil }
        return (try row.int(0), try row.bytes(1))
    }
}
