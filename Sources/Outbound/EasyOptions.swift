import CCurl
import Glibc

/// The options of an easy handle for one request.
enum EasyOptions {
    private static let maximumRedirects = 5

    /// Sets every option on a fresh or reset handle and returns the header list, which must live as long as the transfer.
    static func apply(
        _ request: HTTPRequest,
        policy: EgressPolicy,
        to easy: UnsafeMutableRawPointer,
        owner: Transfer
    ) -> UnsafeMutablePointer<curl_slist>? {
        let data = Unmanaged.passUnretained(owner).toOpaque()
        curl_set_pointer(easy, CURLOPT_SHARE, SharedState.process.handle)
        curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        // Without it, giving up on a transfer waits for the thread that still resolves the name.
        curl_set_long(easy, CURLOPT_QUICK_EXIT, 1)
        curl_set_string(easy, CURLOPT_URL, request.url)
        curl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        curl_set_string(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        curl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        curl_set_long(easy, CURLOPT_TCP_NODELAY, 1)
        curl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
        curl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1)
        curl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 2)
        curl_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        curl_set_string(easy, CURLOPT_USERAGENT, "swiftlet")
        if policy != .administrator {
            // A proxy would open the connections in our place, unseen by the check of addresses.
            curl_set_string(easy, CURLOPT_PROXY, "")
            curl_set_long(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        }
        curl_set_long(easy, CURLOPT_FOLLOWLOCATION, request.followRedirects ? 1 : 0)
        curl_set_long(easy, CURLOPT_MAXREDIRS, maximumRedirects)
        curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Duration(boundedSeconds: request.connectTimeout).milliseconds)
        if let total = request.totalTimeout {
            curl_set_long(easy, CURLOPT_TIMEOUT_MS, Duration(boundedSeconds: total).milliseconds)
        }
        curl_set_write(easy, takeBody, data)
        curl_set_header(easy, takeHeader, data)
        curl_set_open_socket(easy, openSocket, data)
        setMethod(request, on: easy)
        let headers = headerList(request)
        curl_set_list(easy, CURLOPT_HTTPHEADER, headers)
        return headers
    }

    private static func setMethod(_ request: HTTPRequest, on easy: UnsafeMutableRawPointer) {
        if request.body != nil || request.method == "POST" {
            let body = request.body ?? []
            curl_set_long(easy, CURLOPT_POST, 1)
            curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, body.count)
            if body.isEmpty {
                // An empty array may have no address, and libcurl takes a null pointer for "read from a callback".
                curl_set_string(easy, CURLOPT_COPYPOSTFIELDS, "")
            } else {
                // libcurl copies the bytes at once.
                _ = body.withUnsafeBytes { bytes in
                    curl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
                }
            }
        }
        switch request.method {
        case "GET" where request.body == nil, "POST": break
        case "HEAD" where request.body == nil: curl_set_long(easy, CURLOPT_NOBODY, 1)
        default: curl_set_string(easy, CURLOPT_CUSTOMREQUEST, request.method)
        }
        if request.method != "HEAD" {
            // Refuses by the announced length, before the body; what arrives is counted in any case.
            curl_set_offset(easy, CURLOPT_MAXFILESIZE_LARGE, max(1, request.maximumBody))
        }
    }

    /// libcurl reads `Name:` as "do not send" and `Name;` as "send with an empty value".
    private static func headerList(_ request: HTTPRequest) -> UnsafeMutablePointer<curl_slist>? {
        var list = curl_slist_append(nil, "Expect:")
        if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            list = curl_slist_append(list, "Content-Type:")
        }
        for (name, value) in request.headers {
            let isBlank = value.allSatisfy { $0 == " " || $0 == "\t" }
            list = curl_slist_append(list, isBlank ? "\(name);" : "\(name): \(value)")
        }
        return list
    }
}

private func takeBody(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ data: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer = transfer(data) else { return 0 }
    return transfer.take(body: UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

private func takeHeader(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ data: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer = transfer(data) else { return 0 }
    return transfer.take(headerLine: UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

/// Opens every socket of every transfer: here the policy sees the address that is really connected to.
private func openSocket(
    _ data: UnsafeMutableRawPointer?,
    _: curlsocktype,
    _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    let refusal: curl_socket_t = -1
    guard let transfer = transfer(data), let address, let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr)
    else { return refusal }
    let socketAddress = UnsafeRawPointer(address) + offset
    let family = address.pointee.family
    guard transfer.policy.permits(IPAddress(family: family, socketAddress: socketAddress)) else {
        transfer.refusedAddress = true
        return refusal
    }
    // Programs that the process starts must not inherit connections.
    let kind = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
    return socket(family, kind, address.pointee.`protocol`)
}

private func transfer(_ data: UnsafeMutableRawPointer?) -> Transfer? {
    data.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}
