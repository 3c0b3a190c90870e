package import Accounts
import Conversations
import Core
import Events
package import HTTP
import Postgres

/// What the daemon that holds the sockets asks: who connects, and what a client's event means. Answers may name rooms to join or to leave,
/// a `tag` that comes back with each later question about the socket, and the arguments of an acknowledgement.
package enum SocketRoutes {
    package static let all: [Route<Context>] = [
        Route(.post, "/_internal/socket/connect", .daemon, connect),
        Route(.post, "/_internal/socket/event", .daemon, event),
        Route(.post, "/_internal/socket/disconnect", .daemon, disconnect),
        Route(.post, "/_internal/socket/reset", .daemon, reset),
    ]

    /// A socket with a bad token is let in, as clients rely on, and hears nothing.
    private static func connect(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        guard let caller = try caller(form["auth"]?["token"]?.string, context) else { return .json([:]) }
        return .json(try join(form, caller, context))
    }

    private static func event(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let arguments = try form.list("args")
        let event = try form.string("event")
        let sid = try form.string("sid")
        if let answer = try NoteSocketEvents.handle(
            event: event,
            arguments: arguments,
            sid: sid,
            account: form["tag"]?.string,
            context: context
        ) {
            return .json(answer)
        }
        if let answer = try ChannelSocketEvents.handle(
            event: event,
            arguments: arguments,
            account: form["tag"]?.string,
            context: context
        ) {
            return .json(answer)
        }
        switch event {
        case "user-join":
            guard let caller = try caller(arguments.first?["auth"]?["token"]?.string, context) else {
                return .json(["ack": []])
            }
            var answer = try join(form, caller, context)
            try context.database.notify(channel: TurnStore.joined, payload: "\(caller.account.id) \(sid)")
            answer["ack"] = [["id": .string(caller.account.id), "name": .string(caller.account.name)]]
            return .json(answer)
        case "join-channels":
            // A page asks this when it has made a channel.
            guard let caller = try caller(arguments.first?["auth"]?["token"]?.string, context) else {
                return .json(["ack": []])
            }
            var answer = try join(form, caller, context)
            answer["ack"] = []
            return .json(answer)
        case "usage":
            try noteUsage(form, arguments.first ?? [:], context)
            return .json(["ack": []])
        default:
            throw APIError.notFound()
        }
    }

    private static func disconnect(_ context: Context) throws -> Response {
        let sid = try Form(context.request).string("sid")
        try SocketSessionStore.remove(sid, context.database)
        return .json([:])
    }

    private static func reset(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        try SocketSessionStore.removeOld(SocketSessionStore.Daemon(form), context.database)
        return .json([:])
    }

    private static func caller(_ token: String?, _ context: Context) throws -> Caller? {
        guard let token, !token.isEmpty else { return nil }
        do {
            let caller = try Authenticator(settings: context.shared.settings, database: context.database).find(
                token: token,
                path: nil
            )
            return caller.account.role == .pending ? nil : caller
        } catch is APIError {
            return nil
        }
    }

    private static func join(_ form: Form, _ caller: Caller, _ context: Context) throws -> JSONValue {
        let sessionID: String? = if case .session(let id) = caller.credential { id } else { nil }
        try SocketSessionStore.insert(
            try form.string("sid"),
            of: SocketSessionStore.Daemon(form),
            account: caller.account.id,
            session: sessionID,
            context.database
        )
        // A page that comes back in the middle of an answer gets what it missed.
        try context.database.notify(channel: TurnStore.resync, payload: caller.account.id)
        let rooms = [Room.user(caller.account.id)] + (try ChannelRooms.rooms(for: caller.account.id, context.database))
        return ["join": JSONValue(rooms), "tag": .string(caller.account.id)]
    }

    private static func noteUsage(_ form: Form, _ usage: JSONValue, _ context: Context) throws {
        guard form["tag"]?.string != nil, let model = usage["model"]?.string, model.utf8.count <= 255 else { return }
        try SocketSessionStore.noteUsage(of: model, by: try form.string("sid"), context.database)
    }
}

/// The sockets that are open, and the models that their pages use.
enum SocketSessionStore {
    /// Which daemon holds a socket, since which start of it.
    struct Daemon {
        let name: String
        let epoch: String

        init(_ form: Form) throws {
            name = try form.string("daemon")
            epoch = try form.string("epoch")
        }
    }

    static func insert(_ sid: String, of daemon: Daemon, account: String, session: String?, _ database: Connection)
        throws
    {
        try database.execute(
            """
            insert into socket_session (sid, daemon, epoch, account_id, session_id)
            values (\(sid), \(daemon.name), \(daemon.epoch), \(account), \(session))
            on conflict (sid) do update set account_id = excluded.account_id, session_id = excluded.session_id
            """
        )
    }

    static func hasAny(account: String, _ database: Connection) throws -> Bool {
        try !database.query("select from socket_session where account_id = \(account) limit 1").isEmpty
    }

    static func belongs(_ sid: String, to account: String, _ database: Connection) throws -> Bool {
        try !database.query("select from socket_session where sid = \(sid) and account_id = \(account)").isEmpty
    }

    static func remove(_ sid: String, _ database: Connection) throws {
        try database.execute("delete from socket_session where sid = \(sid)")
        try database.execute("delete from model_usage where sid = \(sid)")
    }

    /// Those of a daemon that has started anew are gone.
    static func removeOld(_ daemon: Daemon, _ database: Connection) throws {
        try database.execute("delete from socket_session where daemon = \(daemon.name) and epoch <> \(daemon.epoch)")
        // What the sockets of a daemon that was killed said they use is of no use to anybody.
        try database.execute("delete from model_usage where seen_at < clock_timestamp() - interval '1 minute'")
    }

    static func noteUsage(of model: String, by sid: String, _ database: Connection) throws {
        try database.execute(
            """
            insert into model_usage (sid, model_id, seen_at) values (\(sid), \(model), clock_timestamp())
            on conflict (sid, model_id) do update set seen_at = excluded.seen_at
            """
        )
    }
}
