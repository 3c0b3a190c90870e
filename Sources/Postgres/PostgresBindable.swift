/// The types values are sent as. Raw values are the object ids of `pg_type`, fixed for every Postgres server.
package enum PostgresType: UInt32, Sendable {
    case bool = 16
    case bytes = 17
    case int8 = 20
    case text = 25
    case json = 114
    case float8 = 701
    case textArray = 1009
    case int8Array = 1016
    case jsonb = 3802

    /// Whether values travel in Postgres' binary format. All others travel as text.
    var isBinary: Bool { self == .bytes }
}

/// A value that can stand in an `SQL` interpolation.
package protocol PostgresBindable {
    static var postgresType: PostgresType { get }

    /// Appends the value as Postgres reads it, without a NUL inside unless the type is binary.
    /// - Returns: false for null, in which case nothing was appended.
    func encode(into bytes: inout [UInt8]) -> Bool
}

extension PostgresBindable {
    var postgresType: PostgresType { Self.postgresType }
}

/// Postgres' text cannot hold NUL characters, and a text parameter would end at the first: they are left out.
extension String: PostgresBindable {
    package static var postgresType: PostgresType { .text }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.appendText(utf8)
        return true
    }
}

/// Without NUL characters, like `String`.
extension Substring: PostgresBindable {
    package static var postgresType: PostgresType { .text }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.appendText(utf8)
        return true
    }
}

extension Int: PostgresBindable {
    package static var postgresType: PostgresType { .int8 }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(contentsOf: String(self).utf8)
        return true
    }
}

extension Int64: PostgresBindable {
    package static var postgresType: PostgresType { .int8 }

    package func encode(into bytes: inout [UInt8]) -> Bool { Int(self).encode(into: &bytes) }
}

extension Int32: PostgresBindable {
    package static var postgresType: PostgresType { .int8 }

    package func encode(into bytes: inout [UInt8]) -> Bool { Int(self).encode(into: &bytes) }
}

extension Double: PostgresBindable {
    package static var postgresType: PostgresType { .float8 }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(contentsOf: description.utf8)
        return true
    }
}

extension Bool: PostgresBindable {
    package static var postgresType: PostgresType { .bool }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.append(UInt8(ascii: self ? "t" : "f"))
        return true
    }
}

extension Optional: PostgresBindable where Wrapped: PostgresBindable {
    package static var postgresType: PostgresType { Wrapped.postgresType }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        switch self {
        case .some(let value): value.encode(into: &bytes)
        case .none: false
        }
    }
}

extension Array where Element == UInt8 {
    /// Appends text without its NUL bytes.
    mutating func appendText(_ text: some Sequence<UInt8>) {
        let isCopied = text.withContiguousStorageIfAvailable { buffer in
            guard !buffer.contains(0) else { return false }
            append(contentsOf: buffer)
            return true
        }
        if isCopied != true {
            for byte in text where byte != 0 { append(byte) }
        }
    }
}
