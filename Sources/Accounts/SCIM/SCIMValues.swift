import Core

/// The values of `emails` or `photos`: the primary one, whose value the account itself holds, and others that are only kept.
///
/// Stored as `{name: {display?, type?, primary?}, names: [{value, display?, type?, primary?}]}`.
struct SCIMValues: Sendable, Equatable {
    /// What is said of the primary value besides. `primary` is there only where the client did not mark it: false, or null where it
    /// said nothing.
    var labels: JSONObject = [:]
    var others: [JSONValue] = []

    private static let mostValues = 20

    init() {}

    init(stored: JSONObject, primary: String, others: String) {
        labels = stored[primary]?.object ?? [:]
        self.others = stored[others]?.array ?? []
    }

    /// Takes what a client sends apart: the value marked as primary counts, else the first one.
    /// There is at least one, in the form of the schema.
    static func split(_ values: [JSONValue], _ name: String) throws -> (primary: String, rest: SCIMValues) {
        guard values.count <= mostValues else {
            throw SCIMError.invalid(.invalidValue, "The attribute \(name) has more than \(mostValues) values")
        }
        let primary = values.firstIndex { $0["primary"]?.bool == true } ?? 0
        var rest = SCIMValues()
        var value: String?
        for (index, element) in values.enumerated() {
            guard let text = element["value"]?.string else {
                throw SCIMError.invalid(.invalidValue, "A value of \(name) has no value")
            }
            var parts = element.object ?? [:]
            if index == primary {
                parts["value"] = nil
                parts["primary"] = element["primary"]?.bool == true ? nil : element["primary"] ?? .some(.null)
                rest.labels = parts
                value = text
            } else {
                rest.others.append(.object(parts))
            }
        }
        guard let value else { throw SCIMError.invalid(.invalidValue, "The attribute \(name) has no value") }
        return (value, rest)
    }

    func store(in stored: inout JSONObject, primary: String, others: String) {
        stored[primary] = labels.isEmpty ? nil : .object(labels)
        stored[others] = self.others.isEmpty ? nil : .array(self.others)
    }

    /// All values, the primary one first.
    /// `marksPrimary` says whether that one is marked as such also where the client did not.
    func document(primary: String, marksPrimary: Bool) -> JSONValue {
        var first: JSONObject = ["value": .string(primary)]
        for (key, value) in labels { first[key] = value }
        first["primary"] = marksPrimary || labels["primary"] == nil ? true : labels["primary"]?.nonNull
        return .array([.object(first)] + others)
    }
}
