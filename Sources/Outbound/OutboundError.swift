import CCurl

/// Why there is no answer. An answer with a status such as 500 is an answer, not an error.
package struct OutboundError: Error, Equatable {
    package enum Kind: Equatable, Sendable {
        /// The request can not be sent as it is: URL, method or headers.
        case malformed
        /// The egress policy forbids the scheme, the address or the user name.
        case refusedByGuard
        /// No name, no connection, or no trust in the certificate.
        case unreachable
        /// A time of the request, or the deadline of the group, ran out.
        case timeout
        /// Somebody asked to stop.
        case cancelled
        /// The answer is larger than the request allows.
        case tooLarge
        /// The exchange failed after it began; `afterData` tells whether a part of the body had arrived.
        case broken(afterData: Bool)
    }

    package let kind: Kind
    /// A short text for logs and users: the host and what went wrong, never a path, query, header or user name.
    package let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// Translates a failure of libcurl.
    ///
    /// - Parameters:
    ///   - code: Not `CURLE_OK`.
    ///   - host: The host that was asked first.
    ///   - afterData: Whether a part of the body had arrived.
    init(_ code: CURLcode, host: String, afterData: Bool) {
        let (kind, reason): (Kind, String) =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST: (.unreachable, "the host name is unknown")
            case CURLE_COULDNT_RESOLVE_PROXY: (.unreachable, "the proxy's host name is unknown")
            case CURLE_COULDNT_CONNECT: (.unreachable, "no connection")
            case CURLE_PEER_FAILED_VERIFICATION: (.unreachable, "the certificate is not trusted")
            case CURLE_SSL_CONNECT_ERROR: (.unreachable, "no TLS connection")
            case CURLE_SSL_CACERT_BADFILE: (.unreachable, "this machine has no certificate authorities")
            case CURLE_OPERATION_TIMEDOUT: (.timeout, "no answer in time")
            case CURLE_FILESIZE_EXCEEDED: (.tooLarge, "the answer is too large")
            case CURLE_UNSUPPORTED_PROTOCOL: (.refusedByGuard, "a redirect leads to a scheme that is not allowed")
            case CURLE_LOGIN_DENIED: (.refusedByGuard, "a redirect leads to an address with a user name")
            case CURLE_TOO_MANY_REDIRECTS: (.broken(afterData: afterData), "too many redirects")
            case CURLE_URL_MALFORMAT: (.broken(afterData: afterData), "a redirect leads to a malformed address")
            case CURLE_GOT_NOTHING: (.broken(afterData: afterData), "the connection closed without an answer")
            case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
                (.broken(afterData: afterData), "the connection broke")
            default: (.broken(afterData: afterData), String(cString: curl_easy_strerror(code)))
            }
        self.init(kind, "\(host): \(reason)")
    }
}
