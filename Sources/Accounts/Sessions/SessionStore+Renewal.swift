import Core
import HTTP
import Postgres

extension SessionStore {
    /// Seconds between two notes of a session's use.
    private static let noteInterval = 60

    /// What gives a session a new life, if enough of the old one is over.
    enum Occasion {
        /// Any request. It is past the middle then, so that the row is seldom written.
        case use
        /// A page that loads keeps the end which it is told, so it is told a late one: a tenth may be over.
        case pageLoad

        fileprivate func isDue(left: Int, of lifetime: Int) -> Bool {
            switch self {
            case .use: left < lifetime / 2
            case .pageLoad: left < lifetime - lifetime / 10
            }
        }
    }

    /// Notes from where a session is used, at most once a minute, and gives it a new life where that is due, so that what is in use does
    /// not end.
    static func noteUse(of caller: Caller, _ request: Request, _ settings: Settings, _ database: Connection) throws {
        guard case .session(let id) = caller.credential else { return }
        let now = Clock.nowSeconds
        if let last = caller.sessionUsedAt, now - last < noteInterval { return }
        try database.execute(
            """
            update session set last_used_at = \(now), address = \(request.client.address), user_agent = \(userAgent(of: request)),
                expires_at = \(renewedEnd(caller.expiresAt, on: .use, now: now, settings) ?? caller.expiresAt)
            where id = \(id) and expires_at is not distinct from \(caller.expiresAt)
            """
        )
    }

    /// Gives the session of a page that loads a new life where that is due.
    ///
    /// - Returns: when it ends now.
    static func renew(_ id: String, endingAt end: Int?, _ settings: Settings, _ database: Connection) throws -> Int? {
        guard let renewed = renewedEnd(end, on: .pageLoad, now: Clock.nowSeconds, settings) else { return end }
        try database.execute("update session set expires_at = \(renewed) where id = \(id) and expires_at < \(renewed)")
        return renewed
    }

    /// Nil while there is no need of another end.
    static func renewedEnd(_ end: Int?, on occasion: Occasion, now: Int, _ settings: Settings) -> Int? {
        guard settings[Setting.enableSessionRenewal], let end, case .seconds(let lifetime) = settings.jwtLifetime,
            occasion.isDue(left: end - now, of: lifetime)
        else { return nil }
        return now + lifetime
    }
}
