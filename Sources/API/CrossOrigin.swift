package import Core
package import HTTP

/// Lets pages of other origins call the API (CORS), as far as `CORS_ALLOW_ORIGIN` allows.
package struct CrossOrigin: Sendable {
    private let allowed: [String]

    package init(settings: Settings) {
        allowed = settings[Setting.corsAllowOrigin]
    }

    /// The answer to a browser's question whether it may send a request; nil when this is no such question.
    package func preflight(_ request: Request) -> Response? {
        guard let origin = request.headers["origin"], request.headers["access-control-request-method"] != nil else {
            return nil
        }
        guard allows(origin) else { return .text("Disallowed CORS origin", status: 400) }
        var response = allow(request, .text("OK"))
        response.headers += [
            ("Access-Control-Allow-Methods", Method.allCases.map(\.rawValue).joined(separator: ", ")),
            ("Access-Control-Max-Age", "600"),
            (
                "Access-Control-Allow-Headers",
                request.headers["access-control-request-headers"] ?? "Accept, Authorization, Content-Type"
            ),
        ]
        return response
    }

    /// Where every origin is allowed, none may use the visitor's cookie: only pages that hold a token themselves get an answer. An origin that the
    /// administrator names may.
    package func allow(_ request: Request, _ response: Response) -> Response {
        guard let origin = request.headers["origin"], allows(origin) else { return response }
        var response = response
        if allowed.contains(origin) {
            response.headers += [
                ("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true"),
                ("Vary", "Origin"),
            ]
        } else {
            response.headers.append(("Access-Control-Allow-Origin", "*"))
        }
        return response
    }

    private func allows(_ origin: String) -> Bool {
        allowed.contains("*") || allowed.contains(origin)
    }
}
