import HTTP
import Postgres

enum SignOut {
    /// Ends the session of each token that the request holds.
    static func end(_ context: Context) throws {
        let request = context.request
        let tokens = Set([Authenticator.token(of: request), request.cookies[SessionCookie.token]].compactMap(\.self))
        let authenticator = Authenticator(settings: context.shared.settings, database: context.database)
        for token in tokens where !token.hasPrefix("sk-") {
            do {
                let caller = try authenticator.find(token: token, path: nil)
                try context.database.transaction { try SessionStore.end(caller, context) }
            } catch is APIError {
                // It was good for nothing already.
            }
        }
    }

    /// The names of the cookies to clear.
    static func cookies(_ request: Request) -> [String] {
        // The reference clears `oui-session`, a slip of the pen, and leaves `owui-session`.
        [SessionCookie.token, "oui-session", "owui-session", "oauth_id_token"]
            + (request.cookies["oauth_session_id"] == nil ? [] : ["oauth_session_id"])
    }
}
