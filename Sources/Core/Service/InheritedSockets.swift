import Glibc

/// Listening sockets that the service manager opened for this process, by the names its units give them (sd_listen_fds(3)).
package struct InheritedSockets: Sendable {
    private static let first: Int32 = 3
    private let descriptors: [String: Int32]

    package static let process = InheritedSockets { name in getenv(name).map { String(cString: $0) } }

    /// - Parameter environment: `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES`.
    init(_ environment: (String) -> String?) {
        guard environment("LISTEN_PID") == String(getpid()),
            let count = environment("LISTEN_FDS").flatMap(Int32.init), count > 0, count < 1024,
            let names = environment("LISTEN_FDNAMES")?.split(separator: ":", omittingEmptySubsequences: false),
            names.count == Int(count)
        else {
            descriptors = [:]
            return
        }
        descriptors = Dictionary(
            zip(names, Self.first...).map { (String($0), $1) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// - Returns: the descriptor of a stream socket that listens, closed when another program is executed; nil without such a one.
    package subscript(_ name: String) -> Int32? {
        guard let descriptor = descriptors[name] else { return nil }
        var answer: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &answer, &length) == 0, answer != 0,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { return nil }
        return descriptor
    }
}
