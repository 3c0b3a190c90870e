/// The path and query of a request, as far as the daemon needs them.
struct RequestTarget {
    let path: String
    private let query: Substring

    init(_ uri: String) {
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts.first ?? "")
        query = parts.count > 1 ? parts[1] : ""
    }

    var isEngineIO: Bool {
        path == "/ws/socket.io" || path == "/ws/socket.io/"
    }

    var isChat: Bool {
        path == "/api/ws/chat"
    }

    /// The first value of this name. Nothing the daemon reads is ever percent-encoded.
    subscript(_ name: String) -> String? {
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts[0] == name { return parts.count > 1 ? String(parts[1]) : "" }
        }
        return nil
    }
}
