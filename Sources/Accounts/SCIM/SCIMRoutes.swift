import Core
package import HTTP

/// Everything below `/api/v1/scim/v2`.
package enum SCIMRoutes {
    typealias Handler = @Sendable (SCIMRequest) throws -> Response

    package static var all: [Route<Context>] { served + unknown }

    private static let served =
        SCIMDiscoveryRoutes.all + SCIMUserRoutes.all + SCIMGroupRoutes.all + SCIMSearchRoutes.all
    private static let table = RouteTable(served)

    /// A public route needs no token.
    static func route(_ method: HTTP.Method, _ path: String, isPublic: Bool = false, _ handler: @escaping Handler)
        -> Route<Context>
    {
        // The identity provider has a token of its own kind and no account.
        Route(method, SCIMAddress.root + path, .anyone) { context in
            guard try context.settings[Setting.scimEnabled] else {
                // Not in JSON: clients would take that for a service.
                return .text("Not Found", status: 404)
            }
            let request = SCIMRequest(context)
            do {
                if !isPublic { try request.authorize() }
                return try handler(request)
            } catch let error as SCIMError {
                return request.answer(error)
            } catch let error as APIError {
                return request.answer(SCIMError(error))
            }
        }
    }

    /// What is not served is refused in SCIM's own form too.
    private static let unknown: [Route<Context>] = [HTTP.Method.get, .post, .put, .patch, .delete].map { method in
        route(method, "/{path...}", isPublic: true) { request in
            guard case .wrongMethod(let allowed) = table.find(method, request.context.request.path) else {
                throw SCIMError.notFound("There is nothing at this address")
            }
            var error = SCIMError(405, "Method Not Allowed")
            error.headers = [("Allow", Set(allowed.map(\.rawValue)).sorted().joined(separator: ", "))]
            throw error
        }
    }
}
