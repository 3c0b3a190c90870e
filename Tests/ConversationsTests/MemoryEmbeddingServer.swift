import Core
import Foundation
import Glibc
import Synchronization

/// A service of embeddings on 127.0.0.1, as one test needs it. It listens until the test process ends.
final class MemoryEmbeddingServer: Sendable {
    struct Call: Sendable {
        let path: String
        /// Names in lower case.
        let headers: [String: String]
        let body: JSONValue

        var inputs: [String] { (body["input"]?.array ?? []).compactMap(\.string) }
    }

    struct Reply: Sendable {
        var status = 200
        var headers: [String] = []
        var body: JSONValue
    }

    let port: UInt16
    private let noted = Notes()

    /// Shared with the threads, which outlive the server.
    private final class Notes: Sendable {
        let calls = Mutex<[Call]>([])
    }

    struct Failure: Error {}

    /// What was asked until now, in order.
    var calls: [Call] { noted.calls.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(port)" }

    func forget() { noted.calls.withLock { $0 = [] } }

    init(_ reply: @escaping @Sendable (Call) -> Reply = MemoryEmbeddingServer.wordCounts) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else { throw Failure() }
        port = UInt16(bigEndian: address.sin_port)
        NativeThread.start("embeddings") { [noted] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                NativeThread.start("embedding") {
                    while let call = Self.read(connection) {
                        noted.calls.withLock { $0.append(call) }
                        Self.write(reply(call), to: connection)
                    }
                    close(connection)
                }
            }
        }
    }

    /// One dimension for each of a few words, so that texts which share them are close.
    static let words = ["cat", "dog", "river", "colour", "green", "nurse", "work"]

    @Sendable static func wordCounts(_ call: Call) -> Reply {
        let vectors = call.inputs.map { text in
            JSONValue.array(words.map { text.lowercased().contains($0) ? 1.0 : 0.01 })
        }
        if call.path == "/api/embed" { return Reply(body: ["embeddings": .array(vectors)]) }
        return Reply(body: ["data": .array(vectors.map { ["object": "embedding", "embedding": $0] })])
    }

    private static func read(_ connection: Int32) -> Call? {
        var head: [UInt8] = []
        while head.suffix(4) != Array("\r\n\r\n".utf8)[...] {
            guard let byte = byte(connection) else { return nil }
            head.append(byte)
        }
        let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
        let headers = lines.dropFirst().compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (
                line[..<colon].lowercased(), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            )
        }
        let fields = Dictionary(headers) { first, _ in first }
        var body: [UInt8] = []
        while body.count < fields["content-length"].flatMap({ Int($0) }) ?? 0, let byte = byte(connection) {
            body.append(byte)
        }
        let parts = lines[0].split(separator: " ")
        return Call(path: String(parts[1]), headers: fields, body: (try? JSONValue(parsing: body)) ?? .null)
    }

    private static func byte(_ connection: Int32) -> UInt8? {
        var byte: UInt8 = 0
        return recv(connection, &byte, 1, 0) == 1 ? byte : nil
    }

    private static func write(_ reply: Reply, to connection: Int32) {
        let body = reply.body.bytes
        let head = ["HTTP/1.1 \(reply.status) X", "Content-Length: \(body.count)"] + reply.headers + ["", ""]
        let bytes = Array(head.joined(separator: "\r\n").utf8) + body
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }
}
