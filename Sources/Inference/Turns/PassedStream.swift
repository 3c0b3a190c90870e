import Core
import Wire

/// A provider's event stream on its way to a client: the same bytes, less events that only this server may send.
struct PassedStream {
    /// Bytes of the longest accepted line.
    static let longestLine = 32 << 20

    private var line: [UInt8] = []
    private static let marker = Array("\"event\"".utf8)
    private static let end = UInt8(ascii: "\n")

    /// Gives whole lines. Each byte is searched for their ends once, however long a line is.
    mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(EventStreamError) -> [UInt8] {
        guard let last = bytes.lastIndex(of: Self.end) else {
            guard line.count + bytes.count <= Self.longestLine else { throw .eventTooLong(limit: Self.longestLine) }
            line.append(contentsOf: bytes)
            return []
        }
        let complete = line + bytes[...last]
        line = Array(bytes[(last + 1)...])
        return clean(complete)
    }

    mutating func finish() -> [UInt8] {
        defer { line = [] }
        return clean(line)
    }

    /// Most streams never name an event; only those that do are looked at line by line.
    private func clean(_ lines: [UInt8]) -> [UInt8] {
        guard lines.firstRange(of: Self.marker) != nil else { return lines }
        var out: [UInt8] = []
        var rest = lines[...]
        while !rest.isEmpty {
            let next = rest.firstIndex(of: Self.end).map { $0 + 1 } ?? rest.endIndex
            if !isOurs(rest[..<next]) { out += rest[..<next] }
            rest = rest[next...]
        }
        return out
    }

    private func isOurs(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.starts(with: Array("data:".utf8)) else { return false }
        return (try? JSONValue(parsing: Array(line.dropFirst(5))))?["event"]?.object != nil
    }
}
