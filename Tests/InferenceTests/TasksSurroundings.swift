import Accounts
import Conversations
import Core
import Crypto
import Events
import Foundation
import Glibc
import HTTP
import Logging
import Outbound
import Postgres
import Testing
import Wire

@testable import Inference

/// A migrated database with an account, the demonstration as the only model unless the environment says otherwise, and the events told.
final class TasksSurroundings {
    let database: Connection
    let accountID: String
    let token: String
    let settings: LiveSettings
    let publisher: Publisher
    private let events: EventsListener
    let schema: String
    let log = Logger(label: "tasks-tests")

    private static let migrations = URL(filePath: #filePath).appending(path: "../../../migrations").standardized.path

    static func run(
        _ environment: [String: String] = [:],
        role: Role = .user,
        _ body: (TasksSurroundings) throws -> Void
    ) throws {
        try TestDatabase.withSchema { keeper, schema in
            // One extension serves all schemas; making it twice at once fails.
            try keeper.transaction {
                try keeper.execute("select pg_advisory_xact_lock(7731)")
                try keeper.script("create extension if not exists pg_trgm schema public")
            }
            try body(TasksSurroundings(schema.name, environment, role))
        }
    }

    private init(_ schema: String, _ environment: [String: String], _ role: Role) throws {
        self.schema = schema
        database = Self.connect(schema)
        _ = try Migrator(connection: database, directory: Self.migrations).migrate()
        // Catalogs are cached by process, for one database. Versions that no other test has keep the tests' databases apart.
        try database.execute("update setting_version set version = \(Int.random(in: 1...1 << 60))")
        let defaults = ["WEBUI_SECRET_KEY": "test-secret", "ENABLE_OLLAMA_API": "false"]
        settings = LiveSettings(
            base: try Settings(source: Settings.Source(environment: environment.merging(defaults) { own, _ in own }))
        )
        events = try EventsListener()
        publisher = Publisher(socketPath: events.path)
        accountID = Random.uuid()
        let session = Random.uuid()
        try database.execute(
            """
            insert into account (id, email, name, role, last_active_at, created_at, updated_at)
            values (\(accountID), 'ada@example.com', 'Ada', \(role.rawValue), 0, 0, 0)
            """
        )
        try database.execute("insert into session (id, account_id, created_at) values (\(session), \(accountID), 0)")
        token = SessionToken.issue(userID: accountID, expiresAt: nil, jti: session, key: Array("test-secret".utf8))
    }

    static func connect(_ schema: String) -> Connection {
        Connection(url: TestDatabase.url, name: "swiftlet-tests", options: "-c search_path=\(schema),public")
    }

    /// One model, `far`, on a port where nobody listens.
    static let deadProvider: JSONObject = [
        "OPENAI_API_BASE_URLS": ["http://127.0.0.1:9/v1"], "OPENAI_API_KEYS": ["k"],
        "OPENAI_API_CONFIGS": ["0": ["model_ids": ["far"]]],
    ]

    /// Saves settings as administrators do.
    func save(_ values: JSONObject) throws {
        let known = try values.map { name, value in
            (key: try #require(Setting.all.first { $0.name == name }), value: value)
        }
        try SettingsStore.save(known, database)
        try settings.reload(database)
    }

    /// A chat whose messages `m0`, `m1` … come by turns from the user and the assistant.
    func chat(_ texts: [String]) throws -> String {
        let id = Random.uuid()
        var messages: JSONObject = [:]
        for (index, text) in texts.enumerated() {
            messages["m\(index)"] = [
                "id": "m\(index)", "parentId": index == 0 ? nil : "m\(index - 1)",
                "role": index % 2 == 0 ? "user" : "assistant",
                "content": .string(text),
            ]
        }
        try ChatStore.insert(
            id,
            owner: accountID,
            ["title": "New Chat", "history": ["messages": .object(messages), "currentId": "m\(texts.count - 1)"]],
            ChatStore.Frame(),
            database
        )
        return id
    }

    /// Keeps house after an answer. The model is the demonstration unless the request's body says otherwise.
    func keepHouse(
        _ chatID: String,
        message: String,
        _ tasks: JSONObject,
        body: JSONObject = [:],
        answer: String? = nil,
        isStopped: Bool = false
    ) throws {
        let runner = runner()
        var request: JSONObject = ["model": .string(DemonstrationModel.id), "background_tasks": .object(tasks)]
        for (key, value) in body { request[key] = value }
        let place = Turn.Place(chatID: chatID, messageID: message, sessionID: "socket")
        let turn = Turn(id: Random.uuid(), accountID: accountID, reply: .events(place), kind: .chat, body: request)
        let control = TurnControl()
        if isStopped { control.stop() }
        let events = TurnEvents(publisher: publisher, accountID: accountID, place: place)
        Housekeeping(
            runner: runner,
            turn: turn,
            place: place,
            surroundings: try runner.surroundings(of: turn),
            events: events,
            control: control,
            answer: answer
        ).run()
    }

    /// What was told so far; nothing more can be told afterwards.
    func told() throws -> [JSONValue] {
        try frames().compactMap { frame in
            guard case .emit(_, _, let event, _) = frame else { return nil }
            return try JSONValue(parsing: event)[1]?["data"] ?? .null
        }
    }

    /// All that went to the daemon so far; nothing more can go there afterwards.
    func frames() throws -> [EventFrame] {
        publisher.close()
        return try events.all()
    }

    /// A response as a test looks at it.
    struct Answer {
        let status: Int
        let json: JSONValue
        let headers: [String: String]

        init(_ response: Response) {
            status = response.status
            json = (try? JSONValue(parsing: response.body)) ?? .null
            headers = Dictionary(response.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        }

        /// What the model said, in a completion.
        var content: String? { json["choices"]?[0]?["message"]?["content"]?.string }
    }

    func call(
        _ method: HTTP.Method,
        _ path: String,
        _ body: JSONValue? = nil,
        routes: [Route<Context>] = TaskRoutes.all
    ) throws -> Answer {
        var headers = Headers()
        headers.add("Authorization", "Bearer \(token)")
        let request = Request(method: method, path: path, headers: headers, body: .bytes(body?.bytes ?? []))
        guard case .found(let route, let parameters) = RouteTable(routes).find(method, path) else {
            throw APIError.notFound()
        }
        let context = Context(
            request: request,
            parameters: parameters,
            database: database,
            http: HTTPClient(policy: .administrator),
            shared: Context.Shared(settings: settings, publisher: publisher, log: log)
        )
        do {
            try context.check(route.access)
            return Answer(try route.handler(context))
        } catch let error as APIError {
            return Answer(error.response)
        }
    }
}

/// Stands where the daemon listens for events, and reads them when all is said.
private final class EventsListener {
    let path: String
    private let descriptor: Int32

    struct Failure: Error {}

    init() throws {
        path = "/tmp/swiftlet-\(Random.hex(8)).sock"
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(descriptor, 8) == 0 else { throw Failure() }
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    /// The frames. The sender has closed its end; if it never sent anything, nobody connected.
    func all() throws -> [EventFrame] {
        guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else { throw Failure() }
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { return [] }
        defer { close(connection) }
        var decoder = EventFrameDecoder()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { break }
            decoder.append(buffer[..<count])
        }
        var frames: [EventFrame] = []
        while let frame = try decoder.next() { frames.append(frame) }
        return frames
    }
}
