import Core
import NIOHTTP1

/// The headers of a client's request that workers are told with a question about who it is.
struct ClientHeaders {
    private static let names = ["authorization", "cookie", "user-agent", "x-real-ip", "x-request-id"]
    private let values: [(name: String, value: String)]

    init(_ headers: HTTPHeaders) {
        values = Self.names.compactMap { name in headers.first(name: name).map { (name, $0) } }
    }

    func write(to json: inout JSONWriter) {
        json.key("headers")
        json.object {
            for (name, value) in values {
                $0.key(name)
                $0.string(value)
            }
        }
    }
}
