import OrderedCollections

/// The reference's configuration is one nested object (`{"ui": {"enable_signup": true}}`); ours is a value for each setting.
extension Settings {
    /// - Parameter database: saved values by path or by name.
    /// - Returns: the nested object, with its keys in alphabetical order.
    package static func nested(database: [String: JSONValue]) -> JSONValue {
        var root: JSONValue = [:]
        var byPath: [String: JSONValue] = [:]
        for (key, value) in database { byPath[Setting.byName[key]?.storedPath ?? key] = value }
        for (path, value) in byPath.sorted(by: { $0.key < $1.key }) {
            insert(value, at: path.split(separator: ".", omittingEmptySubsequences: false)[...], into: &root)
        }
        return root
    }

    /// The other way round. A known setting takes its whole value; below what is not known, every leaf is kept by its path, so that
    /// nothing of an older or newer version is lost. Empty objects that belong to no setting leave no trace.
    package static func flattened(_ nested: JSONValue) -> [String: JSONValue] {
        var values: [String: JSONValue] = [:]
        collect(nested, path: "", into: &values)
        return values
    }

    private static func insert(_ value: JSONValue, at path: ArraySlice<Substring>, into node: inout JSONValue) {
        guard let first = path.first else { return }
        let key = String(first)
        if path.count == 1 {
            node[key] = value
        } else {
            var child = node[key].flatMap { $0.object == nil ? nil : $0 } ?? [:]
            insert(value, at: path.dropFirst(), into: &child)
            node[key] = child
        }
    }

    private static func collect(_ node: JSONValue, path: String, into values: inout [String: JSONValue]) {
        if !path.isEmpty, Setting.byPath[path] != nil {
            values[path] = node
        } else if case .object(let members) = node {
            for (key, value) in members { collect(value, path: path.isEmpty ? key : "\(path).\(key)", into: &values) }
        } else if !path.isEmpty {
            values[path] = node
        }
    }
}
