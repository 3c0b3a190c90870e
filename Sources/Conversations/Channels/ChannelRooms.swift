import Accounts
import Core
package import Events
package import Postgres

/// Which sockets hear of which channels: those of an account hear of the ones it reads, from the moment it may until it may not.
package enum ChannelRooms {
    /// The rooms that a socket of the account enters.
    package static func rooms(for account: String, _ database: Connection) throws -> [String] {
        try ChannelStore.ids(readableBy: account, database).map(Room.channel)
    }

    /// Lets sockets in and out after the access to a channel has changed, or the channel was made.
    static func refresh(_ channel: Channel, _ publisher: Publisher, _ database: Connection) throws {
        let sockets = try database.query(
            """
            select s.sid, \(ChannelReaders(channel).condition)
            from socket_session s join account a on a.id = s.account_id
            """
        ).map { (sid: try $0.text(0), mayHear: try $0.bool(1)) }
        let room = Room.channel(channel.id)
        database.afterCommit {
            for socket in sockets where !socket.mayHear { publisher.leave(sid: socket.sid, rooms: [room]) }
            for socket in sockets where socket.mayHear { publisher.join(sid: socket.sid, rooms: [room]) }
            settle(publisher)
        }
    }

    /// The same after members have come to a group or gone from it.
    package static func refresh(ofGroup id: String, _ publisher: Publisher, _ database: Connection) throws {
        for channel in try ChannelStore.all(naming: id, database) { try refresh(channel, publisher, database) }
    }

    /// The same for all sockets of one account, after its groups have changed.
    package static func refresh(ofAccount id: String, _ publisher: Publisher, _ database: Connection) throws {
        let sockets = try database.query("select sid from socket_session where account_id = \(id)").map {
            try $0.text(0)
        }
        guard !sockets.isEmpty else { return }
        let own = try rooms(for: id, database)
        let others = Set(try database.query("select id from channel").map { Room.channel(try $0.text(0)) }).subtracting(
            own
        )
        database.afterCommit {
            for sid in sockets {
                publisher.leave(sid: sid, rooms: Array(others))
                publisher.join(sid: sid, rooms: own)
            }
            settle(publisher)
        }
    }

    /// Waits until the daemon has done it, lest an event that another process sends next still reaches whoever was put out.
    private static func settle(_ publisher: Publisher) {
        do {
            try publisher.ping()
        } catch {
            // The daemon is away, and with it all sockets.
        }
    }
}
