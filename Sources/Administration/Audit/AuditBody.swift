/// What the audit log shows of a body: its beginning, with the values of secrets covered; of what is no text only how much it is.
enum AuditBody {
    private static let cover = Array("********".utf8)
    /// Words in the names of secrets.
    private static let words = [
        "password", "passwd", "secret", "token", "api_key", "apikey", "authorization", "cookie", "credential",
    ]
    private static let harmless = ["token_type"]

    /// The text for a body of `size` bytes, of which `start` is as much as may be shown.
    static func text(type: String, size: Int, start: [UInt8]) -> String {
        if size == 0 { return "" }
        let type = type.lowercased()
        guard type.isEmpty || type.contains("json") || type.hasPrefix("text/") || type.contains("urlencoded") else {
            return "(\(size) bytes of \(type.prefix(100)))"
        }
        return String(decoding: type.contains("urlencoded") ? maskingForm(start) : masking(start), as: UTF8.self)
    }

    /// Covers the texts under secret names in JSON that may end anywhere.
    static func masking(_ json: [UInt8]) -> [UInt8] {
        var masked: [UInt8] = []
        masked.reserveCapacity(json.count)
        var index = 0
        /// What the next value stands under, until it has passed.
        var isSecret = false
        /// How many brackets are open inside a secret value.
        var depth = 0
        while index < json.count {
            let byte = json[index]
            if byte == UInt8(ascii: "\"") {
                let end = endOfText(json, from: index)
                let next = json[end...].first { !isBlank($0) }
                let isName = next == UInt8(ascii: ":") && depth == 0
                if (isSecret || depth > 0) && next != UInt8(ascii: ":") {
                    masked += [byte] + (end - index > 2 ? cover : []) + [byte]
                    if depth == 0 { isSecret = false }
                } else {
                    masked += json[index..<end]
                    if isName {
                        isSecret = isSecretName(
                            String(decoding: json[(index + 1)..<max(index + 1, end - 1)], as: UTF8.self)
                        )
                    }
                }
                index = end
                continue
            }
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                if isSecret || depth > 0 { depth += 1 }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if depth > 0 { depth -= 1 }
                if depth == 0 { isSecret = false }
            case UInt8(ascii: ","):
                if depth == 0 { isSecret = false }
            default: break
            }
            masked.append(byte)
            index += 1
        }
        return masked
    }

    private static func maskingForm(_ form: [UInt8]) -> [UInt8] {
        let fields = form.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).map {
            field -> [UInt8] in
            guard let equals = field.firstIndex(of: UInt8(ascii: "=")),
                isSecretName(String(decoding: field[..<equals], as: UTF8.self))
            else { return Array(field) }
            return Array(field[...equals]) + cover
        }
        return Array(fields.joined(separator: [UInt8(ascii: "&")]))
    }

    private static func isSecretName(_ name: String) -> Bool {
        let name = name.lowercased()
        if harmless.contains(name) { return false }
        return name == "key" || name == "keys" || name.hasSuffix("_key") || name.hasSuffix("_keys")
            || words.contains { name.contains($0) }
    }

    /// Behind the closing quotation mark; the end of all when there is none.
    private static func endOfText(_ json: [UInt8], from start: Int) -> Int {
        var index = start + 1
        while index < json.count {
            if json[index] == UInt8(ascii: "\\") {
                index += 2
                continue
            }
            if json[index] == UInt8(ascii: "\"") { return index + 1 }
            index += 1
        }
        return json.count
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }
}
