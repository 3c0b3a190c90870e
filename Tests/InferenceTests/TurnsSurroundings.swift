import Core
import Crypto
import Events
import Logging
import Outbound
import Postgres
import Wire

@testable import Inference

/// Runs turns as the turns process does, one at a time.
extension TasksSurroundings {
    func runner() -> TurnRunner {
        let schema = schema
        let pool = ConnectionPool(limit: 2) { Self.connect(schema) }
        return TurnRunner(
            TurnRunner.Shared(
                pool: pool,
                settings: settings,
                publisher: publisher,
                checkpoints: Checkpoints(pool: pool, log: log),
                owner: "tests",
                log: log
            )
        )
    }

    /// Queues a turn, claims it and runs it to its end.
    func run(_ body: JSONObject, reply: Turn.Reply, kind: Turn.Kind = .chat) throws {
        let turn = Turn(id: Random.uuid(), accountID: accountID, reply: reply, kind: kind, body: body)
        try TurnStore.enqueue(turn, database)
        for turn in try TurnStore.claim(limit: 1, owner: "tests", database) {
            runner().run(turn, control: TurnControl())
        }
    }

    /// An answer told by events, into the message `m1` of a chat; without one the chat is temporary.
    func answer(_ body: JSONObject, in chat: String = Turn.Place.temporaryChat) throws {
        var request: JSONObject = ["stream": true, "messages": [["role": "user", "content": "Hi"]]]
        for (key, value) in body { request[key] = value }
        let place = Turn.Place(chatID: chat, messageID: "m1", sessionID: "")
        try run(request, reply: .events(place))
    }

    /// What was told by events of one type.
    static func data(_ told: [JSONValue], _ type: String) -> [JSONValue] {
        told.filter { $0["type"]?.string == type }.map { $0["data"] ?? .null }
    }

    /// The message `m1` as it is kept: its text, and its other members.
    func stored(in chat: String) throws -> (content: String, body: JSONValue) {
        let row = try database.query(
            "select content, body::text from chat_message where chat_id = \(chat) and id = 'm1'"
        )[0]
        return (try row.text(0), try JSONValue(parsing: row.text(1)))
    }

    /// An answer that is the client's response.
    struct Streamed {
        var status: UInt16?
        var headers: [String: String] = [:]
        var body: [UInt8] = []

        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
        /// What the events of a stream say.
        var events: [JSONValue] {
            text.split(separator: "\n").compactMap { line in
                line.hasPrefix("data: ") ? try? JSONValue(parsing: String(line.dropFirst(6))) : nil
            }
        }
    }

    func respond(to body: JSONObject, kind: Turn.Kind = .chat) throws -> Streamed {
        try run(body, reply: .stream(key: "key"), kind: kind)
        var response = Streamed()
        for frame in try frames() {
            switch frame {
            case .streamHead(_, let status, let headers):
                response.status = status
                for header in headers { response.headers[header.name.lowercased()] = header.value }
            case .streamWrite(_, let bytes): response.body += bytes
            default: break
            }
        }
        return response
    }

    /// One provider with one model, `near`, at this server.
    static func provider(_ server: TestServer, key: String = "sk-secret-1234") -> JSONObject {
        [
            "OPENAI_API_BASE_URLS": [.string(server.url("/v1"))], "OPENAI_API_KEYS": [.string(key)],
            "OPENAI_API_CONFIGS": ["0": ["model_ids": ["near"]]],
        ]
    }
}
