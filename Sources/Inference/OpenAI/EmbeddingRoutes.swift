package import Accounts
import Core
package import HTTP
import Outbound

/// Embeddings by the provider of the model that is named.
package enum EmbeddingRoutes {
    package static let all: [Route<Context>] = [
        Route(.post, "/api/embeddings", .verified, embed),
        Route(.post, "/api/v1/embeddings", .verified, embed),
        Route(.post, "/openai/embeddings", .verified, embed),
    ]

    private static func embed(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        let catalog = try CatalogCache.process.catalog(context.shared.settings, context.database)
        guard let id = form["model"]?.string, let model = catalog[id] else {
            throw APIError.notFound("Model not found")
        }
        guard try ModelAccess(context).mayUse(model) else { throw APIError.forbidden("Model not found") }
        if model.isOllama { return try OllamaEmbedding.respond(to: form, of: id, context) }
        guard case .provider(let index) = model.source else {
            throw APIError.badRequest("This model gives no embeddings")
        }
        let connection = ProviderConnection.all(try context.settings)[index]
        var body = form.object
        if let prefix = connection.prefix, id.hasPrefix(prefix + ".") {
            body["model"] = .string(String(id.dropFirst(prefix.count + 1)))
        }
        let sender = ProviderConnection.Sender(try context.account, token: Authenticator.token(of: context.request))
        let request = HTTPRequest(
            method: "POST",
            url: "\(connection.url)/embeddings",
            headers: connection.headers(for: sender, try context.settings).map { (name: $0.0, value: $0.1) },
            body: JSONValue.object(body).bytes,
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
}
