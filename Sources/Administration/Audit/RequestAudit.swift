package import Accounts
package import Core
import Crypto
package import HTTP
package import Logging

/// The request audit: a line of JSON in `DATA_DIR/audit.log` for each request that may change something, as far as
/// `AUDIT_LOG_LEVEL` says. The members of a line, the paths and the methods are those of the reference.
package struct RequestAudit: Sendable {
    private enum Level: String {
        case none = "NONE"
        case metadata = "METADATA"
        case request = "REQUEST"
        case requestAndResponse = "REQUEST_RESPONSE"
    }

    /// Requests that are noted although nobody is signed in yet.
    private static let always = ["/api/v1/auths/signin", "/api/v1/auths/signout", "/api/v1/auths/signup"]

    private let level: Level
    private let excluded: [String]
    private let bodyLimit: Int
    private let file: AuditLogFile

    package init(_ settings: Settings) {
        level = Level(rawValue: settings[Setting.auditLogLevel]) ?? .none
        excluded = settings[Setting.auditExcludedPaths].map { $0.hasPrefix("/") ? String($0.dropFirst()) : $0 }
        bodyLimit = max(0, settings[Setting.maxBodyLogSize])
        file = AuditLogFile(
            path: settings.directories.auditLog,
            limit: AuditLogFile.size(settings[Setting.auditLogFileRotationSize])
        )
    }

    /// A request is never refused because it can not be noted: that is a line in the log.
    /// There is no context for a request that found no route.
    package func note(_ request: Request, _ response: Response, _ context: Context?, _ log: Logger) {
        guard level != .none, isNoted(request) else { return }
        do {
            try file.append(line(request, response, context))
        } catch {
            log.error("a request is missing in the audit log", metadata: ["error": "\(error)"])
        }
    }

    private func isNoted(_ request: Request) -> Bool {
        switch request.method {
        case .post, .put, .patch, .delete: break
        default: return false
        }
        let path = request.path.lowercased()
        if Self.always.contains(where: path.hasPrefix) { return true }
        return request.headers["authorization"] != nil && !isExcluded(request.path)
    }

    /// Whether `/api/` or `/api/v1/` is followed by one of the excluded parts as a whole word.
    private func isExcluded(_ path: String) -> Bool {
        ["/api/v1/", "/api/"].contains { prefix in
            guard path.hasPrefix(prefix) else { return false }
            let rest = path.dropFirst(prefix.count)
            return excluded.contains { part in
                rest.hasPrefix(part)
                    && rest.dropFirst(part.count).first.map { !$0.isLetter && !$0.isNumber && $0 != "_" } ?? true
            }
        }
    }

    /// `{id, timestamp, user, audit_level, verb, request_uri, response_status_code, source_ip, user_agent, request_object,
    /// response_object, extra}`.
    private func line(_ request: Request, _ response: Response, _ context: Context?) throws -> [UInt8] {
        // A refused or lost caller leaves the user empty.
        let account = try? context?.visitor
        var json = JSONWriter()
        try json.object {
            $0.field("id", Random.uuid())
            $0.field("timestamp", Clock.nowSeconds)
            $0.key("user")
            $0.object {
                guard let account else { return }
                $0.field("id", account.id)
                $0.field("name", account.name)
                $0.field("email", account.email)
                $0.field("role", account.role.rawValue)
            }
            $0.field("audit_level", level.rawValue)
            $0.field("verb", request.method?.rawValue)
            $0.field("request_uri", Self.address(of: request))
            $0.field("response_status_code", response.status)
            $0.field("source_ip", request.client.address)
            $0.field("user_agent", request.headers["user-agent"])
            $0.field("request_object", level == .metadata ? "" : try body(request))
            $0.field("response_object", level == .requestAndResponse ? body(response) : "")
            $0.field("extra", raw: "{}")
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private static func address(of request: Request) -> String {
        let scheme = request.client.isSecure ? "https" : "http"
        let query = request.query.text.isEmpty ? "" : "?\(request.query.text)"
        return "\(scheme)://\(request.headers["host"] ?? "")\(request.path)\(query)"
    }

    private func body(_ request: Request) throws -> String {
        let type = request.headers["content-type"] ?? ""
        return try request.body.withBytes { bytes in
            AuditBody.text(type: type, size: bytes.count, start: Array(bytes.prefix(bodyLimit)))
        }
    }

    private func body(_ response: Response) -> String {
        let type = response.headers.first { $0.name.lowercased() == "content-type" }?.value ?? ""
        return AuditBody.text(type: type, size: response.body.count, start: Array(response.body.prefix(bodyLimit)))
    }
}
