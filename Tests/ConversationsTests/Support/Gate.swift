import Core
import Foundation
import Glibc
import Synchronization

/// A door between one connection and Postgres that lets one statement through at a time, when it is told to. Between two statements
/// other connections may do what they like, so that the order of two transactions' statements is the test's to choose.
///
/// Preparing a statement and beginning a transaction look at no data, and pass freely. On demand plain reads do so too: then all that is
/// read before the first lock is read at once, and is as old as it can be.
final class Gate: Sendable {
    enum State: Equatable {
        /// Between two statements.
        case thinking
        /// A statement waits at the door.
        case waiting
        /// A statement is at work.
        case running
    }

    struct Failure: Error {}

    let url: String
    private let folder = "/tmp/swiftlet-gate-\(UInt64.random(in: 0...UInt64.max))"
    private let listener: Int32
    private let letsReadsPass: Bool
    /// Who wants to hear of changes.
    private let condition: Condition
    private let current = Mutex((state: State.thinking, process: Int32(0), isReleased: false))

    var state: State { current.withLock { $0.state } }
    /// The server's process for the connection; 0 while there is none.
    var process: Int { current.withLock { Int($0.process) } }

    init(condition: Condition, letsReadsPass: Bool) throws {
        (self.condition, self.letsReadsPass) = (condition, letsReadsPass)
        guard var components = URLComponents(string: TestDatabase.url) else { throw Failure() }
        components.host = ""
        components.port = nil
        components.queryItems = [URLQueryItem(name: "host", value: folder), URLQueryItem(name: "port", value: "5432")]
        url = components.string ?? ""
        mkdir(folder, 0o700)
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard Self.with(path: folder + "/.s.PGSQL.5432", { bind(listener, $0, $1) }) == 0, listen(listener, 1) == 0
        else { throw Failure() }
        NativeThread.start("gate") { [self] in
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            guard let server = Self.connectToServer() else {
                Glibc.close(client)
                return
            }
            let isEnded = Flag()
            NativeThread.start("gate-answers") { [self] in
                answers(from: server, to: client)
                shutdown(client, Int32(SHUT_RDWR))
                isEnded.set()
                condition.signal()
            }
            questions(from: client, to: server)
            shutdown(server, Int32(SHUT_RDWR))
            condition.wait { isEnded.isSet }
            Glibc.close(server)
            Glibc.close(client)
        }
    }

    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        Glibc.close(listener)
        unlink(folder + "/.s.PGSQL.5432")
        rmdir(folder)
    }

    /// Lets the waiting statement through.
    func release() {
        current.withLock { $0 = (.running, $0.process, true) }
        condition.signal()
    }

    // MARK: - The two directions

    private func questions(from client: Int32, to server: Int32) {
        var reader = MessageReader(descriptor: client, startsWithoutKind: true)
        var batch: [UInt8] = []
        var isStatement = false
        var reads: Set<String> = []
        while let message = reader.next() {
            batch += message.bytes
            switch message.kind {
            case UInt8(ascii: "P"):
                let texts = message.texts
                if letsReadsPass, Self.isRead(texts[1]) { reads.insert(texts[0]) }
            case UInt8(ascii: "B"): isStatement = !reads.contains(message.texts[1])
            case UInt8(ascii: "Q"): isStatement = !message.bytes.dropFirst(5).starts(with: "begin".utf8)
            default: break
            }
            let isComplete = [0, UInt8(ascii: "Q"), UInt8(ascii: "S"), UInt8(ascii: "X"), UInt8(ascii: "p")].contains(
                message.kind
            )
            guard isComplete else { continue }
            if isStatement { waitForRelease() }
            guard Self.send(batch, to: server) else { return }
            batch = []
            isStatement = false
        }
    }

    private static func isRead(_ sql: String) -> Bool {
        sql.hasPrefix("select")
            && !["for update", "for no key update", "for key share", "lock(", "set_config"].contains(
                where: sql.contains
            )
    }

    private func waitForRelease() {
        current.withLock { $0 = (.waiting, $0.process, false) }
        condition.signal()
        condition.wait { current.withLock { $0.isReleased } }
    }

    private func answers(from server: Int32, to client: Int32) {
        var reader = MessageReader(descriptor: server, startsWithoutKind: false)
        while let message = reader.next() {
            switch message.kind {
            case UInt8(ascii: "K"):
                let process = message.bytes[5..<9].reduce(Int32(0)) { $0 << 8 | Int32($1) }
                current.withLock { $0.process = process }
            case UInt8(ascii: "Z"):
                current.withLock { if $0.state == .running { $0.state = .thinking } }
                condition.signal()
            default: break
            }
            guard Self.send(message.bytes, to: client) else { return }
        }
    }

    // MARK: - Sockets

    private static func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    private static func connectToServer() -> Int32? {
        guard let components = URLComponents(string: TestDatabase.url) else { return nil }
        let host = components.queryItems?.first { $0.name == "host" }?.value ?? components.host ?? ""
        let named = components.queryItems?.first { $0.name == "port" }?.value.flatMap(Int.init)
        let port = named ?? components.port ?? 5432
        let isPath = host.hasPrefix("/")
        let descriptor = socket(
            isPath ? AF_UNIX : AF_INET,
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue),
            0
        )
        let result: Int32
        if isPath {
            result = with(path: host + "/.s.PGSQL.\(port)") { connect(descriptor, $0, $1) }
        } else {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(port).bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        if result == 0 { return descriptor }
        Glibc.close(descriptor)
        return nil
    }

    private static func with(path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

private final class Flag: Sendable {
    private let value = Mutex(false)
    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
}

private struct Message {
    /// 0 for the first of a client.
    let kind: UInt8
    let bytes: [UInt8]

    /// The first two texts: the name and the text of a statement to be prepared, the portal and the name of one to be run.
    var texts: [String] {
        let parts = bytes.dropFirst(5).split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
        return parts.prefix(2).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Reads the messages of Postgres' protocol from a socket: a kind, four bytes of length, the rest. A client's first one has no kind.
private struct MessageReader {
    let descriptor: Int32
    private var hasKind: Bool

    init(descriptor: Int32, startsWithoutKind: Bool) {
        self.descriptor = descriptor
        hasKind = !startsWithoutKind
    }

    /// - Returns: nil at the end.
    mutating func next() -> Message? {
        let prefix = hasKind ? 1 : 0
        guard let head = read(prefix + 4) else { return nil }
        hasKind = true
        let length = head.suffix(4).reduce(0) { $0 << 8 | Int($1) }
        guard length >= 4, let rest = read(length - 4) else { return nil }
        return Message(kind: prefix == 1 ? head[0] : 0, bytes: head + rest)
    }

    private func read(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let received = bytes[filled...].withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if received <= 0 { return nil }
            filled += received
        }
        return bytes
    }
}
