package import OrderedCollections

/// An object's members in the order they were written.
package typealias JSONObject = OrderedDictionary<String, JSONValue>

/// A JSON text taken apart. Keys keep their order and numbers their spelling, because much of what passes through here
/// belongs to others (a client's chat, a provider's request) and must leave as it came.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// A number as it was spelt; `1.0` stays `1.0`, and 64-bit ids lose no digit.
package struct JSONNumber: Sendable, Hashable {
    package let text: String

    /// - Parameter text: a number in JSON's grammar; the parser and the initialisers below guarantee it.
    init(spelling text: String) {
        self.text = text
    }

    package init(_ value: Int) {
        text = String(value)
    }

    /// Infinities and NaN have no spelling in JSON and become 0.
    package init(_ value: Double) {
        text = value.isFinite ? (value == value.rounded() && abs(value) < 1e15 ? "\(Int(value)).0" : "\(value)") : "0"
    }

    /// The whole number, also when it is spelt `3.0`; nil for fractions and for what does not fit.
    package var int: Int? {
        Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
    }

    package var double: Double {
        Double(text) ?? 0
    }
}

extension JSONValue {
    package var isNull: Bool {
        self == .null
    }

    /// Nil for null. (`value.isNull ? nil : value` would be null again, which has a nil literal of its own.)
    package var nonNull: JSONValue? {
        isNull ? .none : .some(self)
    }

    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    package var int: Int? {
        if case .number(let value) = self { value.int } else { nil }
    }

    package var double: Double? {
        if case .number(let value) = self { value.double } else { nil }
    }

    package var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    package var object: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// Python's truth: null, false, 0, "" and empty containers are false. Several flags of the API follow it.
    package var isTruthy: Bool {
        switch self {
        case .null: false
        case .bool(let value): value
        case .number(let value): value.double != 0
        case .string(let value): !value.isEmpty
        case .array(let value): !value.isEmpty
        case .object(let value): !value.isEmpty
        }
    }

    /// The member of an object, or nil where there is none or this is no object. Setting on anything but an object makes it one.
    package subscript(_ key: String) -> JSONValue? {
        get { object?[key] }
        set {
            var members = object ?? [:]
            self = .null  // Gives up the only other reference, so that the dictionary changes in place.
            members[key] = newValue
            self = .object(members)
        }
    }

    package subscript(_ index: Int) -> JSONValue? {
        guard case .array(let values) = self, values.indices.contains(index) else { return nil }
        return values[index]
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringInterpolation
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    package init(floatLiteral value: Double) { self = .number(JSONNumber(value)) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(nilLiteral: ()) { self = .null }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements, uniquingKeysWith: { _, last in last }))
    }

    package init(_ value: String?) { self = value.map(JSONValue.string) ?? .null }
    package init(_ value: Int?) { self = value.map { .number(JSONNumber($0)) } ?? .null }
    package init(_ value: Bool?) { self = value.map(JSONValue.bool) ?? .null }
    package init(_ value: Double) { self = .number(JSONNumber(value)) }
    package init(_ values: [String]) { self = .array(values.map(JSONValue.string)) }
}
