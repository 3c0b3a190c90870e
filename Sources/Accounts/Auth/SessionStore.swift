import Core
import HTTP
import Postgres

/// The sessions: a token of ours is good while its row is there.
package enum SessionStore {
    /// The part of a browser's own description that is kept.
    private static let longestUserAgent = 300

    static func insert(
        _ id: String,
        account: String,
        expiresAt: Int?,
        request: Request,
        _ database: Connection
    ) throws {
        try database.execute(
            """
            insert into session (id, account_id, created_at, expires_at, address, user_agent)
            values (\(id), \(account), \(Clock.nowSeconds), \(expiresAt as Int?), \(request.client.address), \(userAgent(of: request)))
            """
        )
    }

    static func userAgent(of request: Request) -> String {
        String((request.headers["user-agent"] ?? "").prefix(longestUserAgent))
    }

    /// Removes some of the rows of tokens that have expired. They are in nobody's way; this keeps the table small.
    static func removeExpired(_ database: Connection) throws {
        try database.execute(
            """
            delete from session where id in (
                select id from session where expires_at < \(Clock.nowSeconds) limit 100 for update skip locked)
            """
        )
    }

    /// Ends the session of one credential and closes its sockets.
    static func end(_ caller: Caller, _ context: Context) throws {
        switch caller.credential {
        case .session(let id):
            try context.database.execute("delete from session where id = \(id)")
            context.closeSockets(try sockets(of: caller.account.id, session: id, context.database))
        case .foreignToken(let digest):
            try context.database.execute(
                """
                insert into revoked_token (digest, revoked_at) values (\(digest), \(Clock.nowSeconds))
                on conflict do nothing
                """
            )
            context.closeSockets(try sockets(of: caller.account.id, session: nil, context.database))
        case .apiKey, .none: return
        }
        context.closePlainSockets(of: [caller.credential], account: caller.account.id)
        try context.shared.accountHooks.sessionsEnded(caller.account.id, context.database)
    }

    /// Ends all sessions of an account, the reference's tokens included, and closes their sockets.
    /// The session of the credential `kept` goes on; tokens of the reference can not be told apart and all end.
    package static func endAll(of account: String, except kept: Caller.Credential?, _ context: Context) throws {
        var keptID: String?
        if case .session(let id) = kept { keptID = id }
        let ended = try context.database.query(
            "delete from session where account_id = \(account) and id is distinct from \(keptID as String?) returning id"
        ).map { Caller.Credential.session(id: try $0.text(0)) }
        try context.database.execute("update account set foreign_tokens_revoked = true where id = \(account)")
        try context.shared.accountHooks.sessionsEnded(account, context.database)
        guard let keptID else { return context.closeSockets(ofAccount: account) }
        let others = try context.database.query(
            "select sid from socket_session where account_id = \(account) and session_id is distinct from \(keptID as String?)"
        )
        context.closeSockets(try others.map { try $0.text(0) })
        context.closePlainSockets(of: ended + [.foreignToken(digest: [])], account: account)
    }

    static func sockets(of account: String, session: String?, _ database: Connection) throws -> [String] {
        try database.query(
            "select sid from socket_session where account_id = \(account) and session_id is not distinct from \(session as String?)"
        ).map { try $0.text(0) }
    }
}
