package import Accounts
import Core
package import HTTP
import Outbound

/// The rest of a provider's API, passed on to the first connection. Only requests that name a model which the caller may use are passed on for
/// others than admins: the provider's key belongs to the administrator.
package enum ProxyRoutes {
    package static let all: [Route<Context>] = [.get, .post, .put, .delete].map { method in
        Route(method, "/openai/{path...}", .verified, pass)
    }

    private static func pass(_ context: Context) throws -> Response {
        let path = context.parameter("path")
        guard isPlain(path) else { throw APIError.notFound() }
        var body = try context.request.json()
        if let object = body.object {
            let permissions = TurnPermissions(try context.account, try context.settings)
            try permissions.check(object, nil, context.database)
            body = .object(permissions.trim(object))
        }
        guard let connection = try connection(for: body, context) else {
            throw APIError.notFound("OpenAI API was not found")
        }
        let sender = ProviderConnection.Sender(try context.account, token: Authenticator.token(of: context.request))
        let request = HTTPRequest(
            method: (context.request.method ?? .get).rawValue,
            url: "\(connection.url)/\(path)",
            headers: connection.headers(for: sender, try context.settings).map { (name: $0.0, value: $0.1) },
            body: body.isNull ? nil : upstream(body, connection).bytes,
            totalTimeout: 300,
            maximumBody: 128 << 20
        )
        do {
            let answer = try context.http.send(request)
            return Response(
                status: answer.status,
                headers: [("Content-Type", answer.header("content-type") ?? "application/json")],
                body: answer.status < 400 ? answer.body : ProviderSecrets(request).hidden(in: answer.body)
            )
        } catch {
            throw APIError(500, .string(ConnectionRoutes.connectionError))
        }
    }

    private static func connection(for body: JSONValue, _ context: Context) throws -> ProviderConnection? {
        let connections = ProviderConnection.enabled(try context.settings)
        guard let id = body["model"]?.string else {
            guard try context.account.isAdmin else { throw APIError.forbidden(Detail.accessProhibited) }
            return connections.first
        }
        let catalog = try CatalogCache.process.catalog(context.shared.settings, context.database)
        guard let model = catalog[id], try ModelAccess(context).mayUse(model) else {
            throw APIError.forbidden("Model not found")
        }
        guard case .provider(let index) = model.source else { throw APIError.badRequest("This model has no provider") }
        return connections.first { $0.index == index }
    }

    private static func upstream(_ body: JSONValue, _ connection: ProviderConnection) -> JSONValue {
        guard let prefix = connection.prefix, let id = body["model"]?.string, id.hasPrefix(prefix + ".") else {
            return body
        }
        var body = body
        body["model"] = .string(String(id.dropFirst(prefix.count + 1)))
        return body
    }

    /// Segments of letters, digits, `-`, `_` and dots that lead nowhere up.
    private static func isPlain(_ path: String) -> Bool {
        path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { segment in
            !segment.isEmpty && !segment.allSatisfy { $0 == "." }
                && segment.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"),
                        UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"):
                        true
                    default: false
                    }
                }
        }
    }
}
