import Glibc
import Synchronization

/// The service manager that started this process, as systemd's protocol has it (sd_notify(3)): it is told how far the process is, and
/// gets the signs of life that its watchdog waits for. Without one nothing happens.
package final class ServiceManager: Sendable {
    /// Where it listens: a path, or a name in the abstract namespace after `@`.
    private let address: String?
    /// Time between two signs of life, half of what the watchdog allows; nil without a watchdog.
    package let signInterval: Duration?
    private let lastSign = Atomic(Int.min)

    /// The one of this process, as its environment says.
    package static let process = ServiceManager { name in getenv(name).map { String(cString: $0) } }

    package static let none = ServiceManager { _ in nil }

    /// - Parameter environment: `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`.
    init(_ environment: (String) -> String?) {
        address = environment("NOTIFY_SOCKET").flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        let isMeant = environment("WATCHDOG_PID").map { $0 == String(getpid()) } ?? true
        let limit = environment("WATCHDOG_USEC").flatMap(Int.init).flatMap { $0 > 0 && isMeant ? $0 : nil }
        signInterval = address == nil ? nil : limit.map { .microseconds($0 / 2) }
    }

    /// Whether there is one.
    package var isPresent: Bool { address != nil }

    /// The process does its work, or does it again after `reloading`.
    package func ready() { tell("READY=1") }

    /// New settings or a new program are being taken up; `ready` follows.
    package func reloading() { tell("RELOADING=1\nMONOTONIC_USEC=\(Clock.monotonicNanoseconds / 1000)") }

    /// The process finishes what it has begun and ends.
    package func stopping() { tell("STOPPING=1") }

    /// To be called in every round of the loop that must not stand still; a sign goes out when one is due.
    package func alive() {
        guard let signInterval else { return }
        let now = Clock.monotonicNanoseconds
        let last = lastSign.load(ordering: .relaxed)
        guard last == .min || now - last >= Int(signInterval / .nanoseconds(1)) else { return }
        lastSign.store(now, ordering: .relaxed)
        tell("WATCHDOG=1")
    }

    /// A manager that does not listen is no reason to stop.
    private func tell(_ message: String) {
        guard let address else { return }
        var name = sockaddr_un()
        let bytes = Array(address.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: name.sun_path) else { return }
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { path in
            path.copyBytes(from: bytes)
            if bytes.first == UInt8(ascii: "@") { path[0] = 0 }
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // An abstract name ends where the address ends.
        let length = socklen_t(MemoryLayout.offset(of: \sockaddr_un.sun_path)! + bytes.count)
        let text = Array(message.utf8)
        _ = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
