import Core
package import Postgres

/// What is read only where it is shown.
extension AccountStore {
    package static func profileImageURL(of account: Account, _ database: Connection) throws -> String {
        try account.shortProfileImageURL ?? profileImageURL(of: account.id, database) ?? ProfilePicture.standard
    }

    /// Nil when there is no such account.
    static func profileImageURL(of id: String, _ database: Connection) throws -> String? {
        try database.query("select profile_image_url from account where id = \(id)").first?.text(0)
    }

    /// The settings as JSON text; nil before anything was saved.
    package static func settings(of id: String, _ database: Connection) throws -> String? {
        try database.query("select settings::text from account where id = \(id)").first?.textOrNull(0)
    }

    /// Replaces the top-level members that `changes` has, and leaves the others.
    /// Gives the settings afterwards, which always have a member `ui`; nil when there is no such account.
    static func mergeSettings(of id: String, _ changes: JSONObject, _ database: Connection) throws -> String? {
        try database.query(
            """
            update account set settings = '{"ui": {}}'::jsonb || coalesce(settings, '{}') || \(RawJSON(JSONValue.object(changes).text)),
                updated_at = \(Clock.nowSeconds)
            where id = \(id) returning settings::text
            """
        ).first?.text(0)
    }

    static func info(of id: String, _ database: Connection) throws -> String? {
        try database.query("select info::text from account where id = \(id)").first?.textOrNull(0)
    }

    /// Gives the information afterwards; nil when there is no such account.
    static func mergeInfo(of id: String, _ changes: JSONObject, _ database: Connection) throws -> String? {
        try database.query(
            """
            update account set info = coalesce(info, '{}') || \(RawJSON(JSONValue.object(changes).text)),
                updated_at = \(Clock.nowSeconds)
            where id = \(id) returning info::text
            """
        ).first?.text(0)
    }

    /// True while a socket of the account is open.
    package static func isConnected(_ id: String, _ database: Connection) throws -> Bool {
        try database.query("select exists (select from socket_session where account_id = \(id))")[0].bool(0)
    }

    package static func connected(_ database: Connection) throws -> [String] {
        try database.query("select distinct account_id from socket_session order by account_id").map { try $0.text(0) }
    }

    /// The owner of a chat, for whoever was given the link to its shared copy.
    static func owner(ofChat id: String, _ database: Connection) throws -> String? {
        try database.query("select account_id from chat where id = \(id)").first?.text(0)
    }
}
