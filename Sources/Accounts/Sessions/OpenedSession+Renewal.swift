import Core
import Crypto
import HTTP

extension OpenedSession {
    /// The session that a page loads with, renewed if that is due. Its token is the request's own as long as
    /// that tells the session's end, else a new one of the same session; the old one goes on with the session, too.
    static func current(_ caller: Caller, _ context: Context) throws -> OpenedSession {
        let settings = try context.settings
        let held = Authenticator.token(of: context.request) ?? ""
        guard case .session(let id) = caller.credential else {
            return OpenedSession(token: held, expiresAt: caller.expiresAt, account: caller.account)
        }
        let end = try SessionStore.renew(id, endingAt: caller.expiresAt, settings, context.database)
        let key = Array(settings[Setting.webUISecretKey].utf8)
        let claims = SessionToken.verify(held, key: key, now: Clock.nowSeconds, ignoringExpiry: true)
        let token =
            claims?.expiresAt == end
            ? held : SessionToken.issue(userID: caller.account.id, expiresAt: end, jti: id, key: key)
        return OpenedSession(token: token, expiresAt: end, account: caller.account)
    }
}
