import Glibc
import Testing

@testable import Core

/// The other end of the protocol: a datagram socket as systemd has it.
private final class NotifySocket {
    let name: String
    private let descriptor: Int32
    private let path: String?

    /// - Parameter isAbstract: whether its name is in the abstract namespace, which has no file.
    init(isAbstract: Bool) {
        let unique = "swiftlet-notify-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        path = isAbstract ? nil : "/tmp/\(unique)"
        name = path ?? "@\(unique)"
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) {
            $0.copyBytes(from: Array(name.utf8))
            if isAbstract { $0[0] = 0 }
        }
        let length = socklen_t(2 + name.utf8.count)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        #expect(code == 0)
    }

    deinit {
        close(descriptor)
        if let path { unlink(path) }
    }

    /// What has come, without waiting.
    var messages: [String] {
        var all: [String] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count < 0 { return all }
            all.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
    }
}

@Suite struct ServiceManagerTests {
    @Test(arguments: [false, true]) func itIsToldOfEachState(isAbstract: Bool) {
        let socket = NotifySocket(isAbstract: isAbstract)
        let manager = ServiceManager { $0 == "NOTIFY_SOCKET" ? socket.name : nil }
        manager.ready()
        manager.reloading()
        manager.stopping()
        let messages = socket.messages
        #expect(messages.count == 3)
        #expect(messages.first == "READY=1" && messages.last == "STOPPING=1")
        #expect(messages[1].hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
        // Without a watchdog there are no signs of life.
        #expect(manager.signInterval == nil)
        manager.alive()
        #expect(socket.messages == [])
    }

    @Test func signsOfLifeComeAtHalfTheWatchdogsTime() {
        let socket = NotifySocket(isAbstract: false)
        let environment = ["NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": "3600000000", "WATCHDOG_PID": "\(getpid())"]
        let slow = ServiceManager { environment[$0] }
        #expect(slow.signInterval == .seconds(1800))
        for _ in 0..<100 { slow.alive() }
        #expect(socket.messages == ["WATCHDOG=1"])
        let quick = ServiceManager { $0 == "WATCHDOG_USEC" ? "2" : environment[$0] }
        quick.alive()
        Clock.sleep(milliseconds: 1)
        quick.alive()
        #expect(socket.messages == ["WATCHDOG=1", "WATCHDOG=1"])
    }

    @Test func theWatchdogOfAnotherProcessIsNone() {
        let socket = NotifySocket(isAbstract: false)
        let environment = ["NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"]
        #expect(ServiceManager { environment[$0] }.signInterval == nil)
    }

    @Test(arguments: ["", "relative", "/nonexistent/notify", "/" + String(repeating: "x", count: 300)])
    func aManagerThatIsNotThereDoesNoHarm(address: String) {
        let manager = ServiceManager { $0 == "NOTIFY_SOCKET" ? address : nil }
        manager.ready()
        manager.alive()
        manager.stopping()
    }
}

@Suite struct InheritedSocketsTests {
    @Test func otherProcessesSocketsAndNonsenseAreNone() {
        let good = ["LISTEN_PID": "\(getpid())", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "clients"]
        // Descriptor 3 of the test process is no listening socket.
        #expect(InheritedSockets { good[$0] }["clients"] == nil)
        for change in [("LISTEN_PID", "1"), ("LISTEN_FDS", "x"), ("LISTEN_FDS", "2"), ("LISTEN_FDS", "-1")] {
            #expect(InheritedSockets { $0 == change.0 ? change.1 : good[$0] }["clients"] == nil)
        }
        #expect(InheritedSockets { _ in nil }["clients"] == nil)
    }
}
