import Core

/// The provider answered, but with no completion.
struct ProviderRefusal: Error {
    let refusal: Refusal

    /// Of an answer in JSON the `error` is passed on as it is, else whatever explains it.
    init(_ json: JSONValue?, _ body: [UInt8], status: Int, retryAfter: String? = nil) {
        if let error = json?["error"], !error.isNull {
            let detail = error["detail"]?.nonNull
            refusal = Refusal(content: detail ?? error)
        } else if let detail = json?["detail"] ?? json?["message"], !detail.isNull {
            refusal = Refusal(content: detail.string.map(JSONValue.string) ?? .string(detail.text))
        } else {
            var text = String(decoding: body.prefix(500), as: UTF8.self).trimmed
            if text.isEmpty { text = "The provider answered with status \(status)." }
            if let retryAfter { text += " (It may be asked again: \(retryAfter.retryMoment).)" }
            refusal = Refusal(message: text)
        }
    }
}

extension String {
    /// The value of a `Retry-After` header in words.
    fileprivate var retryMoment: String {
        Int(self).map { "in \($0) seconds" } ?? "after \(self)"
    }
}
