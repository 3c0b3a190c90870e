import Core

/// An attribute as filters and paths name it: `userName`, `name.familyName`, or with the schema before it.
struct SCIMAttributePath: Sendable, Equatable {
    /// The schema, as written; nil where none is.
    var schema: String?
    var name: String
    var part: String?

    var text: String { name + (part.map { "." + $0 } ?? "") }
}

/// A filter of RFC 7644 §3.4.2.2.
indirect enum SCIMFilter: Sendable, Equatable {
    enum Comparison: String, Sendable {
        case eq, ne, co, sw, ew, gt, ge, lt, le
    }

    case present(SCIMAttributePath)
    case compare(SCIMAttributePath, Comparison, JSONValue)
    /// Some one value of an attribute that has many passes the inner filter, whose paths name its parts.
    case some(SCIMAttributePath, SCIMFilter)
    case and(SCIMFilter, SCIMFilter)
    case or(SCIMFilter, SCIMFilter)
    case not(SCIMFilter)

    init(parsing text: String) throws {
        var parser = SCIMFilterParser(text)
        self = try parser.wholeFilter()
    }
}

/// Where a PATCH operation works (RFC 7644 §3.5.2): `members`, `emails[type eq "work"].value`, `name.familyName`.
struct SCIMTarget: Sendable, Equatable {
    var attribute: SCIMAttributePath
    /// Which values of an attribute that has many.
    var filter: SCIMFilter?

    init(parsing text: String) throws {
        var parser = SCIMFilterParser(text, kind: .invalidPath)
        self = try parser.wholeTarget()
    }

    init(attribute: SCIMAttributePath, filter: SCIMFilter?) {
        self.attribute = attribute
        self.filter = filter
    }
}

/// Recursive descent over the bytes of a filter. Its length, its depth and the number of its comparisons are bounded.
struct SCIMFilterParser {
    private static let maximumLength = 8192
    private static let maximumDepth = 16
    private static let maximumComparisons = 200

    private let bytes: [UInt8]
    private let kind: SCIMError.Kind
    private var position = 0
    private var comparisons = 0

    init(_ text: String, kind: SCIMError.Kind = .invalidFilter) {
        bytes = Array(text.utf8.prefix(Self.maximumLength + 1))
        self.kind = kind
    }

    mutating func wholeFilter() throws -> SCIMFilter {
        let filter = try disjunction(depth: 0, within: false)
        try end()
        return filter
    }

    mutating func wholeTarget() throws -> SCIMTarget {
        var target = SCIMTarget(attribute: try attribute(), filter: nil)
        if take("[") {
            if target.attribute.part != nil { throw error("a part of a value has no values of its own") }
            target.filter = try disjunction(depth: 1, within: true)
            try expect("]")
            if take(".") { target.attribute.part = try word() }
        }
        try end()
        return target
    }

    private mutating func disjunction(depth: Int, within: Bool) throws -> SCIMFilter {
        if bytes.count > Self.maximumLength { throw error("it is longer than \(Self.maximumLength) bytes") }
        if depth > Self.maximumDepth { throw error("it is nested deeper than \(Self.maximumDepth) levels") }
        var filter = try conjunction(depth: depth, within: within)
        while takeWord("or") { filter = .or(filter, try conjunction(depth: depth, within: within)) }
        return filter
    }

    private mutating func conjunction(depth: Int, within: Bool) throws -> SCIMFilter {
        var filter = try term(depth: depth, within: within)
        while takeWord("and") { filter = .and(filter, try term(depth: depth, within: within)) }
        return filter
    }

    private mutating func term(depth: Int, within: Bool) throws -> SCIMFilter {
        skipSpace()
        let start = position
        if takeWord("not") {
            skipSpace()
            if peek == UInt8(ascii: "(") { return .not(try group(depth: depth, within: within)) }
            position = start
        }
        if peek == UInt8(ascii: "(") { return try group(depth: depth, within: within) }
        comparisons += 1
        if comparisons > Self.maximumComparisons {
            throw error("it has more than \(Self.maximumComparisons) comparisons")
        }
        let path = try attribute()
        if take("[") {
            if within { throw error("brackets within brackets") }
            let inner = try disjunction(depth: depth + 1, within: true)
            try expect("]")
            return .some(path, inner)
        }
        if takeWord("pr") { return .present(path) }
        let name = try word()
        guard let comparison = SCIMFilter.Comparison(rawValue: name.lowercased()) else {
            throw error("there is no operator “\(name.prefix(20))”")
        }
        return .compare(path, comparison, try value())
    }

    private mutating func group(depth: Int, within: Bool) throws -> SCIMFilter {
        try expect("(")
        let filter = try disjunction(depth: depth + 1, within: within)
        try expect(")")
        return filter
    }

    /// A schema's name has dots of its own, and ends at its last colon.
    private mutating func attribute() throws -> SCIMAttributePath {
        skipSpace()
        let start = position
        while let byte = peek, Self.isNameByte(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":") {
            position += 1
        }
        var name = String(decoding: bytes[start..<position], as: UTF8.self)[...]
        var schema: String?
        if let colon = name.lastIndex(of: ":") {
            schema = String(name[..<colon])
            name = name[name.index(after: colon)...]
        }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ $0.first?.isLetter == true || $0.first == "$" }) else {
            position = start
            throw error("an attribute's name is expected")
        }
        return SCIMAttributePath(schema: schema, name: String(parts[0]), part: parts.count > 1 ? String(parts[1]) : nil)
    }

    private mutating func value() throws -> JSONValue {
        skipSpace()
        let start = position
        if take("\"") {
            while let byte = peek, byte != UInt8(ascii: "\"") { position += byte == UInt8(ascii: "\\") ? 2 : 1 }
            position = min(position + 1, bytes.count)
        } else {
            while let byte = peek, Self.isNameByte(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+") {
                position += 1
            }
        }
        let text = Array(bytes[start..<position])
        guard let value = try? JSONValue(parsing: Self.isWordOfJSON(text) ? text.map { $0 | 0x20 } : text) else {
            position = start
            throw error("a value is expected: text in quotation marks, a number, true, false or null")
        }
        return value
    }

    /// `True` is written by some.
    private static func isWordOfJSON(_ text: [UInt8]) -> Bool {
        ["true", "false", "null"].contains(String(decoding: text, as: UTF8.self).lowercased())
    }

    private mutating func word() throws -> String {
        skipSpace()
        let start = position
        while let byte = peek, Self.isNameByte(byte) { position += 1 }
        if start == position { throw error("a word is expected") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func takeWord(_ word: String) -> Bool {
        skipSpace()
        let end = position + word.utf8.count
        guard end <= bytes.count, zip(bytes[position..<end], word.utf8).allSatisfy({ $0 | 0x20 == $1 }),
            end == bytes.count || !Self.isNameByte(bytes[end])
        else { return false }
        position = end
        return true
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws {
        skipSpace()
        if !take(character) { throw error("“\(character)” is expected") }
    }

    private mutating func end() throws {
        skipSpace()
        if position < bytes.count { throw error("something follows that does not belong here") }
    }

    private var peek: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func skipSpace() {
        while peek == UInt8(ascii: " ") { position += 1 }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "$"):
            true
        default: false
        }
    }

    private func error(_ problem: String) -> SCIMError {
        .invalid(
            kind,
            "The \(kind == .invalidPath ? "path" : "filter") can not be read at character \(position + 1): \(problem)"
        )
    }
}
