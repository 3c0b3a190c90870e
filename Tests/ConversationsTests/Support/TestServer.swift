import Accounts
import Conversations
import Core
import Crypto
import Events
import Foundation
import HTTP
import Logging
import Outbound
import Postgres
import Synchronization
import Testing

/// The routes of conversations over a database of their own: a whole request in, a whole response out.
final class TestServer: Sendable {
    private let schema: String
    private let table = RouteTable(ConversationsFeature.routes)
    private let shared: Context.Shared
    private let events: EventsListener

    private static let migrations = URL(filePath: #filePath).appending(path: "../../../../migrations").standardized.path

    private init(schema: String, environment: [String: String]) throws {
        self.schema = schema
        events = try EventsListener()
        let environment = environment.merging(["WEBUI_SECRET_KEY": "test-secret"]) { own, _ in own }
        shared = Context.Shared(
            settings: LiveSettings(base: try Settings(source: Settings.Source(environment: environment))),
            publisher: Publisher(socketPath: events.path),
            log: Logger(label: "conversations-tests")
        )
    }

    /// Runs `body` with an empty server, set up by environment variables.
    static func run(_ environment: [String: String] = [:], _ body: (TestServer) throws -> Void) throws {
        try TestDatabase.withSchema { keeper, schema in
            // One extension serves all schemas; making it twice at once fails.
            try keeper.transaction {
                try keeper.execute("select pg_advisory_xact_lock(7731)")
                try keeper.script("create extension if not exists pg_trgm schema public")
            }
            let server = try TestServer(schema: schema.name, environment: environment)
            defer { server.events.close() }
            _ = try Migrator(connection: server.connect(), directory: migrations).migrate()
            try body(server)
        }
    }

    /// What was sent to pages, in order.
    func emissions() throws -> [EventsListener.Emission] {
        try events.all(of: shared.publisher)
    }

    func connect(url: String = TestDatabase.url) -> Connection {
        Connection(url: url, name: "swiftlet-tests", options: "-c search_path=\(schema),public")
    }

    /// Makes an account that is signed in.
    func client(_ name: String = "user", role: Role = .user) throws -> TestClient {
        let database = connect()
        let id = UUID().uuidString.lowercased()
        try database.execute(
            """
            insert into account (id, email, name, role, last_active_at, created_at, updated_at)
            values (\(id), \(id + "@example.com"), \(name), \(role.rawValue), 0, 0, 0)
            """
        )
        let session = UUID().uuidString
        try database.execute("insert into session (id, account_id, created_at) values (\(session), \(id), 0)")
        let token = SessionToken.issue(userID: id, expiresAt: nil, jti: session, key: Array("test-secret".utf8))
        return TestClient(server: self, id: id, token: token)
    }

    /// The token is sent in the bearer header.
    func call(
        _ method: HTTP.Method,
        _ path: String,
        body: [UInt8],
        token: String?,
        on database: Connection
    ) throws -> Answer {
        let parts = path.split(separator: "?", maxSplits: 1)
        var fields = Headers()
        if let token { fields.add("Authorization", "Bearer " + token) }
        let request = Request(
            method: method,
            path: String(parts[0]),
            query: Query(parts.count > 1 ? String(parts[1]) : ""),
            headers: fields,
            body: .bytes(body)
        )
        guard case .found(let route, let parameters) = table.find(method, request.path) else {
            return Answer(APIError.notFound().response)
        }
        let context = Context(
            request: request,
            parameters: parameters,
            database: database,
            http: HTTPClient(policy: .administrator),
            shared: shared
        )
        do {
            try context.check(route.access)
            return Answer(try route.handler(context))
        } catch let error as APIError {
            return Answer(error.response)
        }
    }
}

/// An account with a connection of its own.
struct TestClient: Sendable {
    let server: TestServer
    let id: String
    let token: String?

    /// Somebody who is not signed in.
    static func anonymous(_ server: TestServer) -> TestClient {
        TestClient(server: server, id: "", token: nil)
    }

    func call(_ method: HTTP.Method, _ path: String, _ body: JSONValue? = nil) throws -> Answer {
        try server.call(method, path, body: body?.bytes ?? [], token: token, on: server.connect())
    }

    func call(_ method: HTTP.Method, _ path: String, text: String) throws -> Answer {
        try server.call(method, path, body: Array(text.utf8), token: token, on: server.connect())
    }

    /// The JSON of an answer that must be a success.
    @discardableResult
    func ok(
        _ method: HTTP.Method,
        _ path: String,
        _ body: JSONValue? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        let answer = try call(method, path, body)
        try #require(
            answer.status == 200,
            "\(method) \(path): \(answer.json.text.prefix(300))",
            sourceLocation: sourceLocation
        )
        return answer.json
    }
}

/// A response as a test looks at it.
struct Answer: Sendable {
    let status: Int
    let json: JSONValue

    init(_ response: Response) {
        status = response.status
        json = (try? JSONValue(parsing: response.body)) ?? .null
    }

    var detail: String? { json["detail"]?.string }
}

/// Runs a closure several times at the same moment, each time in a thread of its own; the results in order.
func together<R: Sendable>(_ count: Int, _ call: @escaping @Sendable (Int) throws -> R) throws -> [R] {
    let results = Mutex<[Int: Result<R, any Error>]>([:])
    let arrived = Mutex(0)
    let condition = Condition()
    for index in 0..<count {
        let isStarted = NativeThread.start("test-\(index)", stack: 8 << 20) {
            arrived.withLock { $0 += 1 }
            condition.signal()
            condition.wait { arrived.withLock { $0 == count } }
            let result = Result { try call(index) }
            results.withLock { $0[index] = result }
            condition.signal()
        }
        try #require(isStarted)
    }
    condition.wait { results.withLock { $0.count == count } }
    return try (0..<count).map { index in try results.withLock { try #require($0[index]).get() } }
}
