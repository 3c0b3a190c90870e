/// Why an event stream can not be read on.
package enum EventStreamError: Error, Equatable {
    /// One event is longer than this many bytes.
    case eventTooLong(limit: Int)
}

/// Cuts bytes that arrive in any pieces into lines ended by LF, CR or CRLF. Every byte is looked at once.
package struct LineSplitter: Sendable {
    private let limit: Int
    private var rest: [UInt8] = []
    private var endedInCR = false
    private var isFirstLine = true

    /// - Parameter limit: bytes of the longest accepted line.
    package init(limit: Int) {
        self.limit = limit
    }

    package mutating func feed(_ bytes: [UInt8]) throws(EventStreamError) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = bytes.startIndex
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte == 10 || byte == 13 else {
                endedInCR = false
                continue
            }
            if byte == 10, endedInCR {
                start = index + 1  // The second half of CRLF, perhaps of a CR at the end of the previous piece.
            } else {
                lines.append(try line(endingWith: bytes[start..<index]))
                start = index + 1
            }
            endedInCR = byte == 13
        }
        try keep(bytes[start...])
        return lines
    }

    /// The last line when nothing ended it; nil where there is none.
    package mutating func finish() throws(EventStreamError) -> [UInt8]? {
        rest.isEmpty ? nil : try line(endingWith: [])
    }

    private mutating func line(endingWith piece: ArraySlice<UInt8>) throws(EventStreamError) -> [UInt8] {
        try keep(piece)
        defer {
            rest = []
            isFirstLine = false
        }
        let hasMark = isFirstLine && rest.starts(with: [0xEF, 0xBB, 0xBF])
        return hasMark ? Array(rest.dropFirst(3)) : rest
    }

    private mutating func keep(_ piece: ArraySlice<UInt8>) throws(EventStreamError) {
        if rest.count + piece.count > limit { throw .eventTooLong(limit: limit) }
        rest.append(contentsOf: piece)
    }
}

/// What one line of an event stream says.
enum EventStreamLine {
    case blank
    case comment
    /// `name: value`, one space after the colon left out.
    case field(name: String, value: ArraySlice<UInt8>)

    init(_ line: [UInt8]) {
        guard !line.isEmpty else {
            self = .blank
            return
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            self = .field(name: String(decoding: line, as: UTF8.self), value: [])
            return
        }
        guard colon > 0 else {
            self = .comment
            return
        }
        var value = line[(colon + 1)...]
        if value.first == UInt8(ascii: " ") { value.removeFirst() }
        self = .field(name: String(decoding: line[..<colon], as: UTF8.self), value: value)
    }
}
