package import Accounts
import HTTP
package import Postgres

extension TurnStore {
    /// Stops the answers that stream straight to clients of an account whose token opens nothing any more. Runs in the transaction that ended the
    /// sessions, so that the turns are told with its commit.
    package static func stopStreams(ofEndedSessionsOf account: String, _ settings: LiveSettings, _ database: Connection)
        throws
    {
        let authenticator = Authenticator(settings: settings, database: database)
        let rows = try database.query(
            "select id, request ->> 'token' from turn where account_id = \(account) and reply = 'stream' and not stopped"
        )
        for row in rows {
            // An API key belongs to no session.
            guard let token = row.textOrNull(1), !token.hasPrefix("sk-") else { continue }
            do {
                let caller = try authenticator.find(token: token, path: nil)
                if caller.account.role == .pending { _ = try requestStop(row.text(0), account: nil, database) }
            } catch is APIError {
                _ = try requestStop(row.text(0), account: nil, database)
            }
        }
    }
}
