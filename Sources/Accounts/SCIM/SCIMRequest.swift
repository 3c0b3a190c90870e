import Core
import Crypto
import HTTP
import Postgres

/// A request of an identity provider.
struct SCIMRequest {
    /// Larger than any group that is sent in one piece: 50,000 members have about 5 MB.
    private static let largestBody = 16 << 20

    let context: Context
    /// The service's address as the client wrote it.
    let base: String

    init(_ context: Context) {
        self.context = context
        base = SCIMAddress.base(context.request)
    }

    var database: Connection { context.database }
    var id: String { context.parameter("id") }

    var projection: SCIMProjection {
        get throws {
            let query = context.request.query
            return try SCIMProjection(attributes: query["attributes"], excluded: query["excludedAttributes"])
        }
    }

    func body() throws -> JSONObject {
        guard context.request.body.size <= Self.largestBody else {
            throw SCIMError(413, "The request is larger than \(Self.largestBody) bytes")
        }
        do {
            guard let object = try context.request.json().object else {
                throw SCIMError.invalid(.invalidSyntax, "The request is no JSON object")
            }
            return object
        } catch is APIError {
            throw SCIMError.invalid(.invalidSyntax, "The request is no JSON")
        }
    }

    // MARK: - Who may ask

    /// The provider shows the token of the setting, which every process compares in the same time, right or wrong.
    func authorize() throws {
        guard let header = context.request.headers["authorization"], !header.isEmpty else {
            throw Self.unauthorized("Authorization header required")
        }
        let parts = header.split(whereSeparator: \.isWhitespace)
        guard parts.count == 2 else {
            throw Self.unauthorized("Invalid authorization format. Expected: Bearer <token>")
        }
        guard parts[0].lowercased() == "bearer" else { throw Self.unauthorized("Invalid authentication scheme") }
        let token = try context.settings[Setting.scimToken]
        // Of digests, so that not even the length shows.
        let isEqual = constantTimeEquals(Digest.sha256(Array(token.utf8)), Digest.sha256(Array(parts[1].utf8)))
        guard isEqual, !token.isEmpty else { throw Self.unauthorized("Invalid SCIM token") }
    }

    private static func unauthorized(_ detail: String) -> SCIMError {
        var error = SCIMError(401, detail)
        error.headers = [("WWW-Authenticate", "Bearer")]
        return error
    }

    // MARK: - Versions (RFC 7644 §3.14)

    /// - Throws: 412 when the client changes a version that is not the present one.
    func requireMatch(_ resource: SCIMResource) throws {
        guard let wanted = context.request.headers["if-match"], !Self.lists(wanted, resource.version) else { return }
        throw SCIMError(412, "The resource has changed since; its version is another")
    }

    private static func lists(_ header: String, _ version: String?) -> Bool {
        let tags = header.split(separator: ",").map { tag in
            var tag = tag.drop(while: \.isWhitespace)
            while tag.last?.isWhitespace == true { tag.removeLast() }
            return tag.hasPrefix("W/") ? tag.dropFirst(2) : tag
        }
        return tags.contains("*") || version.map { tags.contains($0.dropFirst(2)) } == true
    }

    // MARK: - Answers

    func answer(_ resource: SCIMResource, status: Int = 200) throws -> Response {
        var response = document(try projection.apply(to: resource.document), status: status)
        if let version = resource.version { response.headers.append(("ETag", version)) }
        response.headers.append((status == 201 ? "Location" : "Content-Location", resource.location))
        return response
    }

    /// The resource, unless the client has this version.
    func answerIfNew(_ resource: SCIMResource) throws -> Response {
        if let known = context.request.headers["if-none-match"], Self.lists(known, resource.version) {
            return Response(status: 304, headers: [("ETag", resource.version ?? "")])
        }
        return try answer(resource)
    }

    func document(_ document: JSONObject, status: Int = 200) -> Response {
        Response(
            status: status,
            headers: [("Content-Type", Self.mediaType(context.request))],
            body: JSONValue.object(document).bytes
        )
    }

    func answer(_ error: SCIMError) -> Response {
        var response = document(error.document.object ?? [:], status: error.status)
        response.headers += error.headers
        return response
    }

    /// SCIM's own, except for clients that ask for JSON alone.
    private static func mediaType(_ request: Request) -> String {
        let accepted = request.headers["accept"]?.lowercased() ?? ""
        let isPlain = accepted.contains("application/json") && !accepted.contains("application/scim+json")
        return isPlain ? "application/json" : "application/scim+json"
    }
}
