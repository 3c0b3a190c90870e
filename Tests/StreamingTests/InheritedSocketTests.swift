import Events
import Foundation
import Testing

@testable import Streaming

/// Sockets that the service manager opened.
@Suite(.timeLimit(.minutes(2))) struct InheritedSocketTests {
    private static func listen(_ path: String) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(code == 0)
        #expect(Glibc.listen(descriptor, 16) == 0)
        return descriptor
    }

    @Test func whoCameBeforeTheDaemonIsServed() throws {
        var early: UnixClient?
        let site = try TestSite { configuration in
            configuration.clientsSocket = Self.listen(configuration.clientsPath)
            configuration.eventsSocket = Self.listen(configuration.eventsPath)
            early = try? UnixClient(path: configuration.clientsPath)
        }
        let client = try #require(early)
        client.send("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try client.read(through: "\r\n").hasPrefix("HTTP/1.1 404"))
        // Events take the other socket.
        let socket = try site.socket(token: "u1")
        site.publisher.emit("hello", to: [Room.user("u1")], payload: Array("{\"n\":1}".utf8))
        #expect(try socket.webSocket.text() == #"42["hello",{"n":1}]"#)
    }
}
