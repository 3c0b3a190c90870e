import Core

/// A filter held against one value of an attribute that has many, as the paths of PATCH operations do.
extension SCIMFilter {
    /// The element is in the form of the schema.
    func matches(_ element: JSONValue, of attribute: SCIMAttribute) throws -> Bool {
        switch self {
        case .present(let path): return try Self.value(path, element, attribute).value != nil
        case .compare(let path, let comparison, let other):
            let (value, part) = try Self.value(path, element, attribute)
            return Self.holds(value, comparison, other, isCaseExact: part.isCaseExact)
        case .some: throw SCIMError.invalid(.invalidPath, "Values have no values of their own")
        case .and(let left, let right):
            return try left.matches(element, of: attribute) && right.matches(element, of: attribute)
        case .or(let left, let right):
            return try left.matches(element, of: attribute) || right.matches(element, of: attribute)
        case .not(let inner): return try !inner.matches(element, of: attribute)
        }
    }

    /// What a value must hold to pass, where the filter says so by equalities alone; nil for other filters.
    var demands: [(part: String, value: JSONValue)]? {
        switch self {
        case .compare(let path, .eq, let value) where path.part == nil: [(path.name, value)]
        case .and(let left, let right):
            if let left = left.demands, let right = right.demands { left + right } else { nil }
        default: nil
        }
    }

    private static func value(
        _ path: SCIMAttributePath,
        _ element: JSONValue,
        _ attribute: SCIMAttribute
    ) throws -> (value: JSONValue?, part: SCIMAttribute) {
        guard path.part == nil, path.schema == nil, let part = attribute.part(path.name) else {
            throw SCIMError.invalid(.invalidPath, "The attribute \(attribute.name) has no part \(path.text.prefix(64))")
        }
        return (element[part.name]?.nonNull, part)
    }

    private static func holds(_ value: JSONValue?, _ comparison: Comparison, _ other: JSONValue, isCaseExact: Bool)
        -> Bool
    {
        if let text = value?.string, let other = other.string {
            let (text, other) = isCaseExact ? (text, other) : (text.lowercased(), other.lowercased())
            return switch comparison {
            case .eq: text == other
            case .ne: text != other
            case .co: text.contains(other)
            case .sw: text.hasPrefix(other)
            case .ew: text.hasSuffix(other)
            case .gt: text > other
            case .ge: text >= other
            case .lt: text < other
            case .le: text <= other
            }
        }
        switch comparison {
        case .eq: return value == other.nonNull
        case .ne: return value != other.nonNull
        default: return false
        }
    }
}
