import Core
package import HTTP
import Logging

/// Where browsers begin a sign-in with a provider, and come back to. They wait on the provider, so the slow pool answers them.
package enum OAuthRoutes {
    package static let all: [Route<Context>] = [
        Route(.get, "/oauth/{provider}/login", .anyone, login),
        Route(.get, "/oauth/{provider}/callback", .anyone, callback),
        Route(.get, "/oauth/{provider}/login/callback", .anyone, callback),
    ]

    /// Sends the browser to the provider.
    static func login(_ context: Context) throws -> Response {
        let provider = try provider(context)
        let base = try SiteAddress.of(context.request)
        do {
            return try OAuthSignIn(provider, context).begin(base)
        } catch let failure as OAuthFailure {
            return try refuse(failure, provider, base, context)
        }
    }

    /// Signs in whom the provider sends back. Whatever goes wrong is told on the sign-in page, as a browser is waiting for a page.
    static func callback(_ context: Context) throws -> Response {
        let provider = try provider(context)
        let base = try SiteAddress.of(context.request)
        let settings = try context.settings
        let now = Clock.nowSeconds
        let all = PendingSignIn.all(of: context.request, secret: settings[Setting.webUISecretKey], now: now)
        let state = context.request.query["state"]
        let pending = all.first { $0.provider == provider.key && $0.state == state }
        // An answer counts once.
        let cookie = try PendingSignIn.cookie(all.filter { $0 != pending }, settings)
        let response: Response
        do {
            response = try OAuthSignIn(provider, context).finish(pending, base)
        } catch let failure as OAuthFailure {
            response = try refuse(failure, provider, base, context)
        } catch let error as APIError {
            let failure = OAuthFailure(error.detail.string ?? Detail.somethingWrong, "\(error.detail.text)")
            response = try refuse(failure, provider, base, context)
        }
        return response.with("Set-Cookie", cookie)
    }

    private static func provider(_ context: Context) throws -> OAuthProvider {
        guard let provider = try OAuthProviders.find(context.parameter("provider"), context.settings) else {
            throw APIError.notFound()
        }
        return provider
    }

    private static func refuse(
        _ failure: OAuthFailure,
        _ provider: OAuthProvider,
        _ base: String,
        _ context: Context
    ) throws -> Response {
        context.shared.log.warning(
            "a sign-in with a provider failed",
            metadata: [
                "provider": "\(provider.key)", "reason": "\(failure.reason)",
                "request": "\(context.request.client.requestID)",
            ]
        )
        let page = try SiteAddress.signInPage(base, context.settings)
        return .redirect(to: "\(page)?error=\(PercentEncoding.encode(failure.shown))", status: 307)
    }
}

/// Where browsers reach this server.
enum SiteAddress {
    /// By what the browser itself asked for, such as `https://chat.example.com`.
    static func of(_ request: Request) throws -> String {
        guard let host = request.headers["host"], !host.isEmpty, host.utf8.count <= 255,
            host.utf8.allSatisfy(isHostByte)
        else { throw APIError.badRequest("The Host header is missing or malformed") }
        return (request.client.isSecure ? "https://" : "http://") + host
    }

    static func signInPage(_ base: String, _ settings: Settings) -> String {
        var site = settings[Setting.webUIURL]
        while site.hasSuffix("/") { site.removeLast() }
        return (site.isEmpty ? base : site) + "/auth"
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: ".-_:[]".utf8.contains(byte)
        }
    }
}
