import CSystem
import Foundation

/// A web server's side of FastCGI, written from the specification and by hand, so that it can also say what no web server says.
final class FastCGIClient {
    enum Record: UInt8 {
        case begin = 1
        case abort = 2
        case end = 3
        case parameters = 4
        case input = 5
        case output = 6
        case getValues = 9
    }

    /// What came back on a connection until its end.
    struct Answer {
        var output: [UInt8] = []
        /// Whether the server said that the request is over, rather than just closing.
        var isEnded = false

        var text: String { String(decoding: output, as: UTF8.self) }

        var head: [String] {
            (text.components(separatedBy: "\r\n\r\n").first ?? "").components(separatedBy: "\r\n")
        }

        var body: String {
            text.components(separatedBy: "\r\n\r\n").dropFirst().joined(separator: "\r\n\r\n")
        }

        var status: Int? {
            head.first { $0.hasPrefix("Status: ") }.flatMap { Int($0.dropFirst(8).prefix(3)) }
        }
    }

    struct NoConnection: Error {
        let code: Int32
    }

    private let descriptor: Int32
    private var isOpen = true

    init(_ path: String) throws {
        var address = sockaddr_un()
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard swiftlet_unix_address(&address, path) == 1 else { throw NoConnection(code: ENAMETOOLONG) }
        let result = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw NoConnection(code: errno) }
        // A server that never answers fails the test instead of holding it.
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        disconnect()
    }

    func disconnect() {
        if isOpen { close(descriptor) }
        isOpen = false
    }

    /// Sends bytes as they are; false when the server has closed.
    @discardableResult
    func send(raw bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ record: Record, _ content: [UInt8] = []) -> Bool {
        send(raw: Self.encode(record, content))
    }

    static func encode(_ record: Record, _ content: [UInt8]) -> [UInt8] {
        [1, record.rawValue, 0, 1, UInt8(content.count >> 8), UInt8(content.count & 0xFF), 0, 0] + content
    }

    /// - Parameters:
    ///   - role: 1 is a responder.
    ///   - flags: 1 asks to keep the connection.
    func begin(role: UInt8 = 1, flags: UInt8 = 0) {
        send(.begin, [0, role, flags, 0, 0, 0, 0, 0])
    }

    func send(parameters: [(String, String)]) {
        let content = parameters.flatMap { name, value in
            Self.length(name.utf8.count) + Self.length(value.utf8.count) + Array(name.utf8) + Array(value.utf8)
        }
        for start in stride(from: 0, to: content.count, by: 32_768) {
            send(.parameters, Array(content[start..<min(start + 32_768, content.count)]))
        }
        send(.parameters)
    }

    private static func length(_ count: Int) -> [UInt8] {
        count < 128 ? [UInt8(count)] : [24, 16, 8, 0].map { UInt8(count >> $0 & 0xFF) | ($0 == 24 ? 0x80 : 0) }
    }

    func send(body: [UInt8]) {
        for start in stride(from: 0, to: body.count, by: 32_768) {
            guard send(.input, Array(body[start..<min(start + 32_768, body.count)])) else { return }
        }
        send(.input)
    }

    /// A whole request.
    ///
    /// - Parameters:
    ///   - method: with `uri`, what every request has.
    ///   - uri: path and query.
    ///   - others: further parameters; they may replace those that are always sent.
    ///   - body: nil says that there is none, as nginx does: with an empty CONTENT_LENGTH.
    func request(_ method: String, _ uri: String, _ others: [(String, String)] = [], body: [UInt8]? = nil) {
        begin()
        send(
            parameters: [
                ("REQUEST_METHOD", method), ("REQUEST_URI", uri), ("CONTENT_LENGTH", body.map { "\($0.count)" } ?? ""),
            ] + others
        )
        send(body: body ?? [])
    }

    func answer() -> Answer {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count <= 0 { break }
            bytes += buffer[..<count]
        }
        disconnect()
        var answer = Answer()
        var position = 0
        while position + 8 <= bytes.count {
            let length = Int(bytes[position + 4]) << 8 | Int(bytes[position + 5])
            let end = min(position + 8 + length, bytes.count)
            if bytes[position + 1] == Record.output.rawValue { answer.output += bytes[(position + 8)..<end] }
            if bytes[position + 1] == Record.end.rawValue { answer.isEnded = true }
            position += 8 + length + Int(bytes[position + 6])
        }
        return answer
    }
}
