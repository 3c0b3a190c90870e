import CPostgres

/// The memory of one answer, freed with the last row that refers to it.
final class Answer {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }
}

/// One row of an answer. Columns are counted from 0; a column that does not exist reads as null.
///
/// The accessors ending in `OrNull` give nil for null, the others throw. All of them throw when the column holds something
/// else than what is asked for.
package struct Row {
    fileprivate let answer: Answer
    fileprivate let index: Int32

    package func isNull(_ column: Int) -> Bool {
        PQgetisnull(answer.pointer, index, Int32(truncatingIfNeeded: column)) != 0
    }

    package func textOrNull(_ column: Int) -> String? {
        isNull(column) ? nil : withRaw(column) { String(decoding: $0, as: UTF8.self) }
    }

    package func text(_ column: Int) throws -> String {
        try textOrNull(column) ?? missing(column)
    }

    package func intOrNull(_ column: Int) throws -> Int? {
        try value(column, of: "an integer") { bytes in Self.integer(bytes) }
    }

    package func int(_ column: Int) throws -> Int {
        try intOrNull(column) ?? missing(column)
    }

    package func doubleOrNull(_ column: Int) throws -> Double? {
        try value(column, of: "a number") { bytes in Double(String(decoding: bytes, as: UTF8.self)) }
    }

    package func double(_ column: Int) throws -> Double {
        try doubleOrNull(column) ?? missing(column)
    }

    package func boolOrNull(_ column: Int) throws -> Bool? {
        try value(column, of: "a boolean") { bytes in
            switch bytes.count == 1 ? bytes[0] : 0 {
            case UInt8(ascii: "t"): true
            case UInt8(ascii: "f"): false
            default: nil
            }
        }
    }

    package func bool(_ column: Int) throws -> Bool {
        try boolOrNull(column) ?? missing(column)
    }

    package func bytesOrNull(_ column: Int) throws -> [UInt8]? {
        try value(column, of: "a byte string") { bytes in HexText.decode(bytes) }
    }

    /// The value of a `bytea` column.
    package func bytes(_ column: Int) throws -> [UInt8] {
        try bytesOrNull(column) ?? missing(column)
    }

    /// Lends the column's text as it came from Postgres, for copying it onwards undecoded. Null is an empty buffer.
    package func withRaw<R>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        let column = Int32(truncatingIfNeeded: column)
        return try withExtendedLifetime(answer) {
            let count = PQgetlength(answer.pointer, index, column)
            guard count > 0, let start = PQgetvalue(answer.pointer, index, column) else {
                return try body(UnsafeRawBufferPointer(start: nil, count: 0))
            }
            return try body(UnsafeRawBufferPointer(start: start, count: Int(count)))
        }
    }

    private func value<T>(_ column: Int, of kind: String, _ read: (UnsafeRawBufferPointer) -> T?)
        throws -> T?
    {
        if isNull(column) { return nil }
        guard let value = withRaw(column, read) else {
            throw PostgresError(sqlState: "22000", message: "\(name(column)) is not \(kind)")
        }
        return value
    }

    private func missing<T>(_ column: Int) throws -> T {
        throw PostgresError(sqlState: "22002", message: "\(name(column)) is null")
    }

    private func name(_ column: Int) -> String {
        let name = PQfname(answer.pointer, Int32(truncatingIfNeeded: column)).map {
            String(cString: $0)
        }
        return "Column \(column) (\(name ?? "not in the result"))"
    }

    private static func integer(_ bytes: UnsafeRawBufferPointer) -> Int? {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let digits = bytes.dropFirst(isNegative ? 1 : 0)
        if digits.isEmpty { return nil }
        var value = 0
        for byte in digits {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let digit = Int(byte - UInt8(ascii: "0"))
            let (scaled, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isTooLargeToo) = scaled.subtractingReportingOverflow(digit)
            if isTooLarge || isTooLargeToo { return nil }
            value = sum
        }
        // Collected below zero, where the range reaches one further.
        if isNegative { return value }
        return value == .min ? nil : -value
    }
}

/// The rows of an answer, and how many rows the statement touched.
package struct Rows: RandomAccessCollection {
    private let answer: Answer
    package let count: Int

    init(_ answer: Answer) {
        self.answer = answer
        count = Int(PQntuples(answer.pointer))
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { count }

    package subscript(position: Int) -> Row {
        precondition(position >= 0 && position < count, "row out of range")
        return Row(answer: answer, index: Int32(position))
    }

    /// Rows inserted, updated, deleted or selected; 0 for statements that do not count.
    package var affected: Int {
        PQcmdTuples(answer.pointer).flatMap { Int(String(cString: $0)) } ?? 0
    }
}
