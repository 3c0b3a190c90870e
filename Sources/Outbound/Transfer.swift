import CCurl

/// One exchange on an easy handle: what has arrived and how it ended.
///
/// libcurl's callbacks only record here. The client hands on what was recorded after each step of libcurl, so that no
/// foreign code runs, and no error is thrown, inside a callback.
final class Transfer {
    let easy: UnsafeMutableRawPointer
    let host: String
    let policy: EgressPolicy
    private let maximumBody: Int
    private let followRedirects: Bool
    private let idleTimeout: Duration?

    /// The head under construction, then the final one.
    private var partial: HTTPHead?
    private var headBytes = 0
    private(set) var head: HTTPHead?
    /// Body bytes that nobody took yet.
    var pending: [UInt8] = []
    private(set) var received = 0
    private(set) var outcome: Result<Void, OutboundError>?

    private var limitExceeded: OutboundError?
    /// Set when the policy refused an address of this transfer.
    var refusedAddress = false
    private var moved = 0
    private var movedAt = ContinuousClock.now
    private var headerList: UnsafeMutablePointer<curl_slist>?

    private static let maximumHeadBytes = 256 * 1024

    /// Checks the request and prepares the handle, which must be fresh or reset.
    init(_ request: HTTPRequest, on easy: UnsafeMutableRawPointer, policy: EgressPolicy) throws(OutboundError) {
        try request.validate()
        host = try Destination(request.url, policy: policy).host
        self.easy = easy
        self.policy = policy
        maximumBody = request.maximumBody
        followRedirects = request.followRedirects
        idleTimeout = request.idleTimeout.map(Duration.init(boundedSeconds:))
        headerList = EasyOptions.apply(request, policy: policy, to: easy, owner: self)
    }

    deinit {
        curl_slist_free_all(headerList)
    }

    // MARK: Called from libcurl's callbacks

    /// Takes one header line, its end included. False aborts the transfer.
    func take(headerLine line: UnsafeRawBufferPointer) -> Bool {
        headBytes += line.count
        guard headBytes <= Self.maximumHeadBytes else {
            limitExceeded = OutboundError(.tooLarge, "\(host): the headers of the answer are too large")
            return false
        }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            let fields = text.split(maxSplits: 2, whereSeparator: \.isWhitespace)
            partial = HTTPHead(status: fields.count > 1 ? Int(fields[1]) ?? 0 : 0)
        } else if text.allSatisfy(\.isNewline) {
            finishHead()
        } else if head == nil, let colon = text.firstIndex(of: ":") {
            let value = text[text.index(after: colon)...].drop(while: \.isWhitespace)
            let end = value.lastIndex { !$0.isWhitespace }.map(value.index(after:)) ?? value.startIndex
            partial?.headers.append((text[..<colon].lowercased(), String(value[..<end])))
        }
        return true
    }

    /// The head counts unless another follows: interim answers, and redirects that libcurl goes after.
    private func finishHead() {
        guard head == nil, let partial, partial.status >= 200 else { return }
        let isFollowed = followRedirects && 300..<400 ~= partial.status && partial.header("location") != nil
        if !isFollowed { head = partial }
    }

    /// Takes a piece of the body. False aborts the transfer.
    func take(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= maximumBody - received else {
            limitExceeded = OutboundError(.tooLarge, "\(host): the answer is larger than \(maximumBody) bytes")
            return false
        }
        received += bytes.count
        pending.append(contentsOf: bytes)
        return true
    }

    // MARK: Called from the client

    /// Records the end that libcurl reports.
    func finish(_ code: CURLcode) {
        guard outcome == nil else { return }
        if let limitExceeded {
            outcome = .failure(limitExceeded)
        } else if code == CURLE_COULDNT_CONNECT, refusedAddress {
            outcome = .failure(OutboundError(.refusedByGuard, "\(host): the address is not a public one"))
        } else if code == CURLE_UNSUPPORTED_PROTOCOL, partial == nil {
            // libcurl's code for an answer without a status line; for a redirect there is one.
            outcome = .failure(OutboundError(.broken(afterData: false), "\(host): the answer is not HTTP"))
        } else if code != CURLE_OK {
            outcome = .failure(OutboundError(code, host: host, afterData: received > 0))
        } else if head == nil {
            outcome = .failure(OutboundError(.broken(afterData: received > 0), "\(host): the answer has no head"))
        } else {
            outcome = .success(())
        }
    }

    /// Records an end that we decide on.
    func fail(_ kind: OutboundError.Kind, _ reason: String) {
        guard outcome == nil else { return }
        outcome = .failure(OutboundError(kind, "\(host): \(reason)"))
    }

    /// How long until the transfer counts as stalled if nothing moves; `nil` when it has no such limit.
    func patience(at now: ContinuousClock.Instant) -> Duration? {
        guard let idleTimeout else { return nil }
        var sent: curl_off_t = 0
        var arrived: curl_off_t = 0
        curl_get_offset(easy, CURLINFO_SIZE_UPLOAD_T, &sent)
        curl_get_offset(easy, CURLINFO_SIZE_DOWNLOAD_T, &arrived)
        let total = Int(sent) + Int(arrived) + headBytes
        if total != moved {
            moved = total
            movedAt = now
        }
        return idleTimeout - (now - movedAt)
    }
}
