/// A header value of the form `value; name=token; name="quoted text"`, such as Content-Type and Content-Disposition.
///
/// Inside quotes a backslash escapes a quotation mark or a backslash and nothing else, because old clients send Windows paths
/// as they are. Names are in lower case; of a name that came twice the first counts.
struct HeaderParameters {
    let value: String
    private var parameters: [String: String] = [:]

    /// - Throws: 400 when it does not have that form.
    init(_ text: String) throws {
        let bytes = Array(text.utf8)
        var position = bytes.firstIndex(of: UInt8(ascii: ";")) ?? bytes.count
        value = Self.trimmed(bytes[..<position])
        while position < bytes.count {
            position += 1
            let end =
                bytes[position...].firstIndex { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ";") } ?? bytes.count
            let name = Self.trimmed(bytes[position..<end]).lowercased()
            position = end
            guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else {
                if name.isEmpty { continue }
                throw APIError.badRequest("A header parameter has no value")
            }
            position += 1
            while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
            let content: String
            if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                content = try Self.quoted(bytes, &position)
            } else {
                let end = bytes[position...].firstIndex(of: UInt8(ascii: ";")) ?? bytes.count
                content = Self.trimmed(bytes[position..<end])
                position = end
            }
            if parameters[name] == nil { parameters[name] = content }
        }
    }

    subscript(_ name: String) -> String? {
        parameters[name]
    }

    /// A parameter in the form `name*=UTF-8''percent-encoded` (RFC 8187); nil when it is not there or in another charset.
    func extended(_ name: String) -> String? {
        guard let text = parameters[name + "*"] else { return nil }
        let pieces = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard pieces.count == 3, pieces[0].lowercased() == "utf-8" else { return nil }
        return PercentEncoding.decode(pieces[2])
    }

    /// Reads from the opening quotation mark to behind the closing one.
    private static func quoted(_ bytes: [UInt8], _ position: inout Int) throws -> String {
        var content: [UInt8] = []
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                let end = bytes[position...].firstIndex(of: UInt8(ascii: ";")) ?? bytes.count
                guard trimmed(bytes[position..<end]).isEmpty else {
                    throw APIError.badRequest("Text behind a quoted string")
                }
                position = end
                return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\") where position < bytes.count && "\"\\".utf8.contains(bytes[position]):
                content.append(bytes[position])
                position += 1
            default: content.append(byte)
            }
        }
        throw APIError.badRequest("A quoted string has no end")
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let front = bytes.drop(while: isSpace)
        let end = front.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? front.startIndex
        return String(decoding: front[..<end], as: UTF8.self)
    }
}
