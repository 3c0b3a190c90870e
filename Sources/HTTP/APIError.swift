package import Core

/// A refusal that the client is told, in the shape the API's clients read: `{"detail": …}`.
package struct APIError: Error, Sendable {
    package let status: Int
    package let detail: JSONValue
    package var headers: [(name: String, value: String)] = []

    package init(_ status: Int, _ detail: JSONValue) {
        self.status = status
        self.detail = detail
    }

    package static func badRequest(_ detail: String) -> APIError { APIError(400, .string(detail)) }
    package static func unauthorized(_ detail: String) -> APIError { APIError(401, .string(detail)) }
    package static func forbidden(_ detail: String) -> APIError { APIError(403, .string(detail)) }
    package static func notFound(_ detail: String = "Not Found") -> APIError { APIError(404, .string(detail)) }
    package static let methodNotAllowed = APIError(405, "Method Not Allowed")
    package static func tooLarge(_ detail: String) -> APIError { APIError(413, .string(detail)) }
    package static func notImplemented(_ detail: String) -> APIError { APIError(501, .string(detail)) }

    /// One complaint about the input, with the place it was found, in the form of the reference's validation.
    ///
    /// - Parameters:
    ///   - type: pydantic's name of the error, such as `missing` or `string_type`.
    ///   - location: where: `body`, `query` or `path`, then keys and indices.
    ///   - message: what is wrong, for the client's developer.
    ///   - input: what was sent; never a secret.
    /// - Returns: a 422.
    package static func invalid(_ type: String, at location: [JSONValue], _ message: String, input: JSONValue = .null)
        -> APIError
    {
        APIError(
            422,
            [["type": .string(type), "loc": .array(location), "msg": .string(message), "input": input]]
        )
    }

    package var response: Response {
        var response = Response.json(["detail": detail], status: status)
        response.headers += headers
        return response
    }
}
