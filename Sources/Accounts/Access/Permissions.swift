package import Core

/// The tree of permissions, `{section: {leaf: Bool}}`. Groups only add to what everybody has.
package struct Permissions: Sendable {
    package let tree: JSONValue

    /// - Parameters:
    ///   - everybody: the default tree.
    ///   - groups: the trees of the account's groups.
    ///   - standard: what leaves are that a tree of an older version does not have.
    package init(everybody: JSONValue, groups: [JSONValue], standard: JSONValue = [:]) {
        tree = groups.reduce(Self.filling(everybody, from: standard), Self.union)
    }

    package init(of account: Account, _ settings: Settings) {
        self.init(
            everybody: settings[Setting.userPermissions],
            groups: account.groupPermissions,
            standard: settings.defaultPermissions
        )
    }

    /// Whether the leaf at this path, such as `chat.delete`, is on.
    package func allows(_ path: String) -> Bool {
        var node: JSONValue? = tree
        for part in path.split(separator: ".") { node = node?[String(part)] }
        return node?.isTruthy ?? false
    }

    private static func filling(_ tree: JSONValue, from standard: JSONValue) -> JSONValue {
        guard case .object(var members) = tree, case .object(let others) = standard else { return tree }
        for (key, value) in others { members[key] = members[key].map { filling($0, from: value) } ?? value }
        return .object(members)
    }

    private static func union(_ left: JSONValue, _ right: JSONValue) -> JSONValue {
        guard case .object(var members) = left, case .object(let others) = right else {
            return left.isTruthy ? left : right
        }
        for (key, value) in others { members[key] = members[key].map { union($0, value) } ?? value }
        return .object(members)
    }
}
