import Glibc

/// One request as a handler sees it. The server has already applied the limits on its size.
package struct Request: Sendable {
    /// Nil for a method that nothing here answers.
    package var method: Method?
    /// The path as sent, without the query, still percent-encoded.
    package var path: String
    package var query: Query
    package var headers: Headers
    package var body: RequestBody
    package var client: Client

    package init(
        method: Method?,
        path: String,
        query: Query = Query(""),
        headers: Headers = Headers(),
        body: RequestBody = .bytes([]),
        client: Client = Client()
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.client = client
    }

    /// What the web server in front knows of the sender.
    package struct Client: Sendable {
        package var address = ""
        package var isSecure = false
        /// The id under which this request stands in every log.
        package var requestID = ""
        /// True when it came by the internal socket, which only our own processes reach.
        package var isInternal = false
        /// True when it came from a proxy that the administrator has named, or from this machine itself: what such a one says of who
        /// sends the request may be believed, where that is asked for.
        package var isVouchedFor = false
        /// Asks whether the sender has left. Costs a system call; only for handlers that wait long, and only until they answer.
        package var isGone: @Sendable () -> Bool = { false }

        package init() {}
    }

    package var cookies: Cookies {
        Cookies(header: headers["cookie"] ?? "")
    }
}

package enum RequestBody: Sendable {
    case bytes([UInt8])
    /// A body over the limit for memory lies in a file, which is removed after the request.
    case file(path: String, size: Int)

    package var size: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .file(_, let size): size
        }
    }

    /// The whole body in memory; the caller has looked at its size.
    package func bytes() throws -> [UInt8] {
        switch self {
        case .bytes(let bytes): return bytes
        case .file(let path, let size):
            let file = open(path, O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { throw APIError(500, "The request body was lost") }
            defer { close(file) }
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
                while count < size {
                    let got = read(file, buffer.baseAddress.map { $0 + count }, size - count)
                    if got <= 0 { break }
                    count += got
                }
                initialized = count
            }
            guard count == size else { throw APIError(500, "The request body was lost") }
            return bytes
        }
    }
}
