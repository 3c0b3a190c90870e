import Core
import Glibc
import HTTP

/// The release notes, from `CHANGELOG.md`, which keeps to the form of keepachangelog.com:
///
///     ## [1.2.3] - 2026-01-31
///     ### Added
///     - **Title**: what it is, with `code` and **bold** text.
///
/// Lines that continue an item are indented. Everything else is prose for readers of the file.
struct Changelog {
    private(set) var versions: JSONObject = [:]
    private var version: String?
    private var section: String?
    private var item: [Substring] = []

    init(_ text: String) {
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) { read(line) }
        endItem()
    }

    /// `{"<version>": {date, <section>: [{title, content, raw}]}}` of the five newest versions; `raw` is HTML.
    var json: JSONValue {
        .object(JSONObject(uniqueKeysWithValues: versions.elements.prefix(5).map { ($0.key, $0.value) }))
    }

    private mutating func read(_ line: Substring) {
        if line.hasPrefix("## ") {
            beginVersion(line.dropFirst(3))
        } else if line.hasPrefix("### ") {
            endItem()
            section = Self.trimmed(line.dropFirst(4)).lowercased()
        } else if line.hasPrefix("- ") {
            endItem()
            item = [line.dropFirst(2)]
        } else if line.hasPrefix(" "), !item.isEmpty {
            item.append(line)
        } else {
            endItem()
        }
    }

    private mutating func beginVersion(_ heading: Substring) {
        endItem()
        section = nil
        version = nil
        guard heading.hasPrefix("["), let end = heading.firstIndex(of: "]") else { return }
        let name = String(heading[heading.index(after: heading.startIndex)..<end])
        let date = Self.trimmed(heading[heading.index(after: end)...].drop { $0 == " " || $0 == "-" })
        // A heading without a date is that of what is not released yet.
        guard !date.isEmpty else { return }
        version = name
        versions[name] = ["date": .string(date)]
    }

    private mutating func endItem() {
        defer { item = [] }
        guard let version, let section, !item.isEmpty else { return }
        let source = item.map(Self.trimmed).joined(separator: " ")
        let plain = source.filter { $0 != "*" && $0 != "`" }
        let parts = plain.split(separator: ": ", maxSplits: 1)
        let entry: JSONValue = [
            "title": .string(parts.count == 2 ? String(parts[0]) : ""), "content": .string(String(parts.last ?? "")),
            "raw": .string("<li>\(Self.html(source))</li>"),
        ]
        versions[version, default: [:]][section] = .array((versions[version]?[section]?.array ?? []) + [entry])
    }

    private static func html(_ source: String) -> String {
        let escaped = source.reduce(into: "") { out, character in
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            default: out.append(character)
            }
        }
        return tagged(tagged(escaped, between: "**", "strong"), between: "`", "code")
    }

    /// Puts every second part in an element; a mark that is never closed is left out.
    private static func tagged(_ text: String, between mark: String, _ tag: String) -> String {
        text.split(separator: mark, omittingEmptySubsequences: false).enumerated().reduce(into: "") { out, part in
            out += part.offset % 2 == 1 ? "<\(tag)>\(part.element)</\(tag)>" : String(part.element)
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

extension Changelog {
    /// Read and parsed at the first request of a process.
    static let answer = Response.json(installed.json)

    /// From the directory of files that belong to the program, which `SWIFTLET_SHARE` names. Without the file there is nothing to tell.
    private static var installed: Changelog {
        let directory = getenv("SWIFTLET_SHARE").map { String(cString: $0) } ?? "/usr/share/swiftlet"
        return Changelog(text(at: directory + "/CHANGELOG.md") ?? "")
    }

    private static func text(at path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
