import Foundation
import Glibc
import Synchronization

/// An HTTP server of one test on 127.0.0.1. Each connection runs the handler on a thread of its own. It
/// listens until the test process ends: closing a socket that another thread waits on could hit a reused number.
final class TestServer: Sendable {
    private final class Counter: Sendable {
        let connections = Atomic(0)
    }

    let port: UInt16
    private let counter = Counter()

    /// How many connections were accepted.
    var connections: Int { counter.connections.load(ordering: .sequentiallyConsistent) }

    init(_ handler: @escaping @Sendable (Peer) -> Void) throws {
        let (listener, port) = try Self.listen()
        self.port = port
        let thread = Thread { [listener, counter] in
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0 else { return }
                counter.connections.add(1, ordering: .sequentiallyConsistent)
                Thread.detachNewThread {
                    handler(Peer(socket: socket))
                    close(socket)
                }
            }
        }
        thread.start()
    }

    /// Answers each request of each connection with the bytes that `answer` makes of it.
    static func answering(_ answer: @escaping @Sendable (Peer.Request) -> String) throws -> TestServer {
        try TestServer { peer in
            while let request = peer.read() { peer.write(answer(request)) }
        }
    }

    func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// A port of 127.0.0.1 on which nobody listens.
    static func unusedPort() throws -> UInt16 {
        let (socket, port) = try listen()
        close(socket)
        return port
    }

    private static func listen() throws -> (socket: Int32, port: UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && Glibc.listen(listener, 64) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard result else { throw POSIXError(.EADDRNOTAVAIL) }
        return (listener, UInt16(bigEndian: address.sin_port))
    }
}

/// The other end of a connection, as the server sees it.
struct Peer {
    struct Request {
        let line: String
        let headers: [String]
        let body: String
    }

    let socket: Int32

    /// Reads one request; `nil` when the client closed.
    func read() -> Request? {
        var bytes: [UInt8] = []
        let end = Array("\r\n\r\n".utf8)
        while bytes.suffix(4) != end[...] {
            guard let next = readByte() else { return nil }
            bytes.append(next)
        }
        var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
        let line = lines.removeFirst()
        let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
        var body: [UInt8] = []
        while body.count < length ?? 0, let next = readByte() { body.append(next) }
        return Request(line: line, headers: lines, body: String(decoding: body, as: UTF8.self))
    }

    private func readByte() -> UInt8? {
        var byte: UInt8 = 0
        return recv(socket, &byte, 1, 0) == 1 ? byte : nil
    }

    func write(_ text: String) {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Waits until the client closes.
    func waitForEnd() {
        while readByte() != nil {}
    }
}

/// A plain answer with a length.
func ok(_ body: String, status: String = "200 OK", headers: [String] = []) -> String {
    let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
}
