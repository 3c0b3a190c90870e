import API
import Accounts
import Core
import Foundation
import HTTP
import Outbound
import Postgres
import Testing

/// Every route, asked by everybody who is refused, against `access.txt`, which says by hand who may. So a route whose declaration
/// changes, or a new one, is seen by whoever reviews the table.
@Suite(.database) struct AccessSweepTests {
    /// A line of the table: `METHOD pattern who`.
    private struct Row: Hashable, CustomStringConvertible {
        let method: String
        let pattern: String
        /// `anyone`, `own` (open by declaration, but the handler asks for a credential of its own), `signed-in`, `verified`, `admin`,
        /// `daemon`, or `permission:` and its name.
        let who: String

        var description: String { "\(method) \(pattern) \(who)" }

        /// How the route must be declared.
        var declaration: String { who == "own" ? "anyone" : who }
    }

    private enum Caller: CaseIterable {
        case nobody, pending, user, admin, restrictedKey

        func may(_ who: String) -> Bool {
            switch who {
            case "anyone": true
            case "own", "daemon": false
            case "signed-in": self == .pending || self == .user || self == .admin
            case "verified": self == .user || self == .admin
            // The user of this test has lost all permissions.
            default: self == .admin
            }
        }
    }

    private static let table: [Row] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "access.txt")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let parts = line.split(separator: " ").map(String.init)
            return Row(method: parts[0], pattern: parts.count > 1 ? parts[1] : "", who: parts.count > 2 ? parts[2] : "")
        }
    }()

    /// The tree of permissions without any.
    private static let nothing: JSONValue = {
        var tree: JSONValue = [:]
        for leaf in Setting.permissions {
            var area = tree[leaf.area] ?? [:]
            area[leaf.name] = false
            tree[leaf.area] = area
        }
        return tree
    }()

    private static func who(_ access: Access) -> String {
        switch access {
        case .anyone: "anyone"
        case .signedIn: "signed-in"
        case .verified: "verified"
        case .permission(let name): "permission:\(name)"
        case .admin: "admin"
        case .daemon: "daemon"
        }
    }

    private func list(_ rows: some Sequence<Row>) -> Comment {
        Comment(rawValue: rows.map(\.description).sorted().joined(separator: "\n"))
    }

    @Test func everyRouteHasARowAndEveryRowARoute() {
        let declared = Set(
            API.routes.map { Row(method: $0.method.rawValue, pattern: $0.pattern, who: Self.who($0.access)) }
        )
        let written = Set(Self.table.map { Row(method: $0.method, pattern: $0.pattern, who: $0.declaration) })
        #expect(declared.subtracting(written).isEmpty, list(declared.subtracting(written)))
        #expect(written.subtracting(declared).isEmpty, list(written.subtracting(declared)))
        #expect(Self.table.count == written.count, "a route has two rows")
    }

    @Test func whoMayNotIsRefused() throws {
        let environment = [
            "ENABLE_API_KEY_ENDPOINT_RESTRICTIONS": "true", "API_KEY_ALLOWED_ENDPOINTS": "/api/v1/nowhere",
        ]
        try AuditSite.run(environment) { (site) throws in
            try SettingsStore.save([(Setting.userPermissions, Self.nothing)], site.database)
            let admin = try site.person("boss", .admin)
            let made = site.call(.post, "/api/v1/auths/api_key", as: admin.token).json
            let key = try #require(made["api_key"]?.string)
            let tokens: [Caller: String] = [
                .pending: try site.person("pat", .pending).token, .user: try site.person("ann").token,
                .admin: admin.token,
                .restrictedKey: key,
            ]
            let before = try contents(site)
            for row in Self.table {
                guard let method = HTTP.Method(rawValue: row.method) else { continue }
                for caller in Caller.allCases where !caller.may(row.who) {
                    let answer = site.call(
                        method,
                        Self.path(row.pattern),
                        method == .get ? nil : [:],
                        as: tokens[caller]
                    )
                    let expected: Set = row.who == "daemon" ? [404] : caller == .restrictedKey ? [401, 403] : [401]
                    #expect(
                        expected.contains(answer.status)
                            || row.who == "own" && [403, 404, 501, 503].contains(answer.status),
                        "\(row) let \(caller) in: \(answer.status) \(answer.text.prefix(100))"
                    )
                    #expect(answer.json["detail"] != nil || row.who == "own", "\(row) \(caller)")
                }
            }
            #expect(try contents(site) == before)
        }
    }

    @Test func whoMayPassesTheCheck() throws {
        try AuditSite.run { (site) throws in
            let tokens: [Caller: String] = [
                .pending: try site.person("pat", .pending).token, .user: try site.person("ann").token,
                .admin: try site.person("boss", .admin).token,
            ]
            try SettingsStore.save([(Setting.userPermissions, Self.nothing)], site.database)
            for route in API.routes {
                for caller in [Caller.nobody, .pending, .user, .admin] where caller.may(Self.who(route.access)) {
                    let context = Context(
                        request: site.request(route.method, Self.path(route.pattern), nil, tokens[caller]),
                        parameters: [:],
                        database: site.database,
                        http: HTTPClient(policy: .administrator),
                        shared: site.shared
                    )
                    #expect(throws: Never.self, "\(route.method) \(route.pattern) \(caller)") {
                        try context.check(route.access)
                    }
                }
            }
        }
    }

    /// The rows that refused requests must not have touched.
    private func contents(_ site: AuditSite) throws -> [Int] {
        try [
            "account", "session", "setting", "account_group", "chat", "model", "prompt", "api_key", "audit_entry",
            "turn",
        ].map { table in
            try site.database.query("select count(*) from \(unsafe: table)")[0].int(0)
        }
    }

    /// A path that the pattern takes.
    private static func path(_ pattern: String) -> String {
        pattern.split(separator: "/", omittingEmptySubsequences: false).map { segment in
            segment.hasSuffix("...}") ? "a/b" : segment.hasPrefix("{") ? "x" : String(segment)
        }.joined(separator: "/")
    }
}
