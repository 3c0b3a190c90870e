import Core
import Foundation
import Glibc

struct ClientError: Error {
    let message: String
}

/// A blocking connection to a unix socket.
final class UnixClient {
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw ClientError(message: "Not connected: \(errno)") }
    }

    deinit {
        Glibc.close(descriptor)
    }

    func close() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// - Returns: false when the other end has closed.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    func send(_ text: String) {
        send(Array(text.utf8))
    }

    func read(_ count: Int) throws -> [UInt8] {
        while buffer.count < count { try fill() }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    /// What comes up to and with this text.
    func read(through text: String) throws -> String {
        let pattern = Array(text.utf8)
        while true {
            if let range = buffer.firstRange(of: pattern) {
                defer { buffer.removeFirst(range.upperBound) }
                return String(decoding: buffer[..<range.upperBound], as: UTF8.self)
            }
            try fill()
        }
    }

    /// What comes until the other end closes.
    func readToEnd() throws -> String {
        while true {
            do { try fill() } catch let error as ClientError where error.message == "closed" {
                defer { buffer = [] }
                return String(decoding: buffer, as: UTF8.self)
            }
        }
    }

    private func fill() throws {
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &piece, piece.count, 0)
        if count > 0 {
            buffer += piece[..<count]
        } else {
            throw ClientError(message: count == 0 || errno == ECONNRESET ? "closed" : "Nothing came")
        }
    }

    /// A request with `Connection: close`: the whole answer.
    func request(_ method: String, _ target: String, headers: [String: String] = [:], body: String = "") throws
        -> String
    {
        let fields = headers.map { "\($0): \($1)\r\n" }.joined()
        send(
            "\(method) \(target) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(fields)"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
        return try readToEnd()
    }
}

/// A WebSocket spoken by hand.
final class WebSocketClient {
    enum Message: Equatable {
        case text(String)
        case binary([UInt8])
        case close(UInt16?)
        case pong([UInt8])
    }

    let client: UnixClient

    init(_ client: UnixClient, target: String, headers: [String: String] = [:]) throws {
        self.client = client
        let fields = headers.map { "\($0): \($1)\r\n" }.joined()
        client.send(
            "GET \(target) HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\(fields)"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        let head = try client.read(through: "\r\n\r\n")
        guard head.hasPrefix("HTTP/1.1 101") else { throw ClientError(message: String(head.prefix(12))) }
    }

    func send(_ text: String) {
        send(Array(text.utf8), opcode: 1)
    }

    @discardableResult
    func send(_ bytes: [UInt8], opcode: UInt8, isFinal: Bool = true, isMasked: Bool = true) -> Bool {
        var frame: [UInt8] = [opcode | (isFinal ? 0x80 : 0)]
        let flag: UInt8 = isMasked ? 0x80 : 0
        switch bytes.count {
        case ..<126: frame.append(flag | UInt8(bytes.count))
        case ..<65536: frame += [flag | 126, UInt8(bytes.count >> 8), UInt8(bytes.count & 255)]
        default: frame += [flag | 127] + (0..<8).map { UInt8(truncatingIfNeeded: bytes.count >> (56 - 8 * $0)) }
        }
        let mask: [UInt8] = [1, 2, 3, 4]
        if isMasked {
            frame += mask
            frame += bytes.enumerated().map { $1 ^ mask[$0 & 3] }
        } else {
            frame += bytes
        }
        return client.send(frame)
    }

    func receive() throws -> Message {
        let head = try client.read(2)
        var length = Int(head[1] & 127)
        if length == 126 { length = try client.read(2).reduce(0) { $0 << 8 | Int($1) } }
        if length == 127 { length = try client.read(8).reduce(0) { $0 << 8 | Int($1) } }
        let bytes = try client.read(length)
        switch head[0] & 15 {
        case 1: return .text(String(decoding: bytes, as: UTF8.self))
        case 2: return .binary(bytes)
        case 8: return .close(bytes.count < 2 ? nil : UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
        case 10: return .pong(bytes)
        default: throw ClientError(message: "Opcode \(head[0] & 15)")
        }
    }

    func text() throws -> String {
        guard case .text(let text) = try receive() else { throw ClientError(message: "Not a text message") }
        return text
    }

    /// Whether the connection ends, with or without a closing handshake, once what is on its way has been read.
    func isEnded() -> Bool {
        while true {
            do {
                if case .close = try receive() { return true }
            } catch {
                return (error as? ClientError)?.message == "closed"
            }
        }
    }
}

/// A Socket.IO client over a WebSocket.
final class SocketClient {
    let webSocket: WebSocketClient
    let opening: JSONValue
    private(set) var sid = ""
    private var lastID = 0

    init(_ webSocket: WebSocketClient, token: String?) throws {
        self.webSocket = webSocket
        opening = try JSONValue(parsing: String(try webSocket.text().dropFirst()))
        webSocket.send("40" + (token.map { JSONValue(dictionaryLiteral: ("token", .string($0))).text } ?? ""))
        let greeting = try webSocket.text()
        sid = try JSONValue(parsing: String(greeting.dropFirst(2)))["sid"]?.string ?? ""
    }

    func emit(_ event: JSONValue) {
        webSocket.send("42" + event.text)
    }

    /// Sends an event that asks for an answer; the next message must be it.
    func call(_ event: JSONValue) throws -> JSONValue {
        lastID += 1
        webSocket.send("42\(lastID)" + event.text)
        let answer = try webSocket.text()
        guard answer.hasPrefix("43\(lastID)[") else {
            throw ClientError(message: "Not the answer: \(answer.prefix(80))")
        }
        return try JSONValue(parsing: String(answer.dropFirst(2 + String(lastID).count)))
    }
}
