import Core
import Foundation

/// The groups that no provider decides on: nobody is put into them nor taken out, and they are not created.
///
/// A pattern is a name, a name with the wildcards `*` and `?`, or, where it has other characters of regular expressions, one that
/// must be found in the name.
struct BlockedGroups {
    private static let maximumPatterns = 200
    /// The regular expression's progress is looked at this often before it is given up; each time is some thousand steps.
    private static let patience = 20

    private let patterns: [String]
    private let expressions: [NSRegularExpression]

    /// - Parameter setting: a JSON list, as text. What is no list blocks nothing.
    init(_ setting: String) {
        let list = (try? JSONValue(parsing: setting))?.array ?? []
        patterns = list.prefix(Self.maximumPatterns).compactMap(\.string).filter { !$0.isEmpty }
        expressions = patterns.compactMap { pattern in
            guard pattern.contains(where: { "^$[](){}+\\|".contains($0) }) else { return nil }
            return try? NSRegularExpression(pattern: pattern)
        }
    }

    func contains(_ name: String) -> Bool {
        patterns.contains { $0 == name || Self.matches(name, wildcards: $0) }
            || expressions.contains { Self.finds($0, in: name) }
    }

    /// Goes back at most to the last `*`, so the cost is at most the product of the lengths.
    static func matches(_ name: String, wildcards pattern: String) -> Bool {
        guard pattern.contains(where: { $0 == "*" || $0 == "?" }) else { return false }
        let (name, pattern) = (Array(name), Array(pattern))
        var (position, place) = (0, 0)
        var star: (place: Int, position: Int)?
        while position < name.count {
            if place < pattern.count, pattern[place] == "*" {
                star = (place, position)
                place += 1
            } else if place < pattern.count, pattern[place] == "?" || pattern[place] == name[position] {
                place += 1
                position += 1
            } else if let last = star {
                star = (last.place, last.position + 1)
                place = last.place + 1
                position = last.position + 1
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "*" }
    }

    /// An expression that takes too long counts as found: then the group stays as it is.
    private static func finds(_ expression: NSRegularExpression, in name: String) -> Bool {
        var isFound = false
        var steps = 0
        let range = NSRange(name.startIndex..., in: name)
        expression.enumerateMatches(in: name, options: .reportProgress, range: range) { match, _, stop in
            steps += 1
            if match != nil || steps > patience {
                isFound = true
                stop.pointee = true
            }
        }
        return isFound
    }
}
