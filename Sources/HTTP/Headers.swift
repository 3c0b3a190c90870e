/// Header fields by name, in lower case; of a field that came twice the values are joined by a comma (RFC 9110 §5.3), those
/// of `Cookie` by a semicolon (RFC 9113 §8.2.3).
package struct Headers: Sendable, ExpressibleByDictionaryLiteral {
    private var fields: [String: String] = [:]

    package init() {}

    package init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { add(name, value) }
    }

    package subscript(_ name: String) -> String? {
        fields[name]
    }

    package mutating func add(_ name: String, _ value: String) {
        let name = name.lowercased()
        fields[name] = fields[name].map { $0 + (name == "cookie" ? "; " : ", ") + value } ?? value
    }
}

/// The cookies of a request. Of a name that came twice the first counts, as in browsers' own order of paths.
package struct Cookies: Sendable {
    private var values: [Substring: Substring] = [:]

    package init(header: String) {
        for pair in header.split(separator: ";").prefix(100) {
            guard let equals = pair.firstIndex(of: "=") else { continue }
            let name = pair[..<equals].drop { $0 == " " }
            var value = pair[pair.index(after: equals)...]
            if value.count >= 2, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
            if values[name] == nil { values[name] = value }
        }
    }

    package subscript(_ name: String) -> String? {
        values[name[...]].map(String.init)
    }
}
