import CPostgres

/// What Postgres, or the connection to it, answered instead of a result.
///
/// The message never holds values that were bound: Postgres quotes them only in the details, which are not kept, and in the
/// messages of data exceptions (class 22), which are cut before the first quotation mark.
package struct PostgresError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Five characters, see the appendix "Error Codes" of Postgres' manual. `08…` when the connection itself failed.
    package let sqlState: String
    package let message: String
    /// The constraint that was violated.
    package let constraint: String?
    /// Where in the statement the error lies, in characters from 1.
    package let position: Int?
    /// The function of the server that raised the error. Unlike the message it is not translated.
    let function: String?

    init(
        sqlState: String,
        message: String,
        constraint: String? = nil,
        position: Int? = nil,
        function: String? = nil
    ) {
        self.sqlState = sqlState
        self.message = message
        self.constraint = constraint
        self.position = position
        self.function = function
    }

    package var description: String { "\(message) (SQLSTATE \(sqlState))" }

    package var isUniqueViolation: Bool { sqlState == "23505" }
    package var isForeignKeyViolation: Bool { sqlState == "23503" }
    /// The transaction lost against another one, by serialization failure or deadlock: running it again may succeed.
    package var isSerializationFailure: Bool { sqlState == "40001" || sqlState == "40P01" }
    /// There is no connection, or it ended before the answer came. Whether a write took place is then unknown.
    package var isConnectionLost: Bool {
        sqlState.hasPrefix("08") || ["57P01", "57P02", "57P03", "57P05", "25P03"].contains(sqlState)
    }
    package var isDiskFull: Bool { sqlState == "53100" }
    /// The statement ran into `statement_timeout` or was cancelled by an administrator.
    package var isCancelled: Bool { sqlState == "57014" }

    /// The prepared statement is unknown to the server, or its result would have other columns by now. Nothing was executed.
    var isStaleStatement: Bool {
        sqlState == "26000" || (sqlState == "0A000" && function == "RevalidateCachedQuery")
    }

    package static func connectionLost(_ message: String) -> PostgresError {
        PostgresError(sqlState: "08006", message: message)
    }
}

extension PostgresError {
    /// The error in a result, or the failure of the connection when there is no result.
    init(result: OpaquePointer?, connection: OpaquePointer) {
        let isLost = PQstatus(connection) != CONNECTION_OK
        let state = Self.field(swiftlet_diag_sqlstate, of: result)
        let message =
            Self.field(swiftlet_diag_message, of: result)
            ?? String(cString: PQerrorMessage(connection)).split(whereSeparator: { $0.isNewline || $0 == "\t" }).joined(
                separator: " "
            )
        let error = PostgresError(
            sqlState: state ?? (isLost ? "08006" : "XX000"),
            message: state?.hasPrefix("22") == true ? Self.withoutValues(message) : message,
            constraint: Self.field(swiftlet_diag_constraint, of: result),
            position: Self.field(swiftlet_diag_position, of: result).flatMap { Int($0) },
            function: Self.field(swiftlet_diag_function, of: result)
        )
        self = isLost && !error.isConnectionLost ? .connectionLost(error.message) : error
    }

    private static func field(_ code: Int32, of result: OpaquePointer?) -> String? {
        PQresultErrorField(result, code).map { String(cString: $0) }
    }

    private static func withoutValues(_ message: String) -> String {
        let quotes: Set<Character> = ["\"", "'", "«", "»", "„", "“", "”", "‘", "’", "「", "『"]
        guard let quote = message.firstIndex(where: quotes.contains) else { return message }
        return message[..<quote] + "…"
    }
}
