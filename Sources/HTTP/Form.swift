package import Core

/// Reads the fields of a JSON object that a client sent, and complains of the first that is not as it must be.
///
///     let form = try Form(request)
///     let email = try form.string("email")
///     let name = try form.optionalString("name")
///
/// Keys that are not asked for are ignored, as the API's clients expect.
package struct Form: Sendable {
    package let object: JSONObject
    private let location: [JSONValue]

    package init(object: JSONObject, at location: [JSONValue] = ["body"]) {
        self.object = object
        self.location = location
    }

    /// - Throws: 422 when the body is no JSON object.
    package init(_ request: Request) throws {
        let value = try request.json()
        guard case .object(let object) = value else {
            throw value.isNull
                ? APIError.invalid("missing", at: ["body"], "Field required")
                : APIError.invalid(
                    "model_attributes_type",
                    at: ["body"],
                    "Input should be a valid dictionary or object to extract fields from",
                    input: value
                )
        }
        self.init(object: object)
    }

    package func string(_ key: String) throws -> String {
        let value = try required(key)
        guard let string = value.string else {
            throw wrong("string_type", key, "Input should be a valid string", value)
        }
        return string
    }

    package func optionalString(_ key: String) throws -> String? {
        try present(key) ? string(key) : nil
    }

    package func bool(_ key: String) throws -> Bool {
        let value = try required(key)
        switch value {
        case .bool(let bool): return bool
        case .string(let text):
            if let bool = Bool(query: text) { return bool }
        case .number(let number):
            if number.double == 0 || number.double == 1 { return number.double == 1 }
        default: break
        }
        throw wrong("bool_type", key, "Input should be a valid boolean", value)
    }

    package func optionalBool(_ key: String) throws -> Bool? {
        try present(key) ? bool(key) : nil
    }

    package func int(_ key: String) throws -> Int {
        let value = try required(key)
        if let int = value.int ?? value.string.flatMap({ Int($0) }) { return int }
        throw wrong("int_type", key, "Input should be a valid integer", value)
    }

    package func optionalInt(_ key: String) throws -> Int? {
        try present(key) ? int(key) : nil
    }

    package func dictionary(_ key: String) throws -> JSONObject {
        let value = try required(key)
        guard let object = value.object else {
            throw wrong("dict_type", key, "Input should be a valid dictionary", value)
        }
        return object
    }

    package func optionalDictionary(_ key: String) throws -> JSONObject? {
        try present(key) ? dictionary(key) : nil
    }

    package func list(_ key: String) throws -> [JSONValue] {
        let value = try required(key)
        guard let list = value.array else { throw wrong("list_type", key, "Input should be a valid list", value) }
        return list
    }

    package func optionalList(_ key: String) throws -> [JSONValue]? {
        try present(key) ? list(key) : nil
    }

    package func strings(_ key: String) throws -> [String] {
        try list(key).enumerated().map { index, value in
            guard let string = value.string else {
                throw APIError.invalid(
                    "string_type",
                    at: location + [.string(key), JSONValue(index)],
                    "Input should be a valid string",
                    input: value
                )
            }
            return string
        }
    }

    package func optionalStrings(_ key: String) throws -> [String]? {
        try present(key) ? strings(key) : nil
    }

    /// The form of an object inside this one.
    package func form(_ key: String) throws -> Form {
        Form(object: try dictionary(key), at: location + [.string(key)])
    }

    /// True when the key is there and not null.
    package func present(_ key: String) -> Bool {
        object[key].map { !$0.isNull } ?? false
    }

    package subscript(_ key: String) -> JSONValue? {
        object[key]
    }

    private func required(_ key: String) throws -> JSONValue {
        guard let value = object[key] else {
            throw APIError.invalid(
                "missing",
                at: location + [.string(key)],
                "Field required",
                input: .object(object.filter { !Self.isSecret($0.key) })
            )
        }
        return value
    }

    private func wrong(_ type: String, _ key: String, _ message: String, _ input: JSONValue) -> APIError {
        .invalid(type, at: location + [.string(key)], message, input: Self.isSecret(key) ? .null : input)
    }

    /// Complaints repeat the input, but never a secret.
    private static func isSecret(_ key: String) -> Bool {
        key.contains("password") || key.lowercased().contains("key") || key.contains("token") || key.contains("secret")
    }
}

extension Bool {
    /// The spellings that the API takes for a Boolean in a query.
    package init?(query text: String) {
        switch text.lowercased() {
        case "true", "1", "yes", "on", "t", "y": self = true
        case "false", "0", "no", "off", "f", "n": self = false
        default: return nil
        }
    }
}

extension Request {
    /// The most that is read as JSON, in bytes; a chat with pictures inside reaches tens of megabytes.
    package static let maximumJSON = 128 << 20

    /// The body as JSON; null when it is empty.
    ///
    /// - Throws: 422 for what is not JSON, 413 for what is too large to be taken apart.
    package func json() throws -> JSONValue {
        guard body.size <= Self.maximumJSON else { throw APIError.tooLarge("The request body is too large") }
        if body.size == 0 { return .null }
        do {
            return try body.withBytes { try JSONValue(parsing: $0.bindMemory(to: UInt8.self)) }
        } catch let error as JSONError {
            throw APIError(
                422,
                [
                    [
                        "type": "json_invalid", "loc": ["body", JSONValue(error.offset)], "msg": "JSON decode error",
                        "input": [:], "ctx": ["error": .string(error.message)],
                    ]
                ]
            )
        }
    }

    package func queryInt(_ name: String) throws -> Int? {
        guard let text = query[name] else { return nil }
        guard let value = Int(text) else {
            throw APIError.invalid(
                "int_parsing",
                at: ["query", .string(name)],
                "Input should be a valid integer, unable to parse string as an integer",
                input: .string(text)
            )
        }
        return value
    }

    package func queryBool(_ name: String) throws -> Bool? {
        guard let text = query[name] else { return nil }
        guard let value = Bool(query: text) else {
            throw APIError.invalid(
                "bool_parsing",
                at: ["query", .string(name)],
                "Input should be a valid boolean, unable to interpret input",
                input: .string(text)
            )
        }
        return value
    }

    /// - Throws: 422 when the parameter is missing.
    package func requiredQuery(_ name: String) throws -> String {
        guard let text = query[name] else {
            throw APIError.invalid("missing", at: ["query", .string(name)], "Field required")
        }
        return text
    }
}
