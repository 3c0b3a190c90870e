/// White space in UTF-8 bytes, as the reference server (Python's `str.strip` and `str.splitlines`) sees it: content it
/// stored and content stored here must be equal.
enum Blank {
    /// The part of `range` without the white space at its ends.
    static func trim(_ bytes: [UInt8], in range: Range<Int>) -> Range<Int> {
        let start = skip(bytes, in: range)
        return start..<trimEnd(bytes, in: start..<range.upperBound)
    }

    static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        let range = trim(bytes, in: bytes.indices)
        return range.count == bytes.count ? bytes : Array(bytes[range])
    }

    /// The index of the first byte that is no white space, or the end.
    static func skip(_ bytes: [UInt8], in range: Range<Int>) -> Int {
        var index = range.lowerBound
        while index < range.upperBound {
            let length = length(bytes, at: index, before: range.upperBound)
            if length == 0 { break }
            index += length
        }
        return index
    }

    /// The index behind the last byte that is no white space, or the start.
    static func trimEnd(_ bytes: [UInt8], in range: Range<Int>) -> Int {
        var end = range.upperBound
        search: while end > range.lowerBound {
            for length in 1...3 where end - length >= range.lowerBound {
                if self.length(bytes, at: end - length, before: end) == length {
                    end -= length
                    continue search
                }
            }
            break
        }
        return end
    }

    /// The length of the white space character at `index`, 0 where there is none.
    private static func length(_ bytes: [UInt8], at index: Int, before end: Int) -> Int {
        switch bytes[index] {
        case 0x09...0x0D, 0x1C...0x20: return 1
        case 0xC2 where index + 1 < end: return [0x85, 0xA0].contains(bytes[index + 1]) ? 2 : 0
        case 0xE1...0xE3 where index + 2 < end:
            switch (bytes[index], bytes[index + 1], bytes[index + 2]) {
            case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9),
                (0xE2, 0x80, 0xAF), (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
                return 3
            default: return 0
            }
        default: return 0
        }
    }

    /// Calls `body` with the range of each line; a break at the very end opens no further line.
    static func forEachLine(of bytes: [UInt8], _ body: (Range<Int>) -> Void) {
        var start = 0
        var index = 0
        while index < bytes.count {
            let length = lineBreak(bytes, at: index)
            if length > 0 {
                body(start..<index)
                start = index + length
            }
            index += max(length, 1)
        }
        if start < bytes.count { body(start..<bytes.count) }
    }

    private static func lineBreak(_ bytes: [UInt8], at index: Int) -> Int {
        let next = index + 1 < bytes.count ? bytes[index + 1] : 0
        switch bytes[index] {
        case 0x0D: return next == 0x0A ? 2 : 1
        case 0x0A...0x0C, 0x1C...0x1E: return 1
        case 0xC2: return next == 0x85 ? 2 : 0
        case 0xE2 where next == 0x80 && index + 2 < bytes.count: return [0xA8, 0xA9].contains(bytes[index + 2]) ? 3 : 0
        default: return 0
        }
    }
}
