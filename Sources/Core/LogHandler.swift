import Glibc
package import Logging

/// Writes each log entry as one JSON object on one line of standard error:
///
///     {"ts":"2025-10-21T07:28:00.000Z","level":"info","label":"turns","message":"claimed","metadata":{"turn":"…"}}
///
/// A line leaves with a single `write`, so that the lines of several threads and processes do not mix. Values under names that look
/// like secrets are covered. Long texts are cut, as a log is not where bodies are kept.
package struct JSONLogHandler: LogHandler {
    /// Bytes of one text in a log line.
    static let longestText = 8192

    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let now: @Sendable () -> Int
    private let write: @Sendable ([UInt8]) -> Void

    package init(label: String, level: Logger.Level = .info) {
        self.init(label: label, level: level, now: Clock.system.wall, write: JSONLogHandler.writeToStandardError)
    }

    /// `now` gives nanoseconds since 1970; `write` takes a whole line with its end.
    init(
        label: String,
        level: Logger.Level,
        now: @escaping @Sendable () -> Int,
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.label = label
        self.now = now
        self.write = write
        logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let given = event.metadata { all.merge(given) { $1 } }
        if let error = event.error { all["error"] = "\(error)" }
        var json = JSONWriter(capacity: 256)
        json.object {
            $0.field("ts", CalendarText.iso(milliseconds: now() / 1_000_000))
            $0.field("level", event.level.rawValue)
            $0.field("label", label)
            $0.field("message", Self.cut("\(event.message)"))
            guard !all.isEmpty else { return }
            $0.key("metadata")
            Self.write(all, to: &$0)
        }
        var line = json.bytes
        line.append(10)
        write(line)
    }

    private static func write(_ metadata: Logger.Metadata, to json: inout JSONWriter) {
        json.object {
            for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
                $0.key(key)
                if looksSecret(key) {
                    $0.string("•••")
                } else {
                    write(value, to: &$0)
                }
            }
        }
    }

    private static func write(_ value: Logger.MetadataValue, to json: inout JSONWriter) {
        switch value {
        case .string(let text): json.string(cut(text))
        case .stringConvertible(let value): json.string(cut("\(value)"))
        case .dictionary(let members): write(members, to: &json)
        case .array(let values):
            json.array {
                for value in values { write(value, to: &$0) }
            }
        }
    }

    /// Rather one name too many than a secret in a log.
    static func looksSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["token", "key", "password", "passwd", "secret", "authorization", "cookie", "credential"].contains {
            name.contains($0)
        }
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count <= longestText ? text : "\(String(decoding: text.utf8.prefix(longestText), as: UTF8.self))…"
    }

    /// What can not be written is lost: there is no other place to tell of it.
    private static func writeToStandardError(_ line: [UInt8]) {
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(STDERR_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}

extension Logger {
    /// A logger of the product's format, for programs that do not set up the logging system as a whole.
    package static func json(_ label: String, level: Logger.Level = .info) -> Logger {
        Logger(label: label) { JSONLogHandler(label: $0, level: level) }
    }

    /// Makes all loggers of this process write the product's format. To be called once, first thing in a program.
    package static func useJSON(level: Logger.Level) {
        LoggingSystem.bootstrap { JSONLogHandler(label: $0, level: level) }
    }
}

extension Settings {
    /// `GLOBAL_LOG_LEVEL` knows the names of Python's levels; an unknown one stands for the usual level.
    package var logLevel: Logger.Level {
        switch self[Setting.globalLogLevel].uppercased() {
        case "NOTSET", "TRACE": .trace
        case "DEBUG": .debug
        case "NOTICE": .notice
        case "WARN", "WARNING": .warning
        case "ERROR": .error
        case "CRITICAL", "FATAL": .critical
        default: .info
        }
    }
}
