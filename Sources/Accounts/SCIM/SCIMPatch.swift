import Core

/// The changes of a PATCH request (RFC 7644 §3.5.2), applied to a resource's attributes.
struct SCIMPatch: Sendable {
    private enum Kind: String {
        case add, replace, remove
    }

    private struct Operation {
        let kind: Kind
        let path: String?
        let value: JSONValue?
    }

    private static let mostOperations = 1000

    private let operations: [Operation]
    private let schema: SCIMSchema

    init(_ body: JSONObject, _ schema: SCIMSchema) throws {
        self.schema = schema
        guard let list = Self.member("operations", body)?.array else {
            throw SCIMError.invalid(.invalidSyntax, "The request has no list of Operations")
        }
        guard list.count <= Self.mostOperations else {
            throw SCIMError.invalid(.tooMany, "There are more than \(Self.mostOperations) operations")
        }
        operations = try list.map { entry in
            guard let object = entry.object,
                let kind = Self.member("op", object)?.string.flatMap({ Kind(rawValue: $0.lowercased()) })
            else { throw SCIMError.invalid(.invalidSyntax, "An operation is neither add, replace nor remove") }
            let path = Self.member("path", object)?.nonNull
            guard path == nil || path?.string != nil else {
                throw SCIMError.invalid(.invalidPath, "The path of an operation must be a text")
            }
            return Operation(kind: kind, path: path?.string, value: Self.member("value", object)?.nonNull)
        }
    }

    /// The document has the attributes that may be written, by their own names.
    func apply(to document: inout JSONObject) throws {
        for operation in operations {
            if let path = operation.path, !path.isEmpty {
                try apply(operation.kind, SCIMTarget(parsing: path), operation.value, isStrict: true, to: &document)
            } else {
                try applyWhole(operation.kind, operation.value, to: &document)
            }
        }
    }

    /// Without a path the value has attributes; some clients write paths in place of their names.
    private func applyWhole(_ kind: Kind, _ value: JSONValue?, to document: inout JSONObject) throws {
        guard kind != .remove else { throw SCIMError.invalid(.noTarget, "An operation that removes needs a path") }
        guard let object = value?.object else {
            throw SCIMError.invalid(.invalidValue, "An operation without a path needs an object as its value")
        }
        for (key, value) in object {
            if key.lowercased() == schema.id.lowercased() {
                try applyWhole(kind, value, to: &document)
            } else if !key.lowercased().hasPrefix("urn:") || schema.attribute(Self.lastPart(key)) != nil {
                try apply(kind, SCIMTarget(parsing: key), value, isStrict: false, to: &document)
            }
        }
    }

    /// Where it is not strict, attributes that do not exist or may not be written are passed over.
    private func apply(
        _ kind: Kind,
        _ target: SCIMTarget,
        _ value: JSONValue?,
        isStrict: Bool,
        to document: inout JSONObject
    ) throws {
        guard let attribute = schema.attribute(target.attribute) else {
            if !isStrict || schema.ignores(target.attribute) { return }
            throw SCIMError.invalid(.invalidPath, "There is no attribute \(target.attribute.text.prefix(64))")
        }
        guard attribute.mutability != .readOnly else {
            if !isStrict { return }
            throw SCIMError.invalid(.mutability, "The attribute \(attribute.name) can not be written")
        }
        let part = try target.attribute.part.map { name in
            guard let part = attribute.part(name) else {
                throw SCIMError.invalid(.invalidPath, "The attribute \(attribute.name) has no part \(name.prefix(64))")
            }
            return part
        }
        if target.filter != nil, !attribute.isMultiValued {
            throw SCIMError.invalid(.invalidPath, "The attribute \(attribute.name) has one value only")
        }
        var change = SCIMAttributeChange(
            attribute: attribute,
            part: part,
            filter: target.filter,
            input: SCIMInput(schema: schema)
        )
        change.current = document[attribute.name]?.nonNull
        switch kind {
        case .add: try change.add(required(value))
        case .replace: try change.replace(value ?? .null)
        case .remove: try change.remove(value)
        }
        if change.current == nil, attribute.isRequired {
            throw SCIMError.invalid(.mutability, "The attribute \(attribute.name) is required")
        }
        document[attribute.name] = change.current ?? .null
    }

    private func required(_ value: JSONValue?) throws -> JSONValue {
        guard let value else { throw SCIMError.invalid(.invalidValue, "An operation that adds needs a value") }
        return value
    }

    private static func member(_ name: String, _ object: JSONObject) -> JSONValue? {
        object.first { $0.key.lowercased() == name }?.value
    }

    private static func lastPart(_ name: String) -> String {
        String(name.split(separator: ":").last ?? "")
    }
}
