import Core
package import Postgres

/// The queue of turns. Whoever puts one in notifies; whoever takes one out holds it by a lease that has to be renewed.
package enum TurnStore {
    /// Notified with a turn's id when one is queued.
    package static let queued = "swiftlet_turns"
    /// Notified with a turn's id when it is to stop.
    package static let stop = "swiftlet_stop"
    /// Notified with an account's id when one of its clients may have missed a part of an answer.
    package static let resync = "swiftlet_resync"
    /// Notified with an account's id and a socket's, with a space between, when the socket can hear the account's events.
    package static let joined = "swiftlet_joined"

    /// Seconds after which a process that has not renewed its lease is taken to be dead.
    static let lease = 10

    /// Ends a transaction before it is on disk. Where only the client who asked waits for an answer and nobody keeps it, its row need not
    /// outlive a crash of the database; and a crash that undoes the last step does no harm.
    private static let withoutFlush: SQL = "set_config('synchronous_commit', 'off', true)"

    /// Why a turn is not taken.
    package enum Obstacle: Error {
        /// The account has as many unfinished turns as it may have.
        case tooMany
        /// An answer is being written into the message, and nobody has stopped it.
        case messageIsBusy
    }

    /// Checks whether a turn may be queued. The limit is that of the account's unfinished turns; 0 for no limit.
    ///
    /// - Throws: `Obstacle`.
    package static func admit(_ turn: Turn, limit: Int, _ database: Connection) throws {
        if limit > 0 {
            let unfinished = try database.query(
                "select count(*) from (select from turn where account_id = \(turn.accountID) limit \(limit)) as t"
            )
            if try (unfinished.first?.int(0) ?? 0) >= limit { throw Obstacle.tooMany }
        }
        guard let place = turn.storedPlace else { return }
        // Two requests for one message come here one after the other.
        try database.execute("select from chat where id = \(place.chatID) for no key update")
        let busy = try database.query(
            """
            select from turn t join chat_message m on m.chat_id = t.chat_id and m.id = t.message_id and m.streaming
            where t.chat_id = \(place.chatID) and t.message_id = \(place.messageID) and not t.stopped
            """
        )
        if !busy.isEmpty { throw Obstacle.messageIsBusy }
    }

    package static func enqueue(_ turn: Turn, _ database: Connection) throws {
        let place = turn.place
        let key: String? = if case .stream(let key) = turn.reply { key } else { nil }
        // In one round trip: whoever asks waits for it.
        _ = try database.query(
            """
            with added as (
                insert into turn (id, account_id, chat_id, message_id, session_id, reply, stream_key, request)
                values (\(turn.id), \(turn.accountID), \(place?.chatID), \(place?.messageID), \(place?.sessionID),
                        \(place == nil ? "stream" : "events"), \(key), \(VerbatimJSON(.object(turn.request))))
                returning id, reply
            )
            select pg_notify(\(queued), id), case when reply = 'stream' then \(withoutFlush) end from added
            """
        )
    }

    /// Takes up to `limit` turns. One whose message is still being closed after a stop waits for that. Accounts that have the fewest running come
    /// first, then those that wait the longest.
    static func claim(limit: Int, owner: String, _ database: Connection) throws -> [Turn] {
        try database.query(
            """
            with running as (
                select account_id, count(*) as number from turn where state = 'running' group by account_id
            ), waiting as (
                select t.id, t.queued_at,
                    coalesce(r.number, 0) + row_number() over (partition by t.account_id order by t.queued_at) as place
                from turn t left join running r using (account_id) where t.state = 'queued' and not exists (
                    select from turn o where o.chat_id = t.chat_id and o.message_id = t.message_id
                        and o.account_id = t.account_id and o.state = 'running' and o.stopped)
            ), chosen as (
                select t.id from turn t
                where t.id in (select id from waiting order by place, queued_at limit \(limit)) and t.state = 'queued'
                for update skip locked
            ), claimed as (
                update turn set state = 'running', owner = \(owner), attempts = attempts + 1,
                    lease_until = clock_timestamp() + make_interval(secs => \(lease)), shown = shown or reply = 'stream'
                from chosen where turn.id = chosen.id
                returning \(Turn.columns)
            )
            select *, case when (select bool_and(reply = 'stream') from claimed) then \(withoutFlush) end from claimed
            """
        ).map(Turn.init)
    }

    static func release(_ id: String, owner: String, _ database: Connection) throws {
        try database.execute(
            "update turn set state = 'queued', owner = null, lease_until = null where id = \(id) and owner = \(owner)"
        )
    }

    static func renewLease(owner: String, _ database: Connection) throws {
        try database.execute(
            "update turn set lease_until = clock_timestamp() + make_interval(secs => \(lease)) where owner = \(owner)"
        )
    }

    /// Puts turns of dead processes back into the queue if nothing of their answer was shown, and takes over the others, to be closed.
    static func takeOver(owner: String, _ database: Connection) throws -> [Turn] {
        try database.transaction {
            let requeued = try database.execute(
                """
                update turn set state = 'queued', owner = null, lease_until = null
                where state = 'running' and lease_until < clock_timestamp() and not shown and attempts < 3
                """
            )
            if requeued > 0 { try database.notify(channel: queued, payload: "") }
            return try database.query(
                """
                with lost as (
                    select id from turn where state = 'running' and lease_until < clock_timestamp() for update skip locked
                )
                update turn set owner = \(owner), lease_until = clock_timestamp() + make_interval(secs => \(lease))
                from lost where turn.id = lost.id
                returning \(Turn.columns)
                """
            ).map(Turn.init)
        }
    }

    /// Locks the row of a turn whose answer ends, and which must not begin again from here on; false when another process has taken it
    /// over meanwhile.
    static func lockEnding(_ id: String, owner: String, _ database: Connection) throws -> Bool {
        try database.execute("update turn set shown = true where id = \(id) and owner = \(owner)") > 0
    }

    static func remove(_ id: String, owner: String, _ database: Connection) throws {
        _ = try database.query(
            """
            delete from turn where id = \(id) and owner = \(owner)
            returning case when reply = 'stream' then \(withoutFlush) end
            """
        )
    }

    /// Asks for the end of a turn of this account; nil is an admin, who may stop anybody's. False when there is no such turn.
    package static func requestStop(_ id: String, account: String?, _ database: Connection) throws -> Bool {
        let condition: SQL = account.map { "and account_id = \($0)" } ?? ""
        let found = try database.execute("update turn set stopped = true where id = \(id) \(condition)")
        if found > 0 { try database.notify(channel: stop, payload: id) }
        return found > 0
    }

    package static func ids(account: String?, _ database: Connection) throws -> [String] {
        let condition: SQL = account.map { "where account_id = \($0)" } ?? ""
        return try database.query("select id from turn \(condition) order by queued_at").map { try $0.text(0) }
    }

    package static func ids(chat: String, account: String, _ database: Connection) throws -> [String] {
        try database.query(
            "select id from turn where chat_id = \(chat) and account_id = \(account) and not stopped order by queued_at"
        ).map { try $0.text(0) }
    }
}
