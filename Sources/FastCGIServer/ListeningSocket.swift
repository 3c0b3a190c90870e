import CSystem
import Glibc

/// The unix socket on which the web server reaches a pool.
package enum ListeningSocket {
    package enum Failure: Error, Equatable, CustomStringConvertible {
        case pathTooLong(String)
        case inUse(String)
        case notASocket(String)

        package var description: String {
            switch self {
            case .pathTooLong(let path): "The path of the socket is longer than 107 bytes: \(path)"
            case .inUse(let path): "Another process listens on \(path)"
            case .notASocket(let path): "\(path) is there and is no socket"
            }
        }
    }

    /// The socket that was handed over: descriptor 3 by systemd's protocol (`LISTEN_FDS`, sd_listen_fds(3)), or standard input.
    package static func inherited() -> Int32? {
        if environment("LISTEN_PID") == String(getpid()), environment("LISTEN_FDS") == "1", isListening(3) { return 3 }
        return isListening(STDIN_FILENO) ? STDIN_FILENO : nil
    }

    /// Listens on a path. A socket file that a dead process left there is replaced; one that somebody listens on is not.
    ///
    /// - Parameters:
    ///   - path: where; its directory must exist.
    ///   - backlog: connections that wait while all threads are busy. When it is full the web server's attempts fail at once.
    ///   - mode: the file's permissions.
    /// - Returns: a descriptor that is closed when another program is executed.
    /// - Throws: a `Failure` when the path can not be used, a `SystemCallError` for anything else.
    package static func open(path: String, backlog: Int32 = 1024, mode: UInt32 = 0o660) throws -> Int32 {
        var address = sockaddr_un()
        guard swiftlet_unix_address(&address, path) == 1 else { throw Failure.pathTooLong(path) }

        // Two processes that start at once must not both find the file stale: the second would remove the first one's.
        let directory = Glibc.open(path.lastIndex(of: "/").map { path[...$0] + "." } ?? ".", O_RDONLY | O_CLOEXEC)
        guard directory >= 0 else { throw SystemCallError("open the directory of \(path)") }
        defer { close(directory) }
        guard flock(directory, LOCK_EX) == 0 else { throw SystemCallError("flock") }

        try removeStale(path, address)
        let listener = try SystemCallError.check("socket", swiftlet_unix_socket())
        var isReady = false
        defer { if !isReady { close(listener) } }
        // The file is made closed to all and opened when it listens.
        guard fchmod(listener, 0) == 0, withAddress(address, { bind(listener, $0, $1) }) == 0 else {
            throw SystemCallError("bind \(path)")
        }
        guard listen(listener, backlog) == 0, chmod(path, mode) == 0 else { throw SystemCallError("listen on \(path)") }
        isReady = true
        return listener
    }

    private static func removeStale(_ path: String, _ address: sockaddr_un) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw Failure.notASocket(path) }
        let probe = try SystemCallError.check("socket", swiftlet_unix_socket())
        defer { close(probe) }
        guard withAddress(address, { connect(probe, $0, $1) }) < 0, errno == ECONNREFUSED else {
            throw Failure.inUse(path)
        }
        unlink(path)
    }

    private static func withAddress(_ address: sockaddr_un, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32)
        -> Int32
    {
        withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }

    private static func isListening(_ descriptor: Int32) -> Bool {
        var answer: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &answer, &length) == 0 && answer != 0
    }

    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
