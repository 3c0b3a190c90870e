package import Core

/// One answer. Its body is complete: whatever is streamed is handed to the daemon (`Response.stream`).
package struct Response: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(status: Int = 200, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package static func json(_ writer: JSONWriter, status: Int = 200) -> Response {
        Response(status: status, headers: [("Content-Type", "application/json")], body: writer.bytes)
    }

    package static func json(_ value: JSONValue, status: Int = 200) -> Response {
        Response(status: status, headers: [("Content-Type", "application/json")], body: value.bytes)
    }

    /// JSON written by the closure.
    package static func json(_ write: (inout JSONWriter) throws -> Void) rethrows -> Response {
        var writer = JSONWriter()
        try write(&writer)
        return .json(writer)
    }

    package static func text(_ text: String, type: String = "text/plain; charset=utf-8", status: Int = 200) -> Response
    {
        Response(status: status, headers: [("Content-Type", type)], body: Array(text.utf8))
    }

    package static func redirect(to location: String, status: Int = 302) -> Response {
        Response(status: status, headers: [("Location", location)])
    }

    /// Lets the web server answer from one of its internal locations: a file, or the daemon that holds streams.
    ///
    /// - Parameters:
    ///   - location: an internal URI of the site, percent-encoded.
    ///   - token: a secret that goes to that location in `X-Stream-Token` and never to the client.
    /// - Returns: a response whose body and length come from that location.
    package static func accelerated(to location: String, token: String? = nil) -> Response {
        var response = Response(headers: [("X-Accel-Redirect", location)])
        if let token { response.headers.append(("X-Stream-Token", token)) }
        return response
    }

    package func with(_ name: String, _ value: String) -> Response {
        var response = self
        response.headers.append((name, value))
        return response
    }
}
