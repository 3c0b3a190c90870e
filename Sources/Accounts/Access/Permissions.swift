package import Core

/// The tree of permissions, `{section: {leaf: Bool}}`. Groups only add to what everybody has.
package struct Permissions: Sendable {
    package let tree: JSONValue

    /// - Parameters:
    ///   - everybody: the default tree.
    ///   - groups: the trees of the account's groups.
    package init(everybody: JSONValue, groups: [JSONValue]) {
        tree = groups.reduce(everybody, Self.union)
    }

    /// Whether the leaf at this path, such as `chat.delete`, is on.
    package func allows(_ path: String) -> Bool {
        var node: JSONValue? = tree
        for part in path.split(separator: ".") { node = node?[String(part)] }
        return node?.isTruthy ?? false
    }

    private static func union(_ left: JSONValue, _ right: JSONValue) -> JSONValue {
        guard case .object(var members) = left, case .object(let others) = right else {
            return left.isTruthy ? left : right
        }
        for (key, value) in others { members[key] = members[key].map { union($0, value) } ?? value }
        return .object(members)
    }
}
