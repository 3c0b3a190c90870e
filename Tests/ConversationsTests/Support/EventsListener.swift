import Core
import Events
import Glibc
import Synchronization
import Wire

/// The daemon's end of the events socket: it notes what it is told to emit. One connection is served.
final class EventsListener: Sendable {
    struct Emission: Sendable {
        let event: String
        let rooms: [String]
        let payload: JSONValue
    }

    let path = "/tmp/swiftlet-test-\(UInt64.random(in: 0...UInt64.max)).sock"
    private let descriptor: Int32
    private let emissions = Mutex<[Emission]>([])

    struct Failure: Error {}

    init() throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isBound, listen(descriptor, 1) == 0 else { throw Failure() }
        NativeThread.start("listener") { [descriptor, weak self] in
            let connection = accept(descriptor, nil, nil)
            if connection >= 0 { Self.serve(connection) { self } }
        }
    }

    /// Ends a wait for a connection that nobody made.
    func close() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        Glibc.close(descriptor)
        unlink(path)
    }

    /// What the publisher has sent until now, in order.
    func all(of publisher: Publisher) throws -> [Emission] {
        try publisher.ping()
        return emissions.withLock { $0 }
    }

    private static func serve(_ connection: Int32, _ listener: () -> EventsListener?) {
        defer { Glibc.close(connection) }
        var decoder = EventFrameDecoder()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            decoder.append(Array(buffer[..<count]))
            while let frame = try? decoder.next() {
                switch frame {
                case .emit(let rooms, _, let event, _):
                    let json = (try? JSONValue(parsing: event)) ?? .null
                    let emission = Emission(event: json[0]?.string ?? "", rooms: rooms, payload: json[1] ?? .null)
                    listener()?.emissions.withLock { $0.append(emission) }
                case .ping(let correlation):
                    guard let pong = try? EventFrame.pong(correlation: correlation).encoded() else { return }
                    _ = pong.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                default: break
                }
            }
        }
    }
}
