import Accounts
import Core
import Crypto
import HTTP
import Metrics
import Postgres

/// What the server is doing, for its administrators and for Prometheus.
enum StatusRoutes {
    static let all: [Route<Context>] = [
        Route(.get, "/status", .admin) { _ in page },
        Route(.get, "/status.json", .admin, json),
        Route(.get, "/status.txt", .admin, text),
        Route(.get, "/metrics", .anyone, metrics),
    ]

    private static func json(_ context: Context) throws -> Response {
        .json(try document(context))
    }

    private static func text(_ context: Context) throws -> Response {
        .text("\(StatusText(try document(context)))")
    }

    private static func document(_ context: Context) throws -> JSONValue {
        do {
            return try StatusDocument(context.settings, context.database).json
        } catch let error as PageError {
            throw unreadable(error, context)
        }
    }

    // MARK: - The page

    /// One file that loads nothing else; the policy allows its own script and style by their hashes, and questions to this server.
    private static let page: Response = {
        let text = String(decoding: PackageResources.status_html, as: UTF8.self)
        let policy = [
            "default-src 'none'", "script-src '\(hash(of: "script", in: text))'",
            "style-src '\(hash(of: "style", in: text))'", "connect-src 'self'", "base-uri 'none'",
            "form-action 'none'", "frame-ancestors 'none'",
        ]
        return Response.text(text, type: "text/html; charset=utf-8")
            .with("Content-Security-Policy", policy.joined(separator: "; "))
            .with("Referrer-Policy", "no-referrer")
            .with("Cache-Control", "private, no-store")
    }()

    /// As in CSP level 3, §2.3.1, of what stands between the tags.
    private static func hash(of tag: String, in text: String) -> String {
        guard let start = text.firstRange(of: "<\(tag)>"), let end = text.firstRange(of: "</\(tag)>") else {
            return "none"
        }
        let content = Array(text[start.upperBound..<end.lowerBound].utf8)
        return "sha256-\(Base64.encode(Digest.sha256(content)))"
    }

    // MARK: - Prometheus

    /// For administrators, and for whoever has `METRICS_TOKEN`. With the token it works also while the database is away.
    private static func metrics(_ context: Context) throws -> Response {
        if !hasToken(context) { try context.check(.admin) }
        var metrics = PrometheusText()
        do {
            metrics.write(try context.shared.settings.current.counters.read())
        } catch let error as PageError {
            throw unreadable(error, context)
        }
        var isUp = 1
        do {
            metrics.write(try SharedState(context.database))
        } catch let error as PostgresError {
            isUp = 0
            context.shared.log.warning("metrics without the database", metadata: ["error": "\(error)"])
        }
        metrics.gauge("swiftlet_database_up", "Whether Postgres answered just now.", [([], isUp)])
        return .text(metrics.text, type: PrometheusText.type).with("Cache-Control", "no-store")
    }

    private static func hasToken(_ context: Context) -> Bool {
        let token = context.shared.settings.current[Setting.metricsToken]
        let parts = (context.request.headers["authorization"] ?? "").split(separator: " ")
        guard !token.isEmpty, parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
        // Of digests, so that not even the length shows.
        return constantTimeEquals(Digest.sha256(Array(token.utf8)), Digest.sha256(Array(parts[1].utf8)))
    }

    private static func unreadable(_ error: PageError, _ context: Context) -> APIError {
        context.shared.log.error("the counters can not be read", metadata: ["error": "\(error)"])
        return APIError(503, "The counters of this host can not be read; `swiftlet doctor` says why")
    }
}
