import API
import Accounts
import Core
import Crypto
import Events
import Foundation
import HTTP
import Logging
import Metrics
import Outbound
import Postgres
import Testing

/// The whole API as a worker answers it, over a database of its own.
final class AuditSite {
    static let key = "test-secret"
    private static let migrations = URL(filePath: #filePath).appending(path: "../../../migrations").standardized.path

    let database: Connection
    let shared: Context.Shared
    private let application: Application
    let schema: String

    private init(_ schema: String, _ environment: [String: String]) throws {
        self.schema = schema
        database = Self.connect(schema)
        _ = try Migrator(connection: database, directory: Self.migrations).migrate()
        let environment = environment.merging(["WEBUI_SECRET_KEY": Self.key, "ENABLE_OPENAI_API": "false"]) { own, _ in
            own
        }
        shared = Context.Shared(
            settings: LiveSettings(base: try Settings(source: Settings.Source(environment: environment))),
            publisher: Publisher(socketPath: ""),
            log: Logger(label: "api-tests")
        )
        try shared.settings.reload(database)
        application = Application(database: database, shared: shared)
    }

    static func run(_ environment: [String: String] = [:], _ body: (AuditSite) throws -> Void) throws {
        try TestDatabase.withSchema { keeper, schema in
            // One extension serves all schemas; making it twice at once fails.
            try keeper.transaction {
                try keeper.execute("select pg_advisory_xact_lock(7731)")
                try keeper.script("create extension if not exists pg_trgm schema public")
            }
            try body(AuditSite(schema.name, environment))
        }
    }

    static func connect(_ schema: String) -> Connection {
        Connection(url: TestDatabase.url, name: "swiftlet-tests", options: "-c search_path=\(schema),public")
    }

    func request(_ method: HTTP.Method, _ path: String, _ body: JSONValue? = nil, _ token: String? = nil) -> Request {
        let parts = path.split(separator: "?", maxSplits: 1)
        var request = Request(
            method: method,
            path: String(parts[0]),
            query: Query(parts.count > 1 ? String(parts[1]) : ""),
            headers: ["host": "chat.example.com", "user-agent": "tests", "content-type": "application/json"],
            body: .bytes(body?.bytes ?? [])
        )
        request.client.address = "192.0.2.1"
        if let token { request.headers.add("Authorization", "Bearer " + token) }
        return request
    }

    func call(_ method: HTTP.Method, _ path: String, _ body: JSONValue? = nil, as token: String? = nil)
        -> WorkspaceServer.Answer
    {
        WorkspaceServer.Answer(application.respond(to: request(method, path, body, token)))
    }

    /// What the last request took.
    var effort: RequestEffort { application.effort }

    /// Makes an account past the forms. Its token is one of the reference's, which needs no session.
    func person(_ name: String, _ role: Role = .user) throws -> (id: String, token: String) {
        let account = try AccountStore.insert(
            NewAccount(email: "\(name)@example.com", name: name, role: role, passwordHash: nil),
            database
        )
        return (account.id, SessionToken.sign(claims: [("id", .text(account.id))], key: Array(Self.key.utf8)))
    }
}
