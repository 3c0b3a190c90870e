import CSystem
import Glibc

/// How the system is to treat this process.
enum ProcessTuning {
    /// Blocks from a mebibyte on go back to the system when they are freed, such as the 19 that a password's hash takes. The allocator
    /// would otherwise keep blocks as large as the largest one it ever saw freed, in each of its arenas.
    static func returnLargeBlocks() {
        _ = swiftlet_return_blocks(1 << 20)
    }

    /// Lets others have the processor first.
    ///
    /// Where the kernel shares the cores among sessions, the niceness of a session counts and not that of a process.
    static func yield(niceness: Int32) {
        _ = swiftlet_set_niceness(niceness)
        let session = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC)
        guard session >= 0 else { return }
        let text = String(niceness)
        _ = write(session, text, text.utf8.count)
        close(session)
    }
}
