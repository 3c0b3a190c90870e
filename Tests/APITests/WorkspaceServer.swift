import Accounts
import Administration
import Core
import Crypto
import Events
import Foundation
import HTTP
import Logging
import Outbound
import Postgres
import Testing
import Workspace

/// The routes of the workspace and of administration over a database of their own: a whole request in, a whole response out.
final class WorkspaceServer {
    private static let key = "test-secret"
    private static let table = RouteTable(
        AccountsFeature.routes + WorkspaceFeature.routes + AdministrationFeature.routes
    )
    private static let migrations = URL(filePath: #filePath).appending(path: "../../../migrations").standardized.path

    let database: Connection
    let http = HTTPClient(policy: .administrator)
    let shared: Context.Shared

    private init(_ database: Connection, _ environment: [String: String], _ log: Logger) throws {
        self.database = database
        let environment = environment.merging(["WEBUI_SECRET_KEY": Self.key]) { own, _ in own }
        shared = Context.Shared(
            settings: LiveSettings(base: try Settings(source: Settings.Source(environment: environment))),
            publisher: Publisher(socketPath: ""),
            log: log
        )
    }

    /// Runs `body` with an empty server, set up by environment variables.
    static func run(
        _ environment: [String: String] = [:],
        log: Logger = Logger(label: "api-tests"),
        _ body: (WorkspaceServer) throws -> Void
    ) throws {
        try TestDatabase.withSchema { keeper, schema in
            // One extension serves all schemas; making it twice at once fails.
            try keeper.transaction {
                try keeper.execute("select pg_advisory_xact_lock(7731)")
                try keeper.script("create extension if not exists pg_trgm schema public")
            }
            let database = Connection(
                url: TestDatabase.url,
                name: "swiftlet-tests",
                options: "-c search_path=\(schema.name),public"
            )
            _ = try Migrator(connection: database, directory: migrations).migrate()
            try body(WorkspaceServer(database, environment, log))
        }
    }

    /// Sends a request, with the caller's token if there is a caller.
    func call(
        _ method: HTTP.Method,
        _ path: String,
        _ body: JSONValue? = nil,
        as caller: Person? = nil,
        headers: [(String, String)] = []
    ) throws -> Answer {
        let parts = path.split(separator: "?", maxSplits: 1)
        var fields = Headers()
        for (name, value) in headers { fields.add(name, value) }
        if let caller { fields.add("Authorization", "Bearer " + caller.token) }
        let request = Request(
            method: method,
            path: String(parts[0]),
            query: Query(parts.count > 1 ? String(parts[1]) : ""),
            headers: fields,
            body: .bytes(body?.bytes ?? [])
        )
        do {
            guard case .found(let route, let parameters) = Self.table.find(method, request.path) else {
                throw APIError.notFound()
            }
            let context = Context(
                request: request,
                parameters: parameters,
                database: database,
                http: http,
                shared: shared
            )
            try context.check(route.access)
            return Answer(try route.handler(context))
        } catch let error as APIError {
            return Answer(error.response)
        }
    }

    /// Makes an account past the forms. Its token is one of the reference's, which needs no session.
    func person(_ name: String, _ role: Role = .user, picture: String? = nil) throws -> Person {
        var new = NewAccount(email: "\(name)@example.com", name: name, role: role, passwordHash: nil)
        if let picture { new.profileImageURL = picture }
        let account = try AccountStore.insert(new, database)
        return Person(
            id: account.id,
            token: SessionToken.sign(claims: [("id", .text(account.id))], key: Array(Self.key.utf8))
        )
    }

    /// Makes a group of these people.
    func group(_ members: [Person], permissions: JSONValue = [:]) throws -> String {
        let id = UUID().uuidString.lowercased()
        try database.execute(
            """
            insert into account_group (id, owner_id, name, permissions, created_at, updated_at)
            values (\(id), 'x', 'g', \(RawJSON(permissions)), 0, 0)
            """
        )
        for member in members {
            try database.execute("insert into membership (group_id, account_id) values (\(id), \(member.id))")
        }
        return id
    }

    /// Expects each route to refuse visitors, and people below the level that it needs.
    func expectRefusals(
        _ routes: [(HTTP.Method, String)],
        as refused: [Person],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for (method, path) in routes {
            let visitor = try call(method, path, [:])
            #expect(
                visitor.status == 401 && visitor.detail == Detail.notAuthenticated,
                "\(method) \(path)",
                sourceLocation: sourceLocation
            )
            for person in refused {
                let answer = try call(method, path, [:], as: person)
                #expect(
                    answer.status == 401 && answer.detail == Detail.accessProhibited,
                    "\(method) \(path)",
                    sourceLocation: sourceLocation
                )
            }
        }
    }

    struct Person {
        let id: String
        let token: String
    }

    /// A response as a test looks at it.
    struct Answer {
        let status: Int
        let json: JSONValue
        let response: Response

        init(_ response: Response) {
            self.response = response
            status = response.status
            json = (try? JSONValue(parsing: response.body)) ?? .null
        }

        var detail: String? { json["detail"]?.string }
        var text: String { String(decoding: response.body, as: UTF8.self) }

        func header(_ name: String) -> String? {
            response.headers.first { $0.name.lowercased() == name }?.value
        }
    }
}

extension JSONValue {
    /// With the keys of all objects in alphabetical order: what comes from the database has lost its own.
    var inKeyOrder: JSONValue {
        switch self {
        case .array(let values): .array(values.map(\.inKeyOrder))
        case .object(let members):
            .object(
                JSONObject(
                    uniqueKeysWithValues: members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.inKeyOrder) }
                )
            )
        default: self
        }
    }
}
