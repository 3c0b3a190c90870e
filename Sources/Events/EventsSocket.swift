import Glibc

/// A blocking connection to streamd's events socket. Reading and writing may go on in two threads at once.
///
/// The descriptor is closed by `deinit` alone, so that no thread can use a number that means something else by then.
package final class EventsSocket: Sendable {
    package enum Failure: Error {
        /// Nobody listens; that is known at once.
        case absent
        /// Somebody listens, and does not accept in time.
        case unresponsive
    }

    let descriptor: Int32

    /// Connects. A write may wait `sendTimeout` seconds for streamd.
    package init(path: String, sendTimeout: Int) throws(Failure) {
        var address = sockaddr_un()
        let bytes = Array(path.utf8)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard !bytes.isEmpty, bytes.count < capacity else { throw .absent }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .unresponsive }
        self.descriptor = descriptor
        var timeout = timeval(tv_sec: sendTimeout, tv_usec: 0)
        // It bounds connect() too, which waits while the backlog is full.
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else { throw errno == ENOENT || errno == ECONNREFUSED ? .absent : .unresponsive }
    }

    deinit {
        close(descriptor)
    }

    /// - Returns: false when not all of it went out; the connection is of no further use then.
    package func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count > 0 { sent += count } else if errno != EINTR { return false }
        }
        return true
    }

    /// - Returns: an empty list at the end of the connection.
    package func receive() -> [UInt8] {
        while true {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, initialized in
                count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
                initialized = max(0, count)
            }
            if count >= 0 || errno != EINTR { return bytes }
        }
    }

    /// Ends both directions; a reading thread wakes.
    package func shutdown() {
        Glibc.shutdown(descriptor, Int32(SHUT_RDWR))
    }
}
