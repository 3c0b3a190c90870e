import CFastCGI
import Glibc
import HTTP

/// Puts a response into the form of CGI (RFC 3875 §6) and hands it to libfcgi.
struct ResponseWriter {
    /// The head's bytes; kept so that a thread allocates them once.
    private var head: [UInt8] = []

    /// Writes one response.
    ///
    /// - Parameters:
    ///   - response: its headers must be clean, see `isClean`.
    ///   - method: a HEAD is answered without the body.
    ///   - duration: what the request took.
    ///   - stream: libfcgi's.
    /// - Returns: false when the web server no longer listens.
    mutating func write(
        _ response: Response,
        to method: Method?,
        took duration: Duration,
        on stream: UnsafeMutablePointer<FCGX_Stream>
    ) -> Bool {
        head.removeAll(keepingCapacity: true)
        append("Status: ", "\(response.status) \(Self.reason(response.status))")
        var describesLength = false
        for (name, value) in response.headers {
            head += name.utf8
            append(": ", value)
            // Handed over to another location of the web server, which gives the length itself.
            describesLength =
                describesLength || Self.isSame(name, "content-length") || Self.isSame(name, "x-accel-redirect")
        }
        let hasBody = response.status >= 200 && response.status != 204 && response.status != 304
        // The web server can tell a whole answer from one that a dying process left unfinished.
        if hasBody, !describesLength { append("Content-Length: ", "\(response.body.count)") }
        append("X-Process-Time: ", "\(duration.components.seconds)")
        head += [13, 10]
        guard put(head, on: stream) else { return false }
        return hasBody && method != .head ? put(response.body, on: stream) : true
    }

    /// The words that go with a status (RFC 9110 §15). nginx sends the line on as it is, and some clients miss them.
    private static func reason(_ status: Int) -> StaticString {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 409: "Conflict"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 416: "Range Not Satisfiable"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case ..<200: "Informational"
        case ..<300: "Success"
        case ..<400: "Redirection"
        case ..<500: "Client Error"
        default: "Server Error"
        }
    }

    /// False when a header could be read as two: a name that is no token, or a line end in a value.
    static func isClean(_ response: Response) -> Bool {
        response.headers.allSatisfy { name, value in
            !name.isEmpty && name.utf8.allSatisfy(isTokenCharacter)
                && !value.utf8.contains { $0 == 13 || $0 == 10 || $0 == 0 }
        }
    }

    private mutating func append(_ name: StaticString, _ value: String) {
        head += UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        head += value.utf8
        head.append(13)
        head.append(10)
    }

    private func put(_ bytes: [UInt8], on stream: UnsafeMutablePointer<FCGX_Stream>) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer
            while let start = rest.baseAddress, !rest.isEmpty {
                let count = min(rest.count, 1 << 30)
                guard FCGX_PutStr(start.assumingMemoryBound(to: CChar.self), Int32(count), stream) == count else {
                    return false
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return true
        }
    }

    private static func isSame(_ name: String, _ lowercase: StaticString) -> Bool {
        name.utf8.count == lowercase.utf8CodeUnitCount
            && zip(name.utf8, UnsafeBufferPointer(start: lowercase.utf8Start, count: lowercase.utf8CodeUnitCount))
                .allSatisfy { $0 | 0x20 == $1 | 0x20 }
    }

    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: "!#$%&'*+.^`|~".utf8.contains(byte)
        }
    }
}
