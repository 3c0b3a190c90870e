import CFastCGI
import Glibc
import HTTP

/// What the web server says of a request, apart from its body.
struct RequestParameters {
    private(set) var method = ""
    private(set) var uri = ""
    /// Nil when the length is not known in advance.
    private(set) var contentLength: Int?
    private(set) var headers = Headers()
    private(set) var client = Request.Client()

    /// Takes the parameters of a request apart.
    ///
    /// - Parameters:
    ///   - list: `NAME=value` texts, ended by a null pointer.
    ///   - configuration: its limits.
    /// - Throws: 400 for what no web server sends, 431 for more than the limits allow.
    init(_ list: FCGX_ParamArray?, _ configuration: PoolConfiguration) throws(APIError) {
        var length = ""
        var bytes = 0
        var fields = 0
        var next = list
        while let entry = next?.pointee {
            next = next?.advanced(by: 1)
            let size = strlen(entry)
            bytes += size
            if bytes > configuration.maximumParameterBytes { throw Self.tooManyHeaders }
            let text = UnsafeRawBufferPointer(start: entry, count: size)
            guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = UnsafeRawBufferPointer(rebasing: text[..<equals])
            let value = UnsafeRawBufferPointer(rebasing: text[(equals + 1)...])
            if Self.starts(name, with: "HTTP_") {
                fields += 1
                if fields > configuration.maximumHeaders { throw Self.tooManyHeaders }
                addHeader(UnsafeRawBufferPointer(rebasing: name[5...]), value)
            } else {
                take(name, value, contentLength: &length)
            }
        }
        guard !method.isEmpty, uri.utf8.first == UInt8(ascii: "/") || uri == "*" else {
            throw APIError.badRequest("The request has no method or no path")
        }
        if !length.isEmpty {
            guard length.utf8.count <= 18, length.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
                let number = Int(length)
            else {
                throw APIError.badRequest("The length of the request body is not valid")
            }
            contentLength = number
        }
    }

    /// The request with an empty body. Path and query come from the address as it was sent; SCRIPT_NAME and its kin are the
    /// web server's interpretation.
    var request: Request {
        let mark = uri.utf8.firstIndex(of: UInt8(ascii: "?"))
        return Request(
            method: Method(rawValue: method),
            path: mark.map { String(uri[..<$0]) } ?? uri,
            query: Query(mark.map { String(uri[uri.utf8.index(after: $0)...]) } ?? ""),
            headers: headers,
            client: client
        )
    }

    private static let tooManyHeaders = APIError(431, "The request headers are too large")

    private mutating func take(
        _ name: UnsafeRawBufferPointer,
        _ value: UnsafeRawBufferPointer,
        contentLength: inout String
    ) {
        if Self.equals(name, "REQUEST_URI") {
            uri = Self.text(value)
        } else if Self.equals(name, "REQUEST_METHOD") {
            method = Self.text(value)
        } else if Self.equals(name, "CONTENT_TYPE") {
            if !value.isEmpty { headers.add("content-type", Self.text(value)) }
        } else if Self.equals(name, "CONTENT_LENGTH") {
            contentLength = Self.text(value)
        } else if Self.equals(name, "REMOTE_ADDR") {
            client.address = Self.text(value)
        } else if Self.equals(name, "REQUEST_ID") {
            client.requestID = Self.text(value)
        } else if Self.equals(name, "HTTPS") {
            client.isSecure = Self.equals(value, "on") || Self.equals(value, "1")
        } else if Self.equals(name, "SWIFTLET_INTERNAL") {
            client.isInternal = Self.equals(value, "1")
        } else if Self.equals(name, "SWIFTLET_VOUCHED") {
            client.isVouchedFor = Self.equals(value, "1")
        }
    }

    /// `USER_AGENT` becomes `user-agent`. The body's type and length are left out: they come as parameters of their own as well.
    private mutating func addHeader(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        if Self.equals(name, "CONTENT_TYPE") || Self.equals(name, "CONTENT_LENGTH") || value.isEmpty { return }
        let spelling = String(unsafeUninitializedCapacity: name.count) { buffer in
            for (index, byte) in name.enumerated() {
                buffer[index] =
                    switch byte {
                    case UInt8(ascii: "_"): UInt8(ascii: "-")
                    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
                    default: byte
                    }
            }
            return name.count
        }
        headers.add(spelling, Self.text(value))
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    private static func equals(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
        bytes.count == text.utf8CodeUnitCount && starts(bytes, with: text)
    }

    private static func starts(_ bytes: UnsafeRawBufferPointer, with text: StaticString) -> Bool {
        guard bytes.count >= text.utf8CodeUnitCount, let base = bytes.baseAddress else { return false }
        return memcmp(base, text.utf8Start, text.utf8CodeUnitCount) == 0
    }
}
