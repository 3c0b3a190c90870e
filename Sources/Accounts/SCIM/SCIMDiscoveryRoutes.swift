import Core
import HTTP

/// What the service says about itself (RFC 7644 §4). Open to everybody, as a client reads it before it has a token.
enum SCIMDiscoveryRoutes {
    static let all = [
        SCIMRoutes.route(.get, "/ServiceProviderConfig", isPublic: true, configuration),
        SCIMRoutes.route(.get, "/ResourceTypes", isPublic: true, resourceTypes),
        SCIMRoutes.route(.get, "/ResourceTypes/{id}", isPublic: true, resourceType),
        SCIMRoutes.route(.get, "/Schemas", isPublic: true, schemas),
        SCIMRoutes.route(.get, "/Schemas/{id}", isPublic: true, schema),
    ]

    static func configuration(_ request: SCIMRequest) throws -> Response {
        request.document([
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"], "patch": ["supported": true],
            "bulk": ["supported": false, "maxOperations": 0, "maxPayloadSize": 0],
            "filter": ["supported": true, "maxResults": JSONValue(SCIMList.largestPage)],
            "changePassword": ["supported": false],
            "sort": ["supported": true], "etag": ["supported": true],
            "authenticationSchemes": [
                [
                    "type": "oauthbearertoken", "name": "OAuth Bearer Token",
                    "description": "The token of the setting SCIM_TOKEN, in the Authorization header",
                    "specUri": "https://www.rfc-editor.org/info/rfc6750", "primary": true,
                ]
            ],
            "meta": [
                "resourceType": "ServiceProviderConfig", "location": .string("\(request.base)/ServiceProviderConfig"),
            ],
        ])
    }

    static func resourceTypes(_ request: SCIMRequest) throws -> Response {
        list(SCIMResourceType.all.map { $0.document(request.base) }, request)
    }

    static func resourceType(_ request: SCIMRequest) throws -> Response {
        guard let type = SCIMResourceType.all.first(where: { $0.name.lowercased() == request.id.lowercased() }) else {
            throw SCIMError.notFound("There is no resource type of this name")
        }
        return request.document(type.document(request.base))
    }

    static func schemas(_ request: SCIMRequest) throws -> Response {
        list(SCIMResourceType.all.map { $0.schema.document(request.base) }, request)
    }

    static func schema(_ request: SCIMRequest) throws -> Response {
        guard let type = SCIMResourceType.all.first(where: { $0.schema.id.lowercased() == request.id.lowercased() })
        else {
            throw SCIMError.notFound("There is no schema of this name")
        }
        return request.document(type.schema.document(request.base))
    }

    private static func list(_ documents: [JSONObject], _ request: SCIMRequest) -> Response {
        SCIMList.response(documents, total: documents.count, start: 1, request)
    }
}
