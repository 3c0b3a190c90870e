import Accounts
import Core
import Crypto
import Events
import Foundation
import HTTP
import Logging
import Outbound
import Postgres
import Testing

/// The accounts' routes over a database of their own: a whole request in, a whole response out.
final class TestServer: Sendable {
    static let password = "Pass-word-1"
    /// Of `password`, made once: hashing is slow on purpose.
    static let passwordHash = try? Password.hash(password)

    private let schema: String
    private let table = RouteTable(AccountsFeature.routes)
    private let shared: Context.Shared
    private let streamd: TestStreamd

    private init(schema: String, environment: [String: String], hooks: AccountHooks) throws {
        self.schema = schema
        streamd = try TestStreamd()
        let variables = environment.merging(["WEBUI_SECRET_KEY": "test-secret"]) { own, _ in own }
        shared = Context.Shared(
            settings: LiveSettings(base: try Settings(source: Settings.Source(environment: variables))),
            publisher: Publisher(socketPath: streamd.path),
            log: Logger(label: "accounts-tests"),
            accountHooks: hooks
        )
    }

    /// Runs `body` with an empty server, set up by environment variables.
    static func run(
        _ environment: [String: String] = [:],
        hooks: AccountHooks = AccountHooks(),
        _ body: (TestServer) throws -> Void
    ) throws {
        try TestDatabase.withSchema { schema in
            try body(TestServer(schema: schema, environment: environment, hooks: hooks))
        }
    }

    /// The rooms whose sockets were closed, in order.
    /// Without the rooms of plain WebSockets, which are closed with their account's.
    var closedRooms: [String] {
        get throws { try allClosedRooms.filter { !$0.hasPrefix("plain") } }
    }

    var allClosedRooms: [String] {
        get throws { try streamd.closedRooms(by: shared.publisher) }
    }

    func connect() -> Connection { TestDatabase.connect(schema) }

    func context(_ request: Request = Request(method: .get, path: "/"), _ database: Connection? = nil) -> Context {
        Context(
            request: request,
            parameters: [:],
            database: database ?? connect(),
            http: HTTPClient(policy: .administrator),
            shared: shared
        )
    }

    /// Sends a request; a token goes as a bearer token.
    func call(
        _ method: HTTP.Method,
        _ path: String,
        _ body: JSONValue? = nil,
        token: String? = nil,
        headers: [(String, String)] = [],
        vouched: Bool = true,
        on database: Connection? = nil
    ) throws -> Answer {
        let parts = path.split(separator: "?", maxSplits: 1)
        var fields = Headers()
        for (name, value) in headers { fields.add(name, value) }
        if let token { fields.add("Authorization", "Bearer " + token) }
        var request = Request(
            method: method,
            path: String(parts[0]),
            query: Query(parts.count > 1 ? String(parts[1]) : ""),
            headers: fields,
            body: .bytes(body?.bytes ?? [])
        )
        request.client.isVouchedFor = vouched
        guard case .found(let route, let parameters) = table.find(method, request.path) else {
            throw APIError.notFound()
        }
        let context = Context(
            request: request,
            parameters: parameters,
            database: database ?? connect(),
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

    /// Makes an account past the forms, and gives its id and a token.
    /// The age is in seconds; the oldest admin is the protected one. `viaPassword` is false where a password gives no token, which
    /// is empty then.
    func account(
        _ name: String,
        role: Role = .user,
        age: Int = 0,
        picture: String? = nil,
        viaPassword: Bool = true
    ) throws -> (id: String, token: String) {
        let database = connect()
        var new = NewAccount(
            email: "\(name)@example.com",
            name: name,
            role: role,
            passwordHash: TestServer.passwordHash
        )
        if let picture { new.profileImageURL = picture }
        let account = try AccountStore.insert(new, database)
        try database.execute("update account set created_at = created_at - \(age) where id = \(account.id)")
        return (account.id, viaPassword ? try signIn(name) : "")
    }

    func signIn(_ name: String, password: String = password) throws -> String {
        let answer = try call(
            .post,
            "/api/v1/auths/signin",
            ["email": .string("\(name)@example.com"), "password": .string(password)]
        )
        return try #require(answer.json["token"]?.string, "\(answer.status)")
    }
}

extension JSONValue {
    /// With the keys of all objects in alphabetical order.
    var sorted: JSONValue {
        switch self {
        case .array(let values): .array(values.map(\.sorted))
        case .object(let members):
            .object(
                JSONObject(uniqueKeysWithValues: members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted) })
            )
        default: self
        }
    }
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
    /// For comparing: objects from the database have lost the order of their keys.
    var sorted: JSONValue { json.sorted }

    func headers(_ name: String) -> [String] {
        response.headers.filter { $0.name.lowercased() == name }.map(\.value)
    }
}
