import Core
import HTTP

/// A refusal in the form of RFC 7644 §3.12. The reference's clients find its sentence under `detail` too.
struct SCIMError: Error, Sendable {
    /// What is wrong, in the words of the RFC.
    enum Kind: String, Sendable {
        case invalidFilter, tooMany, uniqueness, mutability, invalidSyntax, invalidPath, noTarget, invalidValue
    }

    let status: Int
    let kind: Kind?
    let detail: String
    var headers: [(name: String, value: String)] = []

    init(_ status: Int, _ detail: String, _ kind: Kind? = nil) {
        self.status = status
        self.kind = kind
        self.detail = detail
    }

    static func invalid(_ kind: Kind, _ detail: String) -> SCIMError { SCIMError(400, detail, kind) }
    static func taken(_ detail: String) -> SCIMError { SCIMError(409, detail, .uniqueness) }
    static func notFound(_ detail: String) -> SCIMError { SCIMError(404, detail) }

    /// The refusals that the product's own parts make.
    init(_ error: APIError) {
        let detail = error.detail.string ?? "The request is not as it must be"
        self.init(error.status == 422 ? 400 : error.status, detail, error.status == 422 ? .invalidSyntax : nil)
        headers = error.headers
    }

    var document: JSONValue {
        var document: JSONObject = ["schemas": [.string(SCIMMessage.error)], "status": .string(String(status))]
        if let kind { document["scimType"] = .string(kind.rawValue) }
        document["detail"] = .string(detail)
        return .object(document)
    }
}

/// The names of the protocol's own documents (RFC 7644 §8.2).
enum SCIMMessage {
    static let error = "urn:ietf:params:scim:api:messages:2.0:Error"
    static let list = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
}
