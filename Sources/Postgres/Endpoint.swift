import CPostgres
import Glibc
import Logging

extension Logger {
    static let postgres = Logger(label: "postgres")
}

/// Where a server is and how to greet it.
struct Endpoint: Sendable {
    private let url: String
    private let name: String
    private let options: String?

    init(url: String, name: String, options: String?) {
        self.url = url
        self.name = name
        self.options = options
    }

    /// Connects, trying again while `patience` lasts: a server that restarts refuses connections for a moment.
    func connect(patience: Duration) throws -> OpaquePointer {
        let deadline = ContinuousClock.now + patience
        var pause = Duration.milliseconds(50)
        while true {
            do {
                return try connect()
            } catch {
                guard ContinuousClock.now + pause < deadline else { throw error }
                usleep(UInt32(pause / .microseconds(1)))
                pause = min(pause * 2, .milliseconds(500))
            }
        }
    }

    /// Connects, or fails after one attempt.
    func connect() throws -> OpaquePointer {
        let parameters = try parameters()
        let connection = Self.withPointers(parameters.map(\.key)) { keys in
            Self.withPointers(parameters.map(\.value)) { values in
                PQconnectdbParams(keys, values, 0)
            }
        }
        guard let connection else { throw PostgresError.connectionLost("Out of memory") }
        guard PQstatus(connection) == CONNECTION_OK else {
            defer { PQfinish(connection) }
            throw PostgresError(result: nil, connection: connection)
        }
        _ = PQsetNoticeProcessor(connection, logNotice, nil)
        return connection
    }

    /// What the URL says, completed by our defaults and overruled by what this program relies on.
    private func parameters() throws -> [(key: String, value: String)] {
        // libpq's own message is not passed on: it may quote the URL with its password.
        guard let parsed = PQconninfoParse(url, nil) else {
            throw PostgresError(sqlState: "F0000", message: "The database URL is malformed")
        }
        defer { PQconninfoFree(parsed) }
        // A peer that vanished without a word is noticed after a minute, not after the system's two hours.
        var values = [
            "connect_timeout": "5", "keepalives_idle": "30", "keepalives_interval": "10",
            "keepalives_count": "3",
            "tcp_user_timeout": "60000",
        ]
        var option = parsed
        while let key = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: key)] = String(cString: value) }
            option += 1
        }
        let ours = "-c TimeZone=UTC -c DateStyle=ISO -c bytea_output=hex"
        values["options"] = [values["options"], options, ours].compactMap(\.self).joined(separator: " ")
        values["application_name"] = name
        values["client_encoding"] = "UTF8"
        return values.map { (key: $0.key, value: $0.value) }
    }

    /// Lends the strings as a C array that ends with a null pointer.
    private static func withPointers<R>(
        _ strings: [String],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R
    ) -> R {
        let copies = strings.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        let pointers = copies.map { UnsafePointer($0) } + [nil]
        return body(pointers)
    }
}

/// A plain function: libpq calls it on whatever thread uses the connection.
private func logNotice(_ context: UnsafeMutableRawPointer?, _ message: UnsafePointer<CChar>?) {
    guard let message else { return }
    let text = String(cString: message)
    Logger.postgres.debug("\(text.split(separator: "\n").joined(separator: " "))")
}
