import Core
import Crypto
import Foundation
import Glibc
import HTTP
import Synchronization

/// An OpenID provider on 127.0.0.1 for one test. It signs with the client's secret (HS256) and checks PKCE; a test can make it misbehave.
final class OAuthTestProvider: Sendable {
    static let clientID = "swiftlet"
    static let clientSecret = "a-client-secret-of-some-length"

    struct Behaviour {
        var claims: JSONObject = ["sub": "s1", "email": "olive@example.com", "name": "Olive"]
        /// Members of the ID token that differ from what they must be; null leaves one out.
        var overrides: JSONObject = [:]
        var algorithm = "HS256"
        var userInfo: JSONObject?
        var addresses: JSONValue = []
        var lifetime = 3600
        var refuses = false
        var picture: (type: String, bytes: [UInt8]) = ("image/png", [])
    }

    struct Call: Sendable {
        let path: String
        let authorization: String?
        let form: [String: String]
    }

    let port: UInt16
    let behaviour = Mutex(Behaviour())
    private let calls = Mutex<[Call]>([])
    private let pending = Mutex<[String: [String: String]]>([:])
    private let counter = Mutex(0)

    var url: String { "http://127.0.0.1:\(port)" }
    var log: [Call] { calls.withLock { $0 } }

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread {
                    self.serve(connection)
                    close(connection)
                }
            }
        }
    }

    /// The environment that makes a server use it.
    func environment(_ more: [String: String] = [:]) -> [String: String] {
        [
            "OPENID_PROVIDER_URL": url + "/.well-known/openid-configuration", "OAUTH_CLIENT_ID": Self.clientID,
            "OAUTH_CLIENT_SECRET": Self.clientSecret, "OAUTH_PROVIDER_NAME": "Test", "ENABLE_OAUTH_SIGNUP": "true",
        ].merging(more) { _, new in new }
    }

    /// What the provider's page does when the person agrees: gives the query of the callback.
    func approve(_ location: String) -> String {
        let query = Query(String(location.split(separator: "?", maxSplits: 1)[1]))
        let code = Random.hex(8)
        pending.withLock { $0[code] = Dictionary(query.pairs.map { ($0.name, $0.value) }) { $1 } }
        return "code=\(code)&state=\(PercentEncoding.encode(query["state"] ?? ""))"
    }

    private func answer(_ call: Call) -> (status: Int, type: String, body: [UInt8]) {
        switch call.path {
        case "/.well-known/openid-configuration", "/tenant/v2.0/.well-known/openid-configuration":
            return json([
                "issuer": .string(url), "authorization_endpoint": .string(url + "/authorize"),
                "token_endpoint": .string(url + "/token"), "userinfo_endpoint": .string(url + "/userinfo"),
                "jwks_uri": .string(url + "/keys"), "end_session_endpoint": .string(url + "/leave"),
                "id_token_signing_alg_values_supported": ["HS256", "RS256"],
            ])
        case "/keys": return json(["keys": []])
        case "/token": return token(call)
        case "/userinfo":
            guard call.authorization?.hasPrefix("Bearer access-") == true else { return json([:], status: 401) }
            return json(.object(behaviour.withLock { $0.userInfo ?? $0.claims }))
        case "/addresses": return json(behaviour.withLock { $0.addresses })
        case "/picture":
            let picture = behaviour.withLock { $0.picture }
            return (200, picture.type, picture.bytes)
        default: return json([:], status: 404)
        }
    }

    private func token(_ call: Call) -> (status: Int, type: String, body: [UInt8]) {
        let credentials = Base64.encode(Array("\(Self.clientID):\(Self.clientSecret)".utf8))
        guard call.authorization == "Basic " + credentials else {
            return json(["error": "invalid_client"], status: 401)
        }
        let behaviour = behaviour.withLock { $0 }
        if behaviour.refuses {
            return json(["error": "invalid_grant", "error_description": "secret words"], status: 400)
        }
        let number = counter.withLock {
            $0 += 1
            return $0
        }
        var answer: JSONValue = [
            "access_token": "access-\(number)", "refresh_token": "refresh-\(number)", "token_type": "Bearer",
            "expires_in": JSONValue(behaviour.lifetime),
        ]
        if call.form["grant_type"] == "refresh_token" { return json(answer) }
        guard let begun = pending.withLock({ $0.removeValue(forKey: call.form["code"] ?? "") }),
            begun["redirect_uri"] == call.form["redirect_uri"],
            begun["code_challenge"] == Base64URL.encode(Digest.sha256(Array((call.form["code_verifier"] ?? "").utf8)))
        else { return json(["error": "invalid_grant"], status: 400) }
        var claims: JSONObject = [
            "iss": .string(url), "aud": .string(Self.clientID), "exp": JSONValue(Clock.nowSeconds + 600),
            "iat": JSONValue(Clock.nowSeconds), "nonce": JSONValue(begun["nonce"]),
        ]
        claims.merge(behaviour.claims) { _, new in new }
        claims.merge(behaviour.overrides) { _, new in new }
        claims = claims.filter { !$0.value.isNull }
        answer["id_token"] = .string(Self.sign(claims, algorithm: behaviour.algorithm))
        return json(answer)
    }

    static func sign(_ claims: JSONObject, algorithm: String = "HS256", key: String = clientSecret) -> String {
        let header: JSONValue = ["alg": .string(algorithm), "typ": "JWT"]
        let message = "\(Base64URL.encode(header.bytes)).\(Base64URL.encode(JSONValue.object(claims).bytes))"
        if algorithm == "none" { return message + "." }
        return message + "." + Base64URL.encode(HMAC.sha256(key: Array(key.utf8), message: Array(message.utf8)))
    }

    private func json(_ value: JSONValue, status: Int = 200) -> (status: Int, type: String, body: [UInt8]) {
        (status, "application/json", value.bytes)
    }

    private func serve(_ connection: Int32) {
        while let head = Self.read(connection, until: "\r\n\r\n") {
            let lines = head.split(separator: "\r\n").map(String.init)
            func header(_ name: String) -> String? {
                lines.dropFirst().first { $0.lowercased().hasPrefix(name + ":") }
                    .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
            }
            let body = Self.read(connection, count: Int(header("content-length") ?? "0") ?? 0)
            let target = lines.first?.split(separator: " ").dropFirst().first ?? "/"
            let call = Call(
                path: String(target.split(separator: "?").first ?? "/"),
                authorization: header("authorization"),
                form: Dictionary(Query(body).pairs.map { ($0.name, $0.value) }) { $1 }
            )
            calls.withLock { $0.append(call) }
            let answer = answer(call)
            let head =
                "HTTP/1.1 \(answer.status) X\r\nContent-Type: \(answer.type)\r\nContent-Length: \(answer.body.count)\r\n\r\n"
            let bytes = Array(head.utf8) + answer.body
            _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }
    }

    private static func read(_ connection: Int32, until end: String) -> String? {
        var text: [UInt8] = []
        var byte: UInt8 = 0
        while !text.suffix(end.utf8.count).elementsEqual(end.utf8) {
            guard recv(connection, &byte, 1, 0) == 1 else { return nil }
            text.append(byte)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func read(_ connection: Int32, count: Int) -> String {
        var text: [UInt8] = []
        var byte: UInt8 = 0
        while text.count < count, recv(connection, &byte, 1, 0) == 1 { text.append(byte) }
        return String(decoding: text, as: UTF8.self)
    }
}

/// A browser that signs in: it keeps the cookies and follows nothing.
final class OAuthTestBrowser {
    private let server: TestServer
    private(set) var cookies: [String: String] = [:]
    /// The last answer.
    private(set) var answer: Answer?

    init(_ server: TestServer) {
        self.server = server
    }

    @discardableResult
    func get(_ path: String) throws -> Answer {
        let cookie = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        let answer = try server.call(.get, path, headers: [("Host", "chat.example.com"), ("Cookie", cookie)])
        for line in answer.headers("set-cookie") {
            let pair = line.split(separator: ";")[0].split(separator: "=", maxSplits: 1).map(String.init)
            cookies[pair[0]] = line.contains("Max-Age=0") ? nil : pair.count > 1 ? pair[1] : ""
        }
        self.answer = answer
        return answer
    }

    func begin() throws -> String {
        try get("/oauth/oidc/login").headers("location").first ?? ""
    }

    /// The whole way.
    @discardableResult
    func signIn(_ provider: OAuthTestProvider, path: String = "/oauth/oidc/callback") throws -> OAuthTestBrowser {
        try get("\(path)?\(provider.approve(begin()))")
        return self
    }

    /// What the sign-in page is told; nil after a success.
    var error: String? {
        let location = answer?.headers("location").first ?? ""
        guard let question = location.firstIndex(of: "?") else { return nil }
        return Query(String(location[location.index(after: question)...]))["error"]
    }

    /// The account that is signed in.
    var account: JSONValue {
        get throws { try server.call(.get, "/api/v1/auths/", token: cookies["token"] ?? "").json }
    }
}

extension OAuthTestProvider {
    /// Runs a case on a server that signs people in with a provider of its own, and has an admin.
    static func run(
        _ more: [String: String] = [:],
        _ body: (TestServer, OAuthTestProvider) throws -> Void
    ) throws {
        let provider = try OAuthTestProvider()
        try TestServer.run(provider.environment(more)) { (server) throws in
            _ = try server.account("boss", role: .admin, age: 100)
            try body(server, provider)
        }
    }
}
