import CSystem
import Glibc

/// One process of a pool, as its supervisor sees it.
struct ChildProcess {
    let id: pid_t
    /// Readable once the process has ended (pidfd_open(2)).
    let endDescriptor: Int32
    /// Readable once the process serves.
    let readyDescriptor: Int32
    let start = ContinuousClock.now

    enum End: CustomStringConvertible {
        case exit(Int32)
        case signal(Int32)

        var description: String {
            switch self {
            case .exit(let code): "exit status \(code)"
            case .signal(let number): "signal \(number)"
            }
        }
    }

    /// Starts a program with the listening socket as its standard input, and with no other descriptor of ours.
    init(executable: String, arguments: [String], listener: Int32) throws {
        var ends: [Int32] = [-1, -1]
        _ = try SystemCallError.check("pipe", pipe2(&ends, O_CLOEXEC))
        defer { close(ends[1]) }
        do {
            id = try Self.spawn(executable, arguments, listener: listener, ready: ends[1])
            endDescriptor = try SystemCallError.check("pidfd_open", swiftlet_pidfd_open(id))
        } catch {
            close(ends[0])
            throw error
        }
        readyDescriptor = ends[0]
    }

    func send(_ signal: Int32) {
        kill(id, signal)
    }

    /// How it ended, or nil while it runs. After an answer there is nothing left of it.
    func collect() -> End? {
        var status: Int32 = 0
        guard waitpid(id, &status, WNOHANG) == id else { return nil }
        close(endDescriptor)
        close(readyDescriptor)
        let signal = status & 0x7F
        return signal == 0 ? .exit((status >> 8) & 0xFF) : .signal(signal)
    }

    /// Whether it serves. Asked when `readyDescriptor` can be read, which is also so when it died before.
    func takeReport() -> Bool {
        var byte: UInt8 = 0
        return read(readyDescriptor, &byte, 1) == 1
    }

    private static func spawn(_ executable: String, _ arguments: [String], listener: Int32, ready: Int32) throws
        -> pid_t
    {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The socket first: it may itself be descriptor 3.
        posix_spawn_file_actions_adddup2(&actions, listener, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, ready, PoolMember.readyDescriptor)

        // Blocked and ignored signals are inherited; the child begins with neither.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var id: pid_t = 0
        let code = withPointers([executable] + arguments) { argv in
            withPointers(environment()) { envp in
                posix_spawn(&id, executable, &actions, &attributes, argv, envp)
            }
        }
        if code != 0 { throw SystemCallError("posix_spawn \(executable)", code) }
        return id
    }

    /// Ours, without what the service manager says to this process alone.
    private static func environment() -> [String] {
        var entries = ["\(PoolMember.variable)=\(getpid())"]
        var next = swiftlet_environment()
        while let entry = next?.pointee {
            let text = String(cString: entry)
            if !ownPrefixes.contains(where: text.hasPrefix) { entries.append(text) }
            next = next?.advanced(by: 1)
        }
        return entries
    }

    private static let ownPrefixes = ["LISTEN_", "NOTIFY_SOCKET=", "WATCHDOG_", "\(PoolMember.variable)="]

    private static func withPointers<Result>(
        _ texts: [String],
        _ call: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = texts.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return call(pointers)
    }
}
