package import Core
import Crypto
package import Postgres

/// What providers gave at sign-in, encrypted.
package enum OAuthSessionStore {
    struct Stored {
        let provider: String
        let tokens: ProviderTokens
        let endSessionEndpoint: String?
    }

    /// Keeps the tokens of a sign-in in place of the account's older ones of that provider.
    ///
    /// - Returns: the id of the new session.
    static func replace(
        _ tokens: ProviderTokens,
        provider: String,
        endSessionEndpoint: String?,
        of account: String,
        _ settings: Settings,
        _ database: Connection
    ) throws -> String {
        let id = Random.uuid()
        let now = Clock.nowSeconds
        let sealed = try seal(tokens, id, settings)
        try database.execute(
            """
            insert into oauth_session
                (id, account_id, provider, sealed, end_session_endpoint, expires_at, created_at, updated_at)
            values (\(id), \(account), \(provider), \(sealed), \(endSessionEndpoint), \(tokens.expiresAt), \(now), \(now))
            on conflict (account_id, provider) do update set id = excluded.id, sealed = excluded.sealed,
                end_session_endpoint = excluded.end_session_endpoint, expires_at = excluded.expires_at,
                created_at = excluded.created_at, updated_at = excluded.updated_at
            """
        )
        return id
    }

    static func update(_ id: String, _ tokens: ProviderTokens, _ settings: Settings, _ database: Connection) throws {
        let sealed = try seal(tokens, id, settings)
        try database.execute(
            """
            update oauth_session set sealed = \(sealed), expires_at = \(tokens.expiresAt), updated_at = \(Clock.nowSeconds)
            where id = \(id)
            """
        )
    }

    /// Nil when the account has no such session, or it was encrypted under another key. Locks the row when `isLocking`, within a transaction.
    static func find(
        _ id: String,
        of account: String,
        isLocking: Bool = false,
        _ settings: Settings,
        _ database: Connection
    ) throws -> Stored? {
        let lock: SQL = isLocking ? "for update" : ""
        let rows = try database.query(
            """
            select provider, sealed, end_session_endpoint from oauth_session
            where id = \(id) and account_id = \(account) \(lock)
            """
        )
        return try rows.first.flatMap { try open($0, id, settings) }
    }

    static func delete(_ id: String, _ database: Connection) throws {
        try database.execute("delete from oauth_session where id = \(id)")
    }

    /// Removes a session by its id, which only its browser knows, and gives what was in it.
    static func take(_ id: String, _ settings: Settings, _ database: Connection) throws -> Stored? {
        let rows = try database.query(
            "delete from oauth_session where id = \(id) returning provider, sealed, end_session_endpoint"
        )
        return try rows.first.flatMap { try open($0, id, settings) }
    }

    /// `[{id, user_id, provider, expires_at, created_at, updated_at}]` of an account, without the tokens, newest first.
    package static func list(of account: String, _ database: Connection) throws -> JSONValue {
        let rows = try database.query(
            """
            select id, provider, expires_at, created_at, updated_at from oauth_session
            where account_id = \(account) order by created_at desc, id
            """
        )
        return .array(
            try rows.map {
                [
                    "id": .string(try $0.text(0)), "user_id": .string(account), "provider": .string(try $0.text(1)),
                    "expires_at": JSONValue(try $0.int(2)), "created_at": JSONValue(try $0.int(3)),
                    "updated_at": JSONValue(try $0.int(4)),
                ]
            }
        )
    }

    private static func open(_ row: Row, _ id: String, _ settings: Settings) throws -> Stored? {
        guard let content = try SecretBox.open(row.bytes(1), key: key(settings), place: id),
            let tokens = ProviderTokens(stored: content)
        else { return nil }
        return Stored(provider: try row.text(0), tokens: tokens, endSessionEndpoint: row.textOrNull(2))
    }

    private static func seal(_ tokens: ProviderTokens, _ id: String, _ settings: Settings) throws -> [UInt8] {
        try SecretBox.seal(JSONValue.object(tokens.members).bytes, key: key(settings), place: id)
    }

    private static func key(_ settings: Settings) -> SecretBox.Key {
        let own = settings[Setting.oauthSessionTokenEncryptionKey]
        let secret = own.isEmpty ? settings[Setting.webUISecretKey] : own
        return SecretBox.Key(secret: Array(secret.utf8), purpose: "provider tokens")
    }
}
