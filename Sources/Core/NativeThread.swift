import Glibc

/// A thread of the operating system, for code that blocks.
package enum NativeThread {
    /// Starts a thread that nobody waits for.
    ///
    /// - Parameters:
    ///   - name: as tools like `top -H` show it; at most 15 bytes.
    ///   - stack: bytes of address space; memory is taken as it is touched.
    ///   - run: what the thread does.
    /// - Returns: false when the system has no thread left.
    @discardableResult
    package static func start(_ name: String, stack: Int = 1 << 20, _ run: @escaping @Sendable () -> Void) -> Bool {
        let body = Unmanaged.passRetained(ThreadBody(name, run))
        let isStarted = create(body.toOpaque(), stack: stack)
        if !isStarted { body.release() }
        return isStarted
    }

    private static func create(_ argument: UnsafeMutableRawPointer, stack: Int) -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, stack)
        var thread = pthread_t()
        return pthread_create(&thread, &attributes, enterThread, argument) == 0
    }
}

private final class ThreadBody {
    let name: String
    let run: @Sendable () -> Void

    init(_ name: String, _ run: @escaping @Sendable () -> Void) {
        self.name = name
        self.run = run
    }
}

private func enterThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    let body = Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue()
    nameThread(body.name)
    body.run()
    return nil
}

/// The C library's function for this is no part of the Glibc module.
private func nameThread(_ name: String) {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = write(file, name, min(15, name.utf8.count))
    close(file)
}
