import Core

/// What one operation of a PATCH request does to one attribute.
struct SCIMAttributeChange {
    let attribute: SCIMAttribute
    /// The part that is meant; nil for the whole.
    let part: SCIMAttribute?
    /// The values that are meant of an attribute that has many; nil for all.
    let filter: SCIMFilter?
    let input: SCIMInput
    /// Nil while it is unassigned.
    var current: JSONValue?

    mutating func add(_ value: JSONValue) throws {
        if attribute.isMultiValued, filter == nil, part == nil { return append(try input.value(value, of: attribute)) }
        try set(value, makesMissing: true)
    }

    mutating func replace(_ value: JSONValue) throws {
        if attribute.isMultiValued, filter == nil, part == nil {
            current = try input.value(value, of: attribute).nonNull
        } else {
            try set(value, makesMissing: filter == nil)
        }
    }

    /// Clients that mean single values of many also name them by a value beside the path.
    mutating func remove(_ value: JSONValue?) throws {
        guard attribute.isMultiValued else {
            guard let part else { return current = nil }
            current?[part.name] = nil
            return dropIfEmpty()
        }
        var elements = current?.array ?? []
        let named = try value.map { try input.value($0, of: attribute).array ?? [] }
        for index in elements.indices.reversed() {
            if let filter, try !filter.matches(elements[index], of: attribute) { continue }
            if let named, filter == nil, part == nil, !named.contains(where: { isSame($0, elements[index]) }) {
                continue
            }
            if let part {
                elements[index][part.name] = nil
            } else {
                elements.remove(at: index)
            }
        }
        current = elements.isEmpty ? nil : .array(elements)
    }

    private mutating func set(_ value: JSONValue, makesMissing: Bool) throws {
        guard attribute.isMultiValued else {
            guard attribute.kind == .complex else { return current = try input.single(value, of: attribute).nonNull }
            current = .object(try merged(current?.object ?? [:], value))
            return dropIfEmpty()
        }
        var elements = current?.array ?? []
        var chosen = try elements.indices.filter { try filter?.matches(elements[$0], of: attribute) ?? true }
        if chosen.isEmpty {
            guard makesMissing else {
                throw SCIMError.invalid(.noTarget, "No value of \(attribute.name) passes the path's filter")
            }
            elements.append(.object(try demanded()))
            chosen = [elements.count - 1]
        }
        for index in chosen { elements[index] = .object(try merged(elements[index].object ?? [:], value)) }
        keepOnePrimary(&elements, of: chosen)
        current = .array(elements)
    }

    /// The parts that a new value needs so that the filter finds it.
    private func demanded() throws -> JSONObject {
        guard let filter else { return [:] }
        guard let demands = filter.demands else {
            throw SCIMError.invalid(.noTarget, "No value of \(attribute.name) passes the path's filter")
        }
        return try input.single(.object(JSONObject(demands.map { ($0.part, $0.value) }) { $1 }), of: attribute).object
            ?? [:]
    }

    private func merged(_ parts: JSONObject, _ value: JSONValue) throws -> JSONObject {
        var parts = parts
        if let part {
            parts[part.name] = try input.single(value, of: part).nonNull
            return parts
        }
        guard let object = value.object else {
            // A bare value of what has many.
            return try parts.merging(input.single(value, of: attribute).object ?? [:]) { $1 }
        }
        for (key, value) in object {
            guard let part = attribute.part(key) else { continue }
            parts[part.name] = try input.single(value, of: part).nonNull
        }
        return parts
    }

    /// A value that is there already takes what is new in its other parts.
    private mutating func append(_ values: JSONValue) {
        var elements = current?.array ?? []
        // By their own values, so that a thousand new members do not each look through a thousand old ones.
        var places: [String: Int] = [:]
        for (index, element) in elements.enumerated() { places[key(element)] = index }
        var changed: [Int] = []
        for value in values.array ?? [] {
            if let index = places[key(value)] {
                elements[index] = .object((elements[index].object ?? [:]).merging(value.object ?? [:]) { $1 })
                changed.append(index)
            } else {
                places[key(value)] = elements.count
                changed.append(elements.count)
                elements.append(value)
            }
        }
        keepOnePrimary(&elements, of: changed)
        current = elements.isEmpty ? nil : .array(elements)
    }

    /// The newest primary value is the one.
    private func keepOnePrimary(_ elements: inout [JSONValue], of changed: [Int]) {
        guard let primary = changed.last(where: { elements[$0]["primary"]?.bool == true }) else { return }
        for index in elements.indices where index != primary && elements[index]["primary"]?.bool == true {
            elements[index]["primary"] = false
        }
    }

    private mutating func dropIfEmpty() {
        if current?.object?.isEmpty == true { current = nil }
    }

    private func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
        key(left) == key(right)
    }

    private func key(_ element: JSONValue) -> String {
        guard let value = element["value"]?.string else { return element.text }
        return attribute.part("value")?.isCaseExact == true ? value : value.lowercased()
    }
}
