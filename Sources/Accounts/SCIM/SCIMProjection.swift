import Core

/// Which attributes a client wants to see (RFC 7644 §3.9).
struct SCIMProjection: Sendable, Equatable {
    private static let mostAttributes = 200
    private static let always: Set<String> = ["schemas", "id"]

    private let wanted: [SCIMAttributePath]?
    private let unwanted: [SCIMAttributePath]

    static let everything = SCIMProjection(wanted: nil, unwanted: [])

    /// Names parted by commas, as the query has them.
    init(attributes: String?, excluded: String?) throws {
        func names(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }
        try self.init(attributes: attributes.map(names), excluded: excluded.map(names))
    }

    init(attributes: [String]?, excluded: [String]?) throws {
        self.init(wanted: try attributes.map(Self.paths), unwanted: try Self.paths(excluded ?? []))
    }

    private init(wanted: [SCIMAttributePath]?, unwanted: [SCIMAttributePath]) {
        self.wanted = wanted?.isEmpty == true ? nil : wanted
        self.unwanted = unwanted
    }

    private static func paths(_ names: [String]) throws -> [SCIMAttributePath] {
        guard names.count <= mostAttributes else {
            throw SCIMError.invalid(.invalidValue, "More than \(mostAttributes) attributes are named")
        }
        return try names.filter { $0.contains { $0 != " " } }.map { try SCIMTarget(parsing: $0).attribute }
    }

    /// Whether any part of an attribute is shown.
    func includes(_ name: String) -> Bool {
        if let wanted, !wanted.contains(where: { $0.name.lowercased() == name.lowercased() }) { return false }
        return !unwanted.contains { $0.name.lowercased() == name.lowercased() && $0.part == nil }
    }

    func apply(to document: JSONObject) -> JSONObject {
        if self == .everything { return document }
        var shown = JSONObject()
        for (name, value) in document {
            if Self.always.contains(name) {
                shown[name] = value
            } else if includes(name) {
                shown[name] = parts(of: name, value)
            }
        }
        return shown
    }

    private func parts(of name: String, _ value: JSONValue) -> JSONValue {
        func named(_ paths: [SCIMAttributePath]) -> [SCIMAttributePath] {
            paths.filter { $0.name.lowercased() == name.lowercased() }
        }
        let wanted = named(self.wanted ?? [])
        let only = wanted.contains { $0.part == nil } ? [] : wanted.compactMap { $0.part?.lowercased() }
        let without = named(unwanted).compactMap { $0.part?.lowercased() }
        if only.isEmpty, without.isEmpty { return value }
        func cut(_ value: JSONValue) -> JSONValue {
            guard let object = value.object else { return value }
            return .object(
                object.filter {
                    (only.isEmpty || only.contains($0.key.lowercased())) && !without.contains($0.key.lowercased())
                }
            )
        }
        return value.array.map { .array($0.map(cut)) } ?? cut(value)
    }
}
