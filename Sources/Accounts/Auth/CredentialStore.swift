import Core
import Crypto
package import Postgres

/// The passwords' hashes.
package enum CredentialStore {
    /// The account with this address and its hash, where sign-in by password is possible.
    static func find(email: String, _ database: Connection) throws -> (account: Account, hash: String)? {
        guard
            let row = try database.query(
                """
                select \(Account.columns), c.password_hash from account a join credential c on c.account_id = a.id
                where lower(a.email) = lower(\(email)) and c.active
                """
            ).first
        else { return nil }
        return (try Account(row: row), try row.text(Account.columnCount))
    }

    /// Some account's hash, for an address that may have none: always the same one for an address, and bcrypt as often as accounts have it. Nil
    /// while there are no passwords.
    package static func stranger(to email: String, secret: String, _ database: Connection) throws -> String? {
        let place = Hex.encode(HMAC.sha256(key: Array(secret.utf8), message: Array(email.utf8)).prefix(16))
        return try database.query(
            """
            (select password_hash, 1 as rank from credential where account_id >= \(place) order by account_id limit 1)
            union all (select password_hash, 2 from credential order by account_id limit 1) order by rank limit 1
            """
        ).first?.text(0)
    }

    static func hash(of account: String, _ database: Connection) throws -> String? {
        try database.query("select password_hash from credential where account_id = \(account) and active")
            .first?.text(0)
    }

    /// True unless the account was barred from signing in.
    static func isActive(_ account: String, _ database: Connection) throws -> Bool {
        try database.query("select active from credential where account_id = \(account)").first?.bool(0) ?? true
    }

    package static func set(_ hash: String, of account: String, _ database: Connection) throws {
        try database.execute(
            """
            insert into credential (account_id, password_hash) values (\(account), \(hash))
            on conflict (account_id) do update set password_hash = excluded.password_hash
            """
        )
    }

    /// Puts a hash of the same password in the place of an old one, unless the password was changed meanwhile.
    static func replace(_ old: String, by new: String, of account: String, _ database: Connection) throws {
        try database.execute(
            "update credential set password_hash = \(new) where account_id = \(account) and password_hash = \(old)"
        )
    }
}
