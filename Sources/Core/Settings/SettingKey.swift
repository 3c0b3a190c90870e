/// One entry of the table of settings, whatever its type.
package protocol AnySettingKey: Sendable {
    /// The environment variable; also the name under which the API and the database know the setting.
    var name: String { get }
    /// Where the reference keeps it in its nested configuration, such as `ui.enable_signup`; nil when only the environment sets it.
    var storedPath: String? { get }
    var kind: SettingKind { get }
    /// Whether it may have no value at all.
    var isOptional: Bool { get }
    var defaultValue: SettingValue { get }
    /// What it is for, in one line.
    var meaning: String { get }
    /// Whether its value must not be shown nor logged. Secrets can also be given as a file, named by the variable `<name>_FILE`.
    var isSecret: Bool { get }
    /// Older variables that set it as well, asked in this order when its own is missing or empty.
    var aliases: [String] { get }
    /// The setting whose environment value is its default.
    var inherits: String? { get }
}

/// A setting: its name, where it is saved, its default and what it means.
package struct SettingKey<Value: SettingType>: AnySettingKey {
    package let name: String
    package let storedPath: String?
    package let `default`: Value
    package let kind: SettingKind
    package let meaning: String
    package let isSecret: Bool
    package let aliases: [String]
    package let inherits: String?

    /// A `separator` is for lists of texts; a semicolon also keeps empty items, as some such lists are matched by position.
    init(
        _ name: String,
        stored storedPath: String? = nil,
        default: Value,
        secret isSecret: Bool = false,
        separator: Character? = nil,
        aliases: [String] = [],
        inherits: String? = nil,
        _ meaning: String
    ) {
        self.name = name
        self.storedPath = storedPath
        self.default = `default`
        self.isSecret = isSecret
        self.aliases = aliases
        self.inherits = inherits
        self.meaning = meaning
        kind = separator.map { .list(separator: $0, keepsEmptyItems: $0 == ";") } ?? Value.kind
    }

    package var isOptional: Bool { Value.isOptional }
    package var defaultValue: SettingValue { `default`.settingValue }
}

extension AnySettingKey {
    /// Reads a text of the environment.
    ///
    /// - Returns: the value; or nil for an empty text where there can be no empty value, which counts as not set.
    /// - Throws: ``SettingsProblem`` for a text of another kind; it shows the text unless it is secret.
    func parse(_ text: String, from variable: String) throws(SettingsProblem) -> SettingValue? {
        if text.trimmingBlanks.isEmpty {
            if isOptional { return SettingValue.none }
            switch kind {
            case .integer, .number, .json, .jsonList: return nil
            case .bool, .text, .list: if !aliases.isEmpty { return nil }
            }
        }
        guard let value = kind.parse(text) else {
            let shown = isSecret ? "its value" : "“\(text.prefix(80))”"
            throw SettingsProblem(variable, "\(shown) is not \(kind.expectation)")
        }
        return value
    }

    /// Reads what the database has; null stands for nothing saved.
    ///
    /// - Throws: ``SettingsProblem`` for a value of another kind.
    func convert(_ json: JSONValue) throws(SettingsProblem) -> SettingValue? {
        if json == .null { return nil }
        if isOptional, case .string(let text) = json, text.trimmingBlanks.isEmpty { return SettingValue.none }
        guard let value = kind.convert(json) else {
            throw SettingsProblem(name, "the saved value is not \(kind.expectation)")
        }
        return value
    }
}

/// Something wrong with one variable or saved value.
package struct SettingsProblem: Error, Equatable, CustomStringConvertible {
    package let name: String
    /// Never contains the value of a secret.
    package let message: String

    init(_ name: String, _ message: String) {
        self.name = name
        self.message = message
    }

    package var description: String { "\(name): \(message)" }
}

/// All that is wrong with the environment, so that it is repaired in one go.
package struct SettingsError: Error, Equatable, CustomStringConvertible {
    package let problems: [SettingsProblem]

    package var description: String {
        "The configuration can not be used:\n" + problems.map { "  \($0)" }.joined(separator: "\n")
    }
}
