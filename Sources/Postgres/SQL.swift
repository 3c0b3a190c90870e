/// A statement and its values. Interpolated values are bound, never written into the text.
///
/// ```swift
/// let chats = try connection.query("select id, title from chat where user_id = \(user) and id = any(\(ids))")
/// var filter: SQL = "where archived = \(false)"
/// if let tag { filter += " and tag = \(tag)" }
/// let rows = try connection.query("select id from chat \(filter) order by \(unsafe: column)")
/// ```
///
/// Fragments join with `+`, `+=`, `SQL.join` or by interpolation; placeholders are renumbered. `unsafe:` puts raw text into
/// the statement and is for names that the program itself chose, never for input.
package struct SQL: ExpressibleByStringInterpolation, Sendable {
    /// One value: `bytes[offset ..< offset + length]`, followed by a NUL. An offset below zero stands for null.
    struct Parameter: Sendable {
        var type: PostgresType
        var offset: Int
        var length: Int
        /// Where the placeholder's `$` lies in the text, in UTF-8 bytes.
        var position: Int
    }

    private(set) var text: String
    /// All values, one after another, so that sending needs pointers into one buffer and no further copies.
    private(set) var bytes: [UInt8] = []
    private(set) var parameters: [Parameter] = []

    package init(stringLiteral text: String) {
        self.text = text
    }

    package init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    package var isEmpty: Bool { text.isEmpty }

    package static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum += right
        return sum
    }

    package static func += (left: inout SQL, right: SQL) {
        left.append(right)
    }

    /// The fragments, in order, with `separator` between them. No fragments give an empty text.
    package static func join(_ fragments: [SQL], separator: SQL) -> SQL {
        var sum: SQL = ""
        for (index, fragment) in fragments.enumerated() {
            if index > 0 { sum += separator }
            sum += fragment
        }
        return sum
    }

    /// Whether the statement is a plain `select`, which may run a second time after a lost connection.
    var isSelect: Bool {
        var text = text.utf8[...]
        while let byte = text.first, byte == 0x20 || (0x09...0x0D).contains(byte) { text.removeFirst() }
        return text.prefix(6).elementsEqual("select".utf8) { $0 | 0x20 == $1 }
    }

    private mutating func bind(_ value: borrowing some PostgresBindable) {
        let offset = bytes.count
        let isPresent = value.encode(into: &bytes)
        let length = bytes.count - offset
        if isPresent { bytes.append(0) }
        addPlaceholder(
            Parameter(
                type: value.postgresType,
                offset: isPresent ? offset : -1,
                length: length,
                position: 0
            )
        )
    }

    private mutating func addPlaceholder(_ parameter: Parameter) {
        var parameter = parameter
        parameter.position = text.utf8.count
        parameters.append(parameter)
        text += "$"
        text += String(parameters.count)
    }

    private mutating func append(_ other: SQL) {
        let shift = bytes.count
        bytes.append(contentsOf: other.bytes)
        var rest = other.text[...]
        for (index, parameter) in other.parameters.enumerated() {
            let placeholder = other.text.utf8.index(other.text.startIndex, offsetBy: parameter.position)
            text += rest[..<placeholder]
            let digits = String(index + 1).utf8.count
            rest = other.text[other.text.utf8.index(placeholder, offsetBy: 1 + digits)...]
            var moved = parameter
            if moved.offset >= 0 { moved.offset += shift }
            addPlaceholder(moved)
        }
        text += rest
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql: SQL = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            sql.text.reserveCapacity(literalCapacity + 3 * interpolationCount)
            sql.parameters.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            sql.text += literal
        }

        package mutating func appendInterpolation(_ value: some PostgresBindable) {
            sql.bind(value)
        }

        /// Nil binds null. (Without this overload the compiler takes an optional for a mistake.)
        package mutating func appendInterpolation<Value: PostgresBindable>(_ value: Value?) {
            sql.bind(value)
        }

        package mutating func appendInterpolation(_ fragment: SQL) {
            sql.append(fragment)
        }

        package mutating func appendInterpolation(unsafe text: String) {
            sql.text += text
        }
    }
}
