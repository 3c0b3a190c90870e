import Core
import HTTP
import Postgres

extension SessionStore {
    /// Seconds between two notes of a session's use.
    private static let noteInterval = 60

    /// Notes from where a session is used, at most once a minute. One that is past the middle of its life gets a new one, so that
    /// what is in use does not end.
    static func noteUse(of caller: Caller, _ request: Request, _ settings: Settings, _ database: Connection) throws {
        guard case .session(let id) = caller.credential else { return }
        let now = Clock.nowSeconds
        if let last = caller.sessionUsedAt, now - last < noteInterval { return }
        try database.execute(
            """
            update session set last_used_at = \(now), address = \(request.client.address), user_agent = \(userAgent(of: request)),
                expires_at = \(renewedEnd(caller.expiresAt, now: now, settings) ?? caller.expiresAt)
            where id = \(id) and expires_at is not distinct from \(caller.expiresAt)
            """
        )
    }

    /// Gives a session past the middle of its life a new one.
    ///
    /// - Returns: when it ends now.
    static func renew(_ id: String, endingAt end: Int?, _ settings: Settings, _ database: Connection) throws -> Int? {
        guard let renewed = renewedEnd(end, now: Clock.nowSeconds, settings) else { return end }
        try database.execute("update session set expires_at = \(renewed) where id = \(id) and expires_at < \(renewed)")
        return renewed
    }

    /// Nil while there is no need of another end.
    static func renewedEnd(_ end: Int?, now: Int, _ settings: Settings) -> Int? {
        guard settings[Setting.enableSessionRenewal], let end, case .seconds(let lifetime) = settings.jwtLifetime,
            end - now < lifetime / 2
        else { return nil }
        return now + lifetime
    }
}
