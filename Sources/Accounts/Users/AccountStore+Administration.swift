import Core
import HTTP
package import Postgres

/// What whoever runs the server may do to accounts, without being an admin of it.
extension AccountStore {
    /// An account in a list.
    package struct Summary: Sendable {
        package let id: String
        package let email: String
        package let name: String
        package let role: Role
        package let createdAt: Int
        package let lastActiveAt: Int
    }

    /// Those with the part in their name or address, in any case; an empty one is in all.
    package static func summaries(matching part: String, role: Role?, _ database: Connection) throws -> [Summary] {
        var condition: SQL = "true"
        if !part.isEmpty { condition += " and strpos(lower(name || ' ' || email), lower(\(part))) > 0" }
        if let role { condition += " and role = \(role.rawValue)" }
        return try database.query(
            """
            select id, email, name, role, created_at, last_active_at from account
            where \(condition) order by created_at, id
            """
        ).map { row in
            Summary(
                id: try row.text(0),
                email: try row.text(1),
                name: try row.text(2),
                role: Role(rawValue: try row.text(3)) ?? .pending,
                createdAt: try row.int(4),
                lastActiveAt: try row.int(5)
            )
        }
    }

    /// Makes an account; without a password it is one that signs in otherwise. An address or a password that is not taken is a 400.
    package static func create(
        email: String,
        name: String,
        role: Role,
        password: String?,
        _ context: Context
    ) throws -> Account {
        let email = email.lowercased()
        try SignUp.checkAddress(email, context.database)
        let hash = try password.map { try newHash($0, context) }
        return try insert(NewAccount(email: email, name: name, role: role, passwordHash: hash), context.database)
    }

    /// Ends all sessions.
    package static func resetPassword(of account: Account, to password: String, _ context: Context) throws {
        try CredentialStore.set(newHash(password, context), of: account.id, context.database)
        try SessionStore.endAll(of: account.id, except: nil, context)
    }

    /// - Throws: 403 when no admin would be left.
    package static func setRole(_ role: Role, of account: Account, _ context: Context) throws {
        if account.role == .admin, role != .admin { try requireOtherAdmin(than: account, context.database) }
        try context.database.execute(
            "update account set role = \(role.rawValue), updated_at = \(Clock.nowSeconds) where id = \(account.id)"
        )
        guard role == .pending else { return }
        context.closeSockets(ofAccount: account.id)
        try context.shared.accountHooks.sessionsEnded(account.id, context.database)
    }

    /// - Throws: 403 when no admin would be left.
    package static func remove(_ account: Account, _ context: Context) throws {
        if account.role == .admin { try requireOtherAdmin(than: account, context.database) }
        try delete(account.id, context)
    }

    private static func newHash(_ password: String, _ context: Context) throws -> String {
        try PasswordRules(context.settings).check(password)
        return try PasswordWork.hash(password)
    }

    private static func requireOtherAdmin(than account: Account, _ database: Connection) throws {
        // Locked, so that two at once do not each take the other for the one who stays.
        let admins = try database.query("select id from account where role = 'admin' order by id for update")
        guard try admins.contains(where: { try $0.text(0) != account.id }) else {
            throw APIError.forbidden("This is the only admin. Make somebody else admin first.")
        }
    }
}
