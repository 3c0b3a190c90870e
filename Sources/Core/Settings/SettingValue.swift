/// A setting's value in one of the few shapes that settings have.
package enum SettingValue: Sendable, Hashable {
    /// An optional setting that is not set.
    case none
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([String])
    case json(JSONValue)

    /// As the API shows it and the database keeps it.
    package var json: JSONValue {
        switch self {
        case .none: .null
        case .bool(let value): .bool(value)
        case .integer(let value): JSONValue(value)
        case .number(let value): JSONValue(value)
        case .text(let value): .string(value)
        case .list(let values): JSONValue(values)
        case .json(let value): value
        }
    }
}

/// A Swift type that a setting can have.
package protocol SettingType: Sendable, Equatable {
    static var kind: SettingKind { get }
    static var isOptional: Bool { get }
    /// Nil when the value is of another shape.
    init?(_ value: SettingValue)
    var settingValue: SettingValue { get }
}

extension SettingType {
    package static var isOptional: Bool { false }
}

extension Bool: SettingType {
    package static var kind: SettingKind { .bool }
    package var settingValue: SettingValue { .bool(self) }
    package init?(_ value: SettingValue) {
        guard case .bool(let bool) = value else { return nil }
        self = bool
    }
}

extension Int: SettingType {
    package static var kind: SettingKind { .integer }
    package var settingValue: SettingValue { .integer(self) }
    package init?(_ value: SettingValue) {
        guard case .integer(let integer) = value else { return nil }
        self = integer
    }
}

extension Double: SettingType {
    package static var kind: SettingKind { .number }
    package var settingValue: SettingValue { .number(self) }
    package init?(_ value: SettingValue) {
        guard case .number(let number) = value else { return nil }
        self = number
    }
}

extension String: SettingType {
    package static var kind: SettingKind { .text }
    package var settingValue: SettingValue { .text(self) }
    package init?(_ value: SettingValue) {
        guard case .text(let text) = value else { return nil }
        self = text
    }
}

extension JSONValue: SettingType {
    package static var kind: SettingKind { .json }
    package var settingValue: SettingValue { .json(self) }
    package init?(_ value: SettingValue) {
        guard case .json(let json) = value else { return nil }
        self = json
    }
}

extension Array: SettingType where Element: SettingItem {
    package static var kind: SettingKind { Element.listKind }
    package var settingValue: SettingValue { Element.list(self) }
    package init?(_ value: SettingValue) {
        guard let items = Element.items(value) else { return nil }
        self = items
    }
}

extension Optional: SettingType where Wrapped: SettingType {
    package static var kind: SettingKind { Wrapped.kind }
    package static var isOptional: Bool { true }
    package var settingValue: SettingValue { map(\.settingValue) ?? .none }
    package init?(_ value: SettingValue) {
        if case .none = value {
            self = nil
            return
        }
        guard let wrapped = Wrapped(value) else { return nil }
        self = wrapped
    }
}

/// What lists of settings consist of: texts, which the environment separates by a character, or whole JSON values.
package protocol SettingItem: Sendable, Equatable {
    static var listKind: SettingKind { get }
    static func list(_ items: [Self]) -> SettingValue
    static func items(_ value: SettingValue) -> [Self]?
}

extension String: SettingItem {
    package static var listKind: SettingKind { .list(separator: ",", keepsEmptyItems: false) }
    package static func list(_ items: [String]) -> SettingValue { .list(items) }
    package static func items(_ value: SettingValue) -> [String]? {
        if case .list(let items) = value { items } else { nil }
    }
}

extension JSONValue: SettingItem {
    package static var listKind: SettingKind { .jsonList }
    package static func list(_ items: [JSONValue]) -> SettingValue { .json(.array(items)) }
    package static func items(_ value: SettingValue) -> [JSONValue]? {
        if case .json(.array(let items)) = value { items } else { nil }
    }
}
