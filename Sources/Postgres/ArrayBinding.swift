/// An element whose arrays can be bound: `String` as `text[]`, `Int` as `bigint[]`, `UInt8` as `bytea`.
package protocol PostgresArrayElement {
    static var postgresArrayType: PostgresType { get }
    static func encode(_ elements: [Self], into bytes: inout [UInt8])
}

extension Array: PostgresBindable where Element: PostgresArrayElement {
    package static var postgresType: PostgresType { Element.postgresArrayType }

    package func encode(into bytes: inout [UInt8]) -> Bool {
        Element.encode(self, into: &bytes)
        return true
    }
}

extension UInt8: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .bytes }

    package static func encode(_ elements: [UInt8], into bytes: inout [UInt8]) {
        bytes.append(contentsOf: elements)
    }
}

extension Int: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .int8Array }

    package static func encode(_ elements: [Int], into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: String(element).utf8)
        }
        bytes.append(UInt8(ascii: "}"))
    }
}

extension String: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .textArray }

    package static func encode(_ elements: [String], into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "\""))
            for byte in element.utf8 where byte != 0 {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                    bytes.append(UInt8(ascii: "\\"))
                }
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: "}"))
    }
}
