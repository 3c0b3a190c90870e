/// What is taken for an e-mail address: `name@host.domain`, or `name@localhost`.
enum EmailAddress {
    /// RFC 5321 §4.5.3.1: 64 for the name, 255 for the domain.
    private static let maximumLength = 320

    static func isAcceptable(_ address: String) -> Bool {
        guard address.utf8.count <= maximumLength,
            address.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F && !$0.properties.isWhitespace })
        else { return false }
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { return false }
        if parts[1] == "localhost" { return true }
        guard let dot = parts[1].lastIndex(of: ".") else { return false }
        return dot > parts[1].startIndex && parts[1].index(after: dot) < parts[1].endIndex
    }
}
