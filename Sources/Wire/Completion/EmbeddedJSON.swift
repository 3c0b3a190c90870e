package import Core

/// Finds the JSON object in a model's reply, which often has words or a code fence around it.
package enum EmbeddedJSON {
    /// The object from the first `{` to the last `}`; nil when that is none.
    package static func object(in reply: String) -> JSONValue? {
        let bytes = Array(reply.utf8)
        guard let start = bytes.firstIndex(of: UInt8(ascii: "{")), let end = bytes.lastIndex(of: UInt8(ascii: "}")),
            start < end, let value = try? JSONValue(parsing: Array(bytes[start...end])), value.object != nil
        else { return nil }
        return value
    }
}
