/// Search filters of LDAP in their text form (RFC 4515).
enum DirectoryFilter {
    /// The form that a value has inside a filter: it can neither end the comparison nor stand for other values.
    static func escape(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "*", "(", ")", "\\", "\0":
                text += "\\" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// Whether a text is an attribute's name with its options (RFC 4512 §2.5), such as `mail` or `cn;lang-de`.
    static func isAttribute(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 128 else { return false }
        return first != UInt8(ascii: "-") && first != UInt8(ascii: ";")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ";"):
                    true
                default: false
                }
            }
    }

    /// Finds the entries that have a value and pass the administrator's filter besides; that one may lack its parentheses.
    static func equals(_ attribute: String, _ value: String, and filter: String) -> String {
        let own = "(\(attribute)=\(escape(value)))"
        let other = filter.drop(while: \.isWhitespace)
        return "(&\(own)\(other.isEmpty || other.hasPrefix("(") ? String(other) : "(\(other))"))"
    }
}
