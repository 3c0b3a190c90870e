import Glibc

/// Finds the parts of a form in its bytes. It runs once over them, whatever they hold: a boundary begins with CR and has none
/// further on, so a comparison that fails never has to be taken back.
struct MultipartParser {
    struct Section {
        let disposition: Disposition
        let contentType: String?
        let range: Range<Int>
    }

    struct Disposition {
        let name: String
        let filename: String?
    }

    private let bytes: UnsafeRawBufferPointer
    private let delimiter: [UInt8]
    private let limits: Multipart.Limits
    private var position = 0

    init(bytes: UnsafeRawBufferPointer, boundary: [UInt8], limits: Multipart.Limits) {
        self.bytes = bytes
        self.limits = limits
        delimiter = Array("\r\n--".utf8) + boundary
    }

    mutating func sections() throws -> [Section] {
        try skipPreamble()
        var sections: [Section] = []
        while try !isAtEnd() {
            if sections.count == limits.parts { throw Multipart.malformed("more than \(limits.parts) parts") }
            let (disposition, contentType) = try header()
            let start = position
            guard let end = nextDelimiter(from: start) else {
                throw Multipart.malformed("its last boundary is missing")
            }
            sections.append(Section(disposition: disposition, contentType: contentType, range: start..<max(start, end)))
            position = end + delimiter.count
        }
        return sections
    }

    /// Goes behind the first boundary; what stands before it has no meaning.
    private mutating func skipPreamble() throws {
        let first = delimiter.dropFirst(2)
        if bytes.starts(with: first) {
            position = first.count
        } else if let found = nextDelimiter(from: 0) {
            position = found + delimiter.count
        } else {
            throw Multipart.malformed("its boundary does not occur in it")
        }
    }

    /// Behind a boundary: true for the closing one; otherwise goes to the next line.
    private mutating func isAtEnd() throws -> Bool {
        if matches("--", at: position) { return true }
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
        guard matches("\r\n", at: position) else { throw Multipart.malformed("a boundary is cut short") }
        position += 2
        return false
    }

    private mutating func header() throws -> (Disposition, contentType: String?) {
        var disposition: Disposition?
        var contentType: String?
        let limit = position + limits.header
        while true {
            guard let end = endOfLine(before: min(bytes.count, limit)) else {
                throw Multipart.malformed(
                    bytes.count > limit ? "the header of a part is too long" : "the header of a part is cut short"
                )
            }
            let line = bytes[position..<end]
            position = end + 2
            if line.isEmpty { break }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), !line.contains(where: { $0 < 0x20 && $0 != 0x09 })
            else {
                throw Multipart.malformed("a header line of a part is not valid")
            }
            let value = String(decoding: line[(colon + 1)...], as: UTF8.self)
            switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
            case "content-disposition": disposition = try Self.disposition(value)
            case "content-type": contentType = String(value.drop { $0 == " " || $0 == "\t" })
            default: break
            }
        }
        guard let disposition else { throw Multipart.malformed("a part has no name") }
        return (disposition, contentType)
    }

    private static func disposition(_ text: String) throws -> Disposition {
        let fields = try HeaderParameters(text)
        guard fields.value.lowercased() == "form-data", let name = fields["name"] else {
            throw Multipart.malformed("a part has no name")
        }
        let filename = fields.extended("filename") ?? fields["filename"].map(unescaped)
        return Disposition(name: unescaped(name), filename: filename)
    }

    /// Browsers send a quotation mark inside a name as `%22` (HTML, "multipart/form-data encoding algorithm"). They also send
    /// line ends as `%0D%0A`: those stay, because nobody wants one in a name.
    private static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var result = ""
        var rest = text[...]
        while let percent = rest.firstIndex(of: "%") {
            result += rest[..<percent]
            rest = rest[percent...]
            if rest.hasPrefix("%22") {
                result += "\""
                rest = rest.dropFirst(3)
            } else {
                result += "%"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    /// The next place where the delimiter stands, from its CR on.
    private func nextDelimiter(from start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        // The line end in front of a boundary may be the one that closed the header: a part without content.
        var index = max(0, start - 2)
        while index + delimiter.count <= bytes.count {
            guard let found = memchr(base + index, 0x0D, bytes.count - index) else { return nil }
            index = base.distance(to: UnsafeRawPointer(found))
            if matches(delimiter, at: index) { return index }
            index += 1
        }
        return nil
    }

    private func endOfLine(before limit: Int) -> Int? {
        guard position < limit else { return nil }
        return bytes[position..<limit].indices.first { matches("\r\n", at: $0) && $0 + 2 <= limit }
    }

    private func matches(_ text: StaticString, at index: Int) -> Bool {
        index + text.utf8CodeUnitCount <= bytes.count
            && (0..<text.utf8CodeUnitCount).allSatisfy { bytes[index + $0] == text.utf8Start[$0] }
    }

    private func matches(_ wanted: [UInt8], at index: Int) -> Bool {
        guard index + wanted.count <= bytes.count, let base = bytes.baseAddress else { return false }
        return memcmp(base + index, wanted, wanted.count) == 0
    }
}
