package import Accounts
import HTTP
package import Postgres

extension TurnStore {
    /// Stops all answers of an account that is about to be deleted. Runs in the transaction that deletes it, and the turns with it.
    package static func stopAll(of account: String, _ database: Connection) throws {
        for id in try ids(account: account, database) { _ = try requestStop(id, account: nil, database) }
    }

    /// Stops the answers that stream straight to clients of an account whose token opens nothing any more, and all of them when the account
    /// waits for approval again. Runs in the transaction that ended the sessions, so that the turns are told with its commit.
    package static func stopStreams(ofEndedSessionsOf account: String, _ settings: LiveSettings, _ database: Connection)
        throws
    {
        guard let role = try Account.find(account, database)?.role, role != .pending else {
            return try stopAll(of: account, database)
        }
        let authenticator = Authenticator(settings: settings, database: database)
        let rows = try database.query(
            "select id, request ->> 'token' from turn where account_id = \(account) and reply = 'stream' and not stopped"
        )
        for row in rows {
            // An API key belongs to no session.
            guard let token = row.textOrNull(1), !token.hasPrefix("sk-") else { continue }
            do {
                _ = try authenticator.find(token: token, path: nil)
            } catch is APIError {
                _ = try requestStop(row.text(0), account: nil, database)
            }
        }
    }
}
