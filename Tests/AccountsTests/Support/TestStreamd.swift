import Core
import Events
import Glibc
import Synchronization
import Wire

/// Stands where the daemon of the sockets would be: takes the publisher's frames and notes which rooms were closed.
final class TestStreamd: Sendable {
    let path: String
    private let listener: Int32
    private let rooms = Mutex<[String]>([])

    struct NoSocket: Error {}

    init() throws {
        path = "/tmp/swiftlet-accounts-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.listener = listener
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isBound, listen(listener, 1) == 0 else { throw NoSocket() }
        guard NativeThread.start("streamd", { [weak self] in Self.serve(listener) { self } }) else { throw NoSocket() }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        unlink(path)
    }

    /// The rooms that the publisher has closed, in order.
    func closedRooms(by publisher: Publisher) throws -> [String] {
        try publisher.ping()
        return rooms.withLock { $0 }
    }

    private static func serve(_ listener: Int32, _ streamd: () -> TestStreamd?) {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        defer { close(connection) }
        var decoder = EventFrameDecoder()
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { return }
            decoder.append(buffer[..<count])
            while let frame = try? decoder.next() {
                switch frame {
                case .close(let room): streamd()?.rooms.withLock { $0.append(room) }
                case .ping(let correlation):
                    guard let pong = try? EventFrame.pong(correlation: correlation).encoded() else { return }
                    _ = send(connection, pong, pong.count, Int32(MSG_NOSIGNAL))
                default: continue
                }
            }
        }
    }
}
