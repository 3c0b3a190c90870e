import CSystem
import Glibc
import Synchronization

/// The service manager's end of sd_notify(3).
final class NotifySocket: Sendable {
    struct Failure: Error {}

    private let descriptor: Int32
    private let messages = Mutex<[String]>([])

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        guard swiftlet_unix_address(&address, path) == 1 else { throw Failure() }
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else { throw Failure() }
    }

    deinit {
        close(descriptor)
    }

    /// The states that were told so far, in order.
    var states: [String] {
        all.filter { !$0.hasPrefix("WATCHDOG") }.map { String($0.prefix { $0 != "=" }) }
    }

    /// How many signs of life have come.
    var signs: Int {
        all.count { $0 == "WATCHDOG=1" }
    }

    private var all: [String] {
        messages.withLock { messages in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                if count < 0 { return messages }
                messages.append(String(decoding: buffer[..<count], as: UTF8.self))
            }
        }
    }
}
