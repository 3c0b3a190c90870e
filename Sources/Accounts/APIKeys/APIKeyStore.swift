import Core
import Crypto
import Postgres

/// The API keys: found by their digest, and sealed so that their owner may look at them again.
enum APIKeyStore {
    /// Gives the account a new key in place of the one it had.
    ///
    /// - Returns: `sk-` and 32 hexadecimal digits.
    static func create(for account: String, secret: String, _ database: Connection) throws -> String {
        let key = "sk-" + Random.hex(16)
        let digest = Digest.sha256(Array(key.utf8))
        let sealed = try SecretBox.seal(Array(key.utf8), key: boxKey(secret), place: account)
        try database.execute(
            """
            insert into api_key (account_id, digest, sealed, created_at)
            values (\(account), \(digest), \(sealed), \(Clock.nowSeconds))
            on conflict (account_id) do update set digest = excluded.digest, sealed = excluded.sealed,
                created_at = excluded.created_at, last_used_at = null
            """
        )
        return key
    }

    /// Nil when there is none, or when it was sealed under another `WEBUI_SECRET_KEY`.
    static func find(of account: String, secret: String, _ database: Connection) throws -> String? {
        guard let row = try database.query("select sealed from api_key where account_id = \(account)").first,
            let key = try SecretBox.open(row.bytes(0), key: boxKey(secret), place: account)
        else { return nil }
        return String(decoding: key, as: UTF8.self)
    }

    static func delete(of account: String, _ database: Connection) throws {
        try database.execute("delete from api_key where account_id = \(account)")
    }

    private static func boxKey(_ secret: String) -> SecretBox.Key {
        SecretBox.Key(secret: Array(secret.utf8), purpose: "api key")
    }
}
