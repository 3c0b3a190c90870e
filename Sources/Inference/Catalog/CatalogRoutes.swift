package import Accounts
import Core
package import HTTP

/// The list of models, for pages and for clients of the OpenAI API.
package enum CatalogRoutes {
    package static let all: [Route<Context>] = [
        Route(.get, "/api/models", .verified, list),
        Route(.get, "/api/v1/models", .verified, list),
        Route(.get, "/api/models/base", .admin, base),
    ]

    private static func list(_ context: Context) throws -> Response {
        let catalog = try catalog(context)
        let access = try ModelAccess(context)
        return .json { json in
            json.object { json in
                json.key("data")
                json.array(of: catalog.models.lazy.filter { !$0.isPipelineFilter && access.mayUse($0) }) {
                    $0.raw(access.mayChange($1) ? $1.rendered : $1.renderedForReaders)
                }
            }
        }
    }

    /// Providers' models as they are without the workspace.
    private static func base(_ context: Context) throws -> Response {
        let catalog = try catalog(context)
        return .json { json in
            json.object { json in
                json.key("data")
                json.array(of: catalog.providersModels) { $0.value(.object($1)) }
            }
        }
    }

    /// Asks providers only when the caller wants it, or when one was never asked.
    private static func catalog(_ context: Context) throws -> Catalog {
        let need: ProviderFetch.Need = try context.request.queryBool("refresh") ?? false ? .all : .missing
        try ProviderFetch.refresh(need, context.settings, context.http, context.database)
        return try CatalogCache.process.catalog(context.shared.settings, context.database)
    }
}
