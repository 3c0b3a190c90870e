import Postgres

/// The hosts that are up, and what they say to each other.
enum HostStore {
    static let channel = "swiftlet_hosts"
    /// Seconds without a sign after which a host is taken to be away.
    static let patience = 10
    /// Seconds after which a host that is away is forgotten, and its sockets with it.
    static let memory = 120
    /// Seconds for which long messages are kept for those who read them.
    private static let messageLife = 60

    /// Says that this host is up.
    /// - Returns: the other hosts that are up.
    static func beat(_ name: String, epoch: String, _ database: Connection) throws -> Set<String> {
        try database.execute(
            """
            insert into host (name, epoch, seen_at) values (\(name), \(epoch), clock_timestamp())
            on conflict (name) do update set epoch = excluded.epoch, seen_at = excluded.seen_at
            """
        )
        let others = try database.query(
            """
            select name from host
            where name <> \(name) and seen_at > clock_timestamp() - make_interval(secs => \(patience))
            """
        )
        return try Set(others.map { try $0.text(0) })
    }

    static func remove(_ name: String, epoch: String, _ database: Connection) throws {
        try database.execute("delete from host where name = \(name) and epoch = \(epoch)")
    }

    /// Forgets hosts that did not come back, with the sockets they held.
    static func clean(_ database: Connection) throws {
        try database.execute(
            """
            with gone as (
                delete from host where seen_at < clock_timestamp() - make_interval(secs => \(memory)) returning name
            )
            delete from socket_session where daemon in (select name from gone)
            """
        )
        try database.execute(
            "delete from host_message where created_at < clock_timestamp() - make_interval(secs => \(messageLife))"
        )
    }

    /// The host whose daemon holds a socket.
    static func holder(of sid: String, _ database: Connection) throws -> String? {
        try database.query("select daemon from socket_session where sid = \(sid)").first?.text(0)
    }

    static func send(_ parts: [UInt8], host: String, epoch: String, number: Int, _ database: Connection) throws {
        try database.transaction {
            var body = HostMessage.Body.parts(parts)
            if parts.count > HostMessage.maximumInline {
                let row = try database.query("insert into host_message (parts) values (\(parts)) returning id")
                body = .row(try row[0].int(0))
            }
            let message = HostMessage(host: host, epoch: epoch, number: number, body: body)
            try database.notify(channel: channel, payload: message.payload)
        }
    }

    static func parts(of id: Int, _ database: Connection) throws -> [UInt8]? {
        try database.query("select parts from host_message where id = \(id)").first?.bytes(0)
    }
}
