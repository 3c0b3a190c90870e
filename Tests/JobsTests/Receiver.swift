import Core
import Foundation
import Glibc
import Synchronization

/// A service of one test on 127.0.0.1 that webhooks are posted to. It keeps what it got, and answers with the status that the path names
/// (`/503`), 200 without one, or never (`/silence`).
final class Receiver: Sendable {
    struct Call: Sendable {
        let path: String
        let body: JSONValue
    }

    let port: UInt16
    private let calls = Mutex<[Call]>([])
    private let changed = Condition()

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
        // It listens until the test process ends, so its thread may hold it.
        NativeThread.start("receiver") { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                NativeThread.start("connection") { [self] in Self.serve(connection, note) }
            }
        }
    }

    func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// Waits until as many calls came to a path, and gives all calls so far.
    @discardableResult
    func wait(_ count: Int = 1, at path: String = "/") -> [Call] {
        _ = changed.wait(seconds: 60) { calls.withLock { $0.count { $0.path == path } } >= count }
        return calls.withLock { $0 }
    }

    private func note(_ call: Call) {
        calls.withLock { $0.append(call) }
        changed.signal()
    }

    /// One request for each connection.
    private static func serve(_ connection: Int32, _ note: (Call) -> Void) {
        defer { close(connection) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var call: Call?
        while call == nil {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            bytes += buffer[..<count]
            call = read(bytes)
        }
        guard let call else { return }
        note(call)
        if call.path == "/silence" {
            _ = recv(connection, &buffer, 1, 0)
            return
        }
        let status = Int(call.path.dropFirst()) ?? 200
        let answer = "HTTP/1.1 \(status) Status\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        _ = answer.withCString { send(connection, $0, strlen($0), Int32(MSG_NOSIGNAL)) }
    }

    private static func read(_ bytes: [UInt8]) -> Call? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let length = head.first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
        let body = bytes[end.upperBound...]
        guard body.count >= length ?? 0, let path = head.first?.split(separator: " ").dropFirst().first else {
            return nil
        }
        return Call(path: String(path), body: (try? JSONValue(parsing: Array(body))) ?? .null)
    }
}
