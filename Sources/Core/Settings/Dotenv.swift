/// Reads the syntax of `.env` files: `export` before a name, comments, quotes, several lines within quotes, `${NAME}` and
/// `${NAME:-otherwise}` in values.
struct Dotenv {
    private(set) var values: [String: String] = [:]
    private(set) var problems: [SettingsProblem] = []
    private let bytes: [UInt8]
    private let file: String
    private let environment: (String) -> String?
    private var position = 0

    /// - Parameters:
    ///   - text: the file's text.
    ///   - file: its name, for messages.
    ///   - environment: where `${NAME}` is looked up first.
    init(parsing text: String, file: String = ".env", environment: @escaping (String) -> String? = { _ in nil }) {
        bytes = Array(text.utf8)
        self.file = file
        self.environment = environment
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        while position < bytes.count { readLine() }
    }

    private mutating func readLine() {
        skip { $0 == 32 || $0 == 9 || $0 == 10 || $0 == 13 }
        guard let first = peek else { return }
        if first == UInt8(ascii: "#") { return skipLine() }
        let line = bytes[..<position].count { $0 == 10 } + 1
        var name = word()
        if name == "export", peek == 32 || peek == 9 {
            skipBlanks()
            name = word()
        }
        skipBlanks()
        guard isName(name) else { return refuse(line, "is no NAME=value") }
        guard peek == UInt8(ascii: "=") else {
            // A name alone sets nothing.
            let rest = unquoted()
            return rest.isEmpty ? () : refuse(line, "is no NAME=value")
        }
        position += 1
        skipBlanks()
        var value: String
        if let quote = peek, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
            guard let text = quoted(by: quote) else { return refuse(line, "has a quote that does not end") }
            value = text
            let rest = unquoted()
            if !rest.isEmpty { return refuse(line, "has text after the closing quote") }
        } else {
            value = unquoted()
        }
        if value.contains("${") { value = expanded(value) }
        values[name] = value
    }

    private var peek: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func skip(_ condition: (UInt8) -> Bool) {
        while position < bytes.count, condition(bytes[position]) { position += 1 }
    }

    private mutating func skipBlanks() {
        skip { $0 == 32 || $0 == 9 }
    }

    private mutating func skipLine() {
        skip { $0 != 10 }
    }

    private mutating func word() -> String {
        let start = position
        skip { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "#") && $0 > 32 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                $0 == 95 || (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
            }
    }

    /// Up to the end of the line or to a comment, which begins with a blank and `#`, or at once with `#`.
    private mutating func unquoted() -> String {
        let start = position
        while let byte = peek, byte != 10, byte != 13 {
            if byte == UInt8(ascii: "#"), position == start || bytes[position - 1] == 32 || bytes[position - 1] == 9 {
                break
            }
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        skipLine()
        return text.trimmingBlanks
    }

    /// Single quotes know `\\` and `\'`; double quotes also the escapes of C.
    private mutating func quoted(by quote: UInt8) -> String? {
        position += 1
        var text: [UInt8] = []
        while let byte = peek {
            position += 1
            if byte == quote { return String(decoding: text, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\"), let next = peek else {
                text.append(byte)
                continue
            }
            position += 1
            switch next {
            case quote, UInt8(ascii: "\\"): text.append(next)
            case UInt8(ascii: "n") where quote == UInt8(ascii: "\""): text.append(10)
            case UInt8(ascii: "r") where quote == UInt8(ascii: "\""): text.append(13)
            case UInt8(ascii: "t") where quote == UInt8(ascii: "\""): text.append(9)
            default: text += [byte, next]
            }
        }
        return nil
    }

    /// A value that is looked up is not looked at again, so that expansion ends.
    private func expanded(_ value: String) -> String {
        var out = ""
        var rest = value[...]
        while let start = rest.firstRange(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            out += rest[..<start.lowerBound]
            let inside = rest[start.upperBound..<end]
            let separator = inside.firstRange(of: ":-")
            let name = String(inside[..<(separator?.lowerBound ?? inside.endIndex)])
            out += environment(name) ?? values[name] ?? separator.map { String(inside[$0.upperBound...]) } ?? ""
            rest = rest[rest.index(after: end)...]
        }
        return out + rest
    }

    private mutating func refuse(_ line: Int, _ message: String) {
        skipLine()
        problems.append(SettingsProblem(file, "line \(line) \(message)"))
    }
}
