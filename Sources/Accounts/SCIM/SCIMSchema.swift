import Core

/// One attribute with its characteristics (RFC 7643 §7).
struct SCIMAttribute: Sendable {
    enum Kind: String, Sendable {
        case string, boolean, reference, complex
    }

    enum Mutability: String, Sendable {
        case readWrite, readOnly, immutable
    }

    let name: String
    let kind: Kind
    let description: String
    var isMultiValued = false
    var isRequired = false
    var isCaseExact = false
    var mutability = Mutability.readWrite
    var isUnique = false
    var canonicalValues: [String] = []
    var referenceTypes: [String] = []
    var parts: [SCIMAttribute] = []

    init(_ name: String, _ kind: Kind, _ description: String, _ refine: (inout SCIMAttribute) -> Void = { _ in }) {
        self.name = name
        self.kind = kind
        self.description = description
        refine(&self)
    }

    func part(_ name: String) -> SCIMAttribute? {
        parts.first { $0.name.lowercased() == name.lowercased() }
    }

    var document: JSONValue {
        var document: JSONObject = [
            "name": .string(name), "type": .string(kind.rawValue), "multiValued": .bool(isMultiValued),
            "description": .string(description), "required": .bool(isRequired),
            "mutability": .string(mutability.rawValue),
            "returned": "default",
        ]
        if kind == .string || kind == .reference {
            document["caseExact"] = .bool(isCaseExact)
            document["uniqueness"] = isUnique ? "server" : "none"
        }
        if !canonicalValues.isEmpty { document["canonicalValues"] = JSONValue(canonicalValues) }
        if !referenceTypes.isEmpty { document["referenceTypes"] = JSONValue(referenceTypes) }
        if !parts.isEmpty { document["subAttributes"] = .array(parts.map(\.document)) }
        return .object(document)
    }
}

/// A kind of resource and its attributes.
struct SCIMSchema: Sendable {
    let id: String
    let name: String
    let description: String
    let attributes: [SCIMAttribute]
    /// Attributes of the RFC's schemas that clients send and that are not kept here.
    let ignored: Set<String>

    /// What all resources have, and no schema lists (RFC 7643 §3.1).
    private static let common = [
        SCIMAttribute("id", .string, "The server's id of the resource.") {
            $0.mutability = .readOnly
            $0.isCaseExact = true
        },
        SCIMAttribute("externalId", .string, "The client's id of the resource.") { $0.isCaseExact = true },
        SCIMAttribute("schemas", .string, "The names of the schemas.") {
            $0.isMultiValued = true
            $0.mutability = .readOnly
        },
        SCIMAttribute("meta", .complex, "What the server says about the resource.") {
            $0.mutability = .readOnly
            $0.parts = ["resourceType", "created", "lastModified", "location", "version"].map {
                SCIMAttribute($0, .string, "") { $0.mutability = .readOnly }
            }
        },
    ]

    func attribute(_ name: String) -> SCIMAttribute? {
        let name = name.lowercased()
        return (attributes + Self.common).first { $0.name.lowercased() == name }
    }

    /// The attribute that a path names; nil when it belongs to another schema or to none.
    func attribute(_ path: SCIMAttributePath) -> SCIMAttribute? {
        if let schema = path.schema, schema.lowercased() != id.lowercased() { return nil }
        return attribute(path.name)
    }

    /// Whether a path names something that clients may send, and that is not kept.
    func ignores(_ path: SCIMAttributePath) -> Bool {
        if let schema = path.schema, schema.lowercased() != id.lowercased() {
            return schema.lowercased().hasPrefix("urn:")
        }
        return ignored.contains(path.name.lowercased())
    }

    func document(_ base: String) -> JSONObject {
        [
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": .string(id), "name": .string(name),
            "description": .string(description), "attributes": .array(attributes.map(\.document)),
            "meta": ["resourceType": "Schema", "location": .string("\(base)/Schemas/\(id)")],
        ]
    }
}
