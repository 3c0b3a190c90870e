import Core
package import Postgres

extension SessionStore {
    /// The sessions of an account that are still good, those in use first.
    package static func all(of account: String, _ database: Connection) throws -> [Session] {
        try database.query(
            """
            select \(Session.columns) from session s
            where s.account_id = \(account) and (s.expires_at is null or s.expires_at > \(Clock.nowSeconds))
            order by coalesce(s.last_used_at, s.created_at) desc, s.id
            """
        ).map(Session.init)
    }

    /// Ends one session and closes its sockets. The account is nil for whoever may end anybody's.
    ///
    /// - Returns: whose it was; nil when there is no such session.
    package static func end(_ id: String, of account: String?, _ context: Context) throws -> String? {
        try context.database.transaction {
            let condition: SQL = account.map { "and account_id = \($0)" } ?? ""
            let row = try context.database.query(
                "delete from session where id = \(id) \(condition) returning account_id"
            ).first
            guard let owner = try row?.text(0) else { return nil }
            context.closeSockets(try sockets(of: owner, session: id, context.database))
            context.closePlainSockets(of: [.session(id: id)], account: owner)
            try context.shared.accountHooks.sessionsEnded(owner, context.database)
            return owner
        }
    }

    /// Writes into the audit trail that an admin or a command ended sessions of an account.
    package static func noteEnd(all: Bool = true, of account: String, _ database: Connection) throws {
        let which = RawJSON(["sessions": all ? "all" : "one"])
        try database.execute(
            "select audit_record('account.sign_out', id, email, \(which), null) from account where id = \(account)"
        )
    }
}
