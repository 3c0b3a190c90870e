/// One HTTP request to another machine. Times are in seconds.
package struct HTTPRequest: Sendable {
    /// `GET`, `POST` and so on; a token in the sense of RFC 9110.
    package var method: String
    /// An absolute `http` or `https` URL.
    package var url: String
    /// Sent as given. Lengths and transfer codings are ours to set, so such headers are refused.
    package var headers: [(name: String, value: String)]
    /// The whole body; `nil` sends none.
    package var body: [UInt8]?
    /// How long to resolve the name, connect and agree on TLS.
    package var connectTimeout: Double
    /// How long the whole exchange may take; `nil` for streams that have no natural end.
    package var totalTimeout: Double?
    /// How long nothing at all may move in either direction, connecting included; `nil` waits without limit.
    package var idleTimeout: Double?
    /// The most bytes of an answer's body.
    package var maximumBody: Int
    /// Whether to follow up to five redirects. `Authorization` and `Cookie` are not repeated to another host, every other
    /// header is: a request with a secret elsewhere must not follow.
    package var followRedirects: Bool

    package init(
        method: String = "GET",
        url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        connectTimeout: Double = 10,
        totalTimeout: Double? = 60,
        idleTimeout: Double? = nil,
        maximumBody: Int = 16 * 1024 * 1024,
        followRedirects: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connectTimeout = connectTimeout
        self.totalTimeout = totalTimeout
        self.idleTimeout = idleTimeout
        self.maximumBody = maximumBody
        self.followRedirects = followRedirects
    }
}

extension HTTPRequest {
    private static let forbidden: Set<String> = ["content-length", "transfer-encoding", "expect", "connection"]

    /// Checks what goes onto the wire as text, so that no value can smuggle in another header or request.
    func validate() throws(OutboundError) {
        guard !method.isEmpty, method.utf8.allSatisfy(Self.isTokenCharacter) else {
            throw OutboundError(.malformed, "the method is not a token")
        }
        for (name, value) in headers {
            guard !name.isEmpty, name.utf8.allSatisfy(Self.isTokenCharacter) else {
                throw OutboundError(.malformed, "a header name is not a token")
            }
            guard !Self.forbidden.contains(name.lowercased()) else {
                throw OutboundError(.malformed, "the header \(name.lowercased()) can not be chosen")
            }
            guard !value.utf8.contains(where: { $0 == 0 || $0 == 0x0A || $0 == 0x0D }) else {
                throw OutboundError(
                    .malformed,
                    "the value of the header \(name.lowercased()) has a line break or a NUL"
                )
            }
        }
    }

    /// RFC 9110, section 5.6.2.
    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
