import Accounts
import Core
import Events
import Foundation
import HTTP
import Logging
import Outbound
import Postgres

@testable import Conversations

/// A socket of an account, and what the daemon asks about its events.
struct NoteSocket: Sendable {
    let sid = UUID().uuidString
    let client: TestClient
    let shared: Context.Shared

    init(_ client: TestClient, _ shared: Context.Shared) throws {
        (self.client, self.shared) = (client, shared)
        try client.server.connect().execute(
            "insert into socket_session (sid, daemon, epoch, account_id) values (\(sid), 'test', '1', \(client.id))"
        )
    }

    @discardableResult
    func send(
        _ event: String,
        _ form: JSONValue,
        as account: String?? = nil,
        on database: Connection? = nil
    ) throws -> JSONValue? {
        let context = Context(
            request: Request(method: .post, path: "/_internal/socket/event"),
            parameters: [:],
            database: database ?? client.server.connect(),
            http: HTTPClient(policy: .administrator),
            shared: shared
        )
        return try NoteSocketEvents.handle(
            event: event,
            arguments: [form],
            sid: sid,
            account: account ?? client.id,
            context: context
        )
    }

    func join(_ note: String) throws {
        try send("ydoc:document:join", ["document_id": .string("note:\(note)"), "user_color": "#123456"])
    }

    func write(_ update: [UInt8], to note: String, content: JSONValue? = nil, on database: Connection? = nil) throws {
        var form: JSONValue = [
            "document_id": .string("note:\(note)"), "update": .array(update.map { JSONValue(Int($0)) }),
        ]
        if let content { form["data"] = ["content": content] }
        try send("ydoc:document:update", form, on: database)
    }

    func write(_ hex: String, to note: String, content: JSONValue? = nil) throws {
        try write(YjsSample.bytes(hex), to: note, content: content)
    }

    func close() throws { try client.server.connect().execute("delete from socket_session where sid = \(sid)") }
}

/// A server whose events are kept.
struct NoteSite {
    let server: TestServer
    let shared: Context.Shared
    private let listener: EventsListener

    static func run(_ body: (NoteSite) throws -> Void) throws {
        try TestServer.run { server in
            let listener = try EventsListener()
            defer { listener.close() }
            let shared = Context.Shared(
                settings: LiveSettings(
                    base: try Settings(source: Settings.Source(environment: ["WEBUI_SECRET_KEY": "test-secret"]))
                ),
                publisher: Publisher(socketPath: listener.path),
                log: Logger(label: "conversations-tests")
            )
            try body(NoteSite(server: server, shared: shared, listener: listener))
        }
    }

    func socket(_ client: TestClient) throws -> NoteSocket { try NoteSocket(client, shared) }

    func emissions(_ event: String) throws -> [EventsListener.Emission] {
        try listener.all(of: shared.publisher).filter { $0.event == event }
    }

    /// The states that a socket was sent, as bytes.
    func states(of socket: NoteSocket) throws -> [[UInt8]] {
        try emissions("ydoc:document:state").filter { $0.rooms == [socket.sid] }.map {
            ($0.payload["state"]?.array ?? []).compactMap { $0.int.map { UInt8($0) } }
        }
    }

    func log(_ note: String) throws -> [[UInt8]] {
        try server.connect().query("select update from note_update where note_id = \(note) order by position")
            .map { try $0.bytes(0) }
    }
}

/// What the client of this id types: one letter behind the other.
func letter(_ index: Int, client: UInt64 = 7) -> [UInt8] {
    var writer = YjsWriter()
    for number in [1, 1, client, UInt64(index)] { writer.number(number) }
    if index == 0 {
        writer.append([4, 1, 4] + Array("text".utf8))
    } else {
        writer.append([0x84])
        writer.number(client)
        writer.number(UInt64(index - 1))
    }
    writer.append([1, UInt8(ascii: "a") + UInt8(index % 26), 0])
    return writer.bytes
}
