import HTTP

/// Searches whose parameters do not fit into an address, or that go through everything (RFC 7644 §3.4.3), and what is not supported.
enum SCIMSearchRoutes {
    static let all = [
        SCIMRoutes.route(.post, "/.search") { try search(SCIMResourceType.all, $0) },
        SCIMRoutes.route(.post, "/Users/.search") { try search([.user], $0) },
        SCIMRoutes.route(.post, "/Groups/.search") { try search([.group], $0) },
        SCIMRoutes.route(.post, "/Bulk") { _ in throw SCIMError(501, "Bulk requests are not supported") },
        SCIMRoutes.route(.get, "/Me") { _ in throw SCIMError(501, "The client's token is nobody's account") },
    ]

    private static func search(_ types: [SCIMResourceType], _ request: SCIMRequest) throws -> Response {
        try SCIMList(request.body()).run(types, request)
    }
}
