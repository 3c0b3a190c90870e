import Core

/// Reads the attributes that a client sends: by names in any case, of the types that the schema declares. What no schema knows is left
/// out, as most clients send more than a server keeps.
struct SCIMInput: Sendable {
    private static let longestText = 4096
    private static let mostValues = 50_000

    let schema: SCIMSchema

    /// The attributes that may be written, by their own names. Null stands for what is to be unassigned.
    func attributes(_ object: JSONObject) throws -> JSONObject {
        var attributes = JSONObject()
        for (key, value) in object {
            guard let attribute = schema.attribute(key), attribute.mutability != .readOnly else { continue }
            attributes[attribute.name] = try self.value(value, of: attribute)
        }
        return attributes
    }

    /// The value in its declared form; null for one that is empty.
    func value(_ value: JSONValue, of attribute: SCIMAttribute) throws -> JSONValue {
        if value.isNull { return .null }
        guard attribute.isMultiValued else { return try single(value, of: attribute) }
        let values = value.array ?? [value]
        guard values.count <= Self.mostValues else { throw wrong(attribute, "has more than \(Self.mostValues) values") }
        let elements = try values.map { try single($0, of: attribute) }.filter { !$0.isNull }
        if elements.count(where: { $0["primary"]?.bool == true }) > 1 {
            throw wrong(attribute, "has more than one primary value")
        }
        return elements.isEmpty ? .null : .array(elements)
    }

    /// One value of an attribute, also of one that has many.
    func single(_ value: JSONValue, of attribute: SCIMAttribute) throws -> JSONValue {
        switch attribute.kind {
        case .complex: try complex(value, attribute)
        case .boolean: try boolean(value, attribute)
        case .string, .reference: try text(value, attribute)
        }
    }

    private func complex(_ value: JSONValue, _ attribute: SCIMAttribute) throws -> JSONValue {
        if value.isNull { return .null }
        // Some send the bare value of what has many.
        if let text = value.string, attribute.part("value") != nil { return text.isEmpty ? .null : ["value": value] }
        guard let object = value.object else { throw wrong(attribute, "must be an object") }
        var parts = JSONObject()
        for (key, value) in object {
            guard let part = attribute.part(key) else { continue }
            let read = try single(value, of: part)
            if !read.isNull { parts[part.name] = read }
        }
        if parts["value"] == nil, let reference = parts["$ref"]?.string, let id = reference.split(separator: "/").last {
            parts["value"] = .string(String(id))
        }
        return parts.isEmpty ? .null : .object(parts)
    }

    /// Microsoft's directory writes "True" and "False".
    private func boolean(_ value: JSONValue, _ attribute: SCIMAttribute) throws -> JSONValue {
        if value.isNull || value.bool != nil { return value }
        switch value.string?.lowercased() {
        case "true": return true
        case "false": return false
        default: throw wrong(attribute, "must be true or false")
        }
    }

    private func text(_ value: JSONValue, _ attribute: SCIMAttribute) throws -> JSONValue {
        if value.isNull { return .null }
        guard let text = value.string else { throw wrong(attribute, "must be a text") }
        let limit = attribute.kind == .reference ? ProfilePicture.maximumLength : Self.longestText
        guard text.utf8.count <= limit else { throw wrong(attribute, "is longer than \(limit) bytes") }
        return text.isEmpty ? .null : value
    }

    private func wrong(_ attribute: SCIMAttribute, _ problem: String) -> SCIMError {
        .invalid(.invalidValue, "The attribute \(attribute.name) \(problem)")
    }
}
