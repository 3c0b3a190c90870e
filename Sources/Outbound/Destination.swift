import CCurl

/// The URL of a request, read by the parser that libcurl itself uses, so that no second reading can differ.
struct Destination {
    private static let maximumLength = 16 * 1024

    /// The host, with the port when the URL names one: all that messages may show of a URL.
    let host: String

    /// Parses and checks a URL.
    init(_ url: String, policy: EgressPolicy) throws(OutboundError) {
        guard url.utf8.count <= Self.maximumLength, !url.utf8.contains(0), let parser = curl_url() else {
            throw OutboundError(.malformed, "the URL is malformed")
        }
        defer { curl_url_cleanup(parser) }
        let code = curl_url_set(parser, CURLUPART_URL, url, UInt32(CURLU_NON_SUPPORT_SCHEME))
        guard code == CURLUE_OK, let name = Self.part(CURLUPART_HOST, of: parser), !name.isEmpty,
            let scheme = Self.part(CURLUPART_SCHEME, of: parser)
        else { throw OutboundError(.malformed, "the URL is malformed") }
        host = Self.part(CURLUPART_PORT, of: parser).map { "\(name):\($0)" } ?? name
        guard ["http", "https"].contains(scheme.lowercased()) else {
            throw OutboundError(.refusedByGuard, "\(host): only http and https are allowed")
        }
        if policy != .administrator,
            Self.part(CURLUPART_USER, of: parser) != nil
                || Self.part(CURLUPART_PASSWORD, of: parser) != nil
        {
            throw OutboundError(.refusedByGuard, "\(host): a user name in the URL is not allowed")
        }
    }

    private static func part(_ part: CURLUPart, of parser: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(parser, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
