package import Core

/// JSON text that is stored as it is, bound as `jsonb`. Postgres checks that it is JSON (error 22P02).
///
/// `jsonb` cannot hold the character U+0000: its escape `\u0000` is left out, as NULs are left out of strings. A column of
/// type `json` takes the value too, but with the order of keys that `jsonb` gives it; bind `VerbatimJSON` there.
package struct RawJSON: PostgresBindable, Sendable, Equatable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static var postgresType: PostgresType { .jsonb }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.appendJSON(text)
        return true
    }
}

/// JSON text bound as `json`: the order of keys and the spacing stay as they are. Without `\u0000`, like `RawJSON`.
package struct VerbatimJSON: PostgresBindable, Sendable, Equatable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static var postgresType: PostgresType { .json }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        bytes.appendJSON(text)
        return true
    }
}

extension Array where Element == UInt8 {
    /// Appends JSON text without NUL bytes and without the escape `\u0000`.
    fileprivate mutating func appendJSON(_ text: String) {
        let start = count
        appendText(text.utf8)
        let backslash = UInt8(ascii: "\\")
        guard let first = self[start...].firstIndex(of: backslash) else { return }
        let escape = Array("\\u0000".utf8)
        var read = first
        var write = first
        while read < count {
            if self[read] == backslash, self[read...].starts(with: escape) {
                read += escape.count
                continue
            }
            // A backslash takes the next byte with it, so that `\\u0000` stays the text it is.
            let length = self[read] == backslash && read + 1 < count ? 2 : 1
            for _ in 0..<length {
                self[write] = self[read]
                read += 1
                write += 1
            }
        }
        removeLast(count - write)
    }
}

extension RawJSON {
    package init(_ value: JSONValue) {
        text = value.text
    }

    package func parsed() throws(JSONError) -> JSONValue {
        try JSONValue(parsing: text)
    }
}

extension VerbatimJSON {
    package init(_ value: JSONValue) {
        text = value.text
    }
}
