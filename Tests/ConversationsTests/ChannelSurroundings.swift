import Accounts
import Core
import Events
import Foundation
import Glibc
import HTTP
import Logging
import Outbound
import Postgres
import Synchronization
import Testing
import Wire

@testable import Conversations

let channelsPath = "/api/v1/channels"

extension TestClient {
    /// Makes a channel; the client must be an admin.
    func newChannel(_ name: String = "room", access: JSONValue = .null) throws -> String {
        try ok(.post, "\(channelsPath)/create", ["name": .string(name), "access_control": access])["id"]?.string ?? ""
    }

    @discardableResult
    func post(_ text: String, to channel: String, _ more: JSONObject = [:]) throws -> JSONValue {
        var form: JSONObject = ["content": .string(text), "data": [:], "meta": [:]]
        for (key, value) in more { form[key] = value }
        return try ok(.post, "\(channelsPath)/\(channel)/messages/post", .object(form))
    }

    func texts(_ channel: String, _ query: String = "") throws -> [String] {
        try ok(.get, "\(channelsPath)/\(channel)/messages?\(query)").array?.compactMap { $0["content"]?.string } ?? []
    }

    func message(_ id: String, in channel: String) throws -> JSONValue {
        try ok(.get, "\(channelsPath)/\(channel)/messages/\(id)")
    }

    func account() throws -> Account {
        try #require(try Account.find(id, server.connect()))
    }

    /// The row of a socket that the account has open.
    func openSocket() throws -> String {
        let sid = Sample.id()
        try server.connect().execute(
            "insert into socket_session (sid, daemon, epoch, account_id) values (\(sid), 'test', '1', \(id))"
        )
        return sid
    }
}

extension JSONValue {
    var id: String { self["id"]?.string ?? "" }

    static func readers(_ clients: TestClient..., groups: [String] = [], writers: [TestClient] = []) -> JSONValue {
        [
            "read": ["user_ids": JSONValue(clients.map(\.id)), "group_ids": JSONValue(groups)],
            "write": ["user_ids": JSONValue(writers.map(\.id)), "group_ids": []],
        ]
    }
}

/// The daemon's end of the events socket, which keeps who is in which room. One connection is served.
final class RoomsListener: Sendable {
    private let path = "/tmp/swiftlet-test-\(UInt64.random(in: 0...UInt64.max)).sock"
    private let descriptor: Int32
    private let rooms = Mutex<[String: Set<String>]>([:])
    let publisher: Publisher

    struct Failure: Error {}

    init() throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.descriptor = descriptor
        publisher = Publisher(socketPath: path)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isBound, listen(descriptor, 1) == 0 else { throw Failure() }
        NativeThread.start("rooms") { [self] in serve(accept(descriptor, nil, nil)) }
    }

    func close() {
        publisher.close()
        shutdown(descriptor, Int32(SHUT_RDWR))
        Glibc.close(descriptor)
        unlink(path)
    }

    /// Who is in the room of a channel.
    func members(of channel: String) throws -> Set<String> {
        try publisher.ping()
        return rooms.withLock { $0[Room.channel(channel)] ?? [] }
    }

    private func serve(_ connection: Int32) {
        defer { Glibc.close(connection) }
        var decoder = EventFrameDecoder()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            decoder.append(Array(buffer[..<count]))
            while let frame = try? decoder.next() {
                switch frame {
                case .join(let sid, let names):
                    rooms.withLock { rooms in for name in names { rooms[name, default: []].insert(sid) } }
                case .leave(let sid, let names):
                    rooms.withLock { rooms in for name in names { rooms[name]?.remove(sid) } }
                case .ping(let correlation):
                    guard let pong = try? EventFrame.pong(correlation: correlation).encoded() else { return }
                    _ = pong.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                default: break
                }
            }
        }
    }
}
