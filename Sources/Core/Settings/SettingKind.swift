/// How a setting's value is written in the environment, and which JSON the database may hold for it.
package enum SettingKind: Sendable, Hashable {
    /// `true` in any case is true, everything else is false: `1` and `yes` too, as deployments rely on it.
    case bool
    case integer
    case number
    case text
    /// Items lose the spaces around them. Lists whose positions matter keep empty items.
    case list(separator: Character, keepsEmptyItems: Bool)
    case json
    /// JSON that must be an array.
    case jsonList

    /// Read from the environment.
    ///
    /// - Returns: nil when the text is not of this kind.
    func parse(_ text: String) -> SettingValue? {
        switch self {
        case .bool: return .bool(text.lowercased() == "true")
        case .integer: return Int(text.trimmingBlanks).map(SettingValue.integer)
        case .number: return Double(text.trimmingBlanks).flatMap { $0.isFinite ? .number($0) : nil }
        case .text: return .text(text)
        case .list(let separator, let keepsEmptyItems):
            let items = text.split(separator: separator, omittingEmptySubsequences: false).map(\.trimmingBlanks)
            return .list(keepsEmptyItems ? items : items.filter { !$0.isEmpty })
        case .json:
            return (try? JSONValue(parsing: text)).map(SettingValue.json)
        case .jsonList:
            guard let value = try? JSONValue(parsing: text), value.array != nil else { return nil }
            return .json(value)
        }
    }

    /// Read from the database, which also holds what the reference and its clients once saved: numbers as texts, lists as one text.
    ///
    /// - Returns: nil when no reading gives a value of this kind.
    func convert(_ json: JSONValue) -> SettingValue? {
        switch (self, json) {
        case (.json, _): .json(json)
        case (.jsonList, .array): .json(json)
        case (.bool, .bool(let value)): .bool(value)
        case (.integer, .number(let value)): value.int.map(SettingValue.integer)
        case (.number, .number(let value)): .number(value.double)
        case (.text, .number(let value)): .text(value.text)
        case (.text, .bool(let value)): .text(value ? "true" : "false")
        case (.list, .array(let values)): Self.texts(values).map(SettingValue.list)
        case (_, .string(let text)): parse(text)
        default: nil
        }
    }

    private static func texts(_ values: [JSONValue]) -> [String]? {
        var texts: [String] = []
        for value in values {
            switch value {
            case .string(let text): texts.append(text)
            case .number(let number): texts.append(number.text)
            default: return nil
            }
        }
        return texts
    }

    /// What a value must be, for messages.
    var expectation: String {
        switch self {
        case .bool: "true or false"
        case .integer: "a whole number"
        case .number: "a number"
        case .text: "a text"
        case .list(let separator, _): "a list separated by “\(separator)”"
        case .json: "JSON"
        case .jsonList: "a JSON array"
        }
    }
}

extension StringProtocol {
    /// Without spaces, tabs and line ends at both sides.
    var trimmingBlanks: String {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
