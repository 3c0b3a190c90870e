import CSystem

/// How the system is to treat this process.
enum ProcessTuning {
    /// Blocks from a mebibyte on go back to the system when they are freed, such as the 19 that a password's hash takes. The allocator
    /// would otherwise keep blocks as large as the largest one it ever saw freed, in each of its arenas.
    static func returnLargeBlocks() {
        _ = swiftlet_return_blocks(1 << 20)
    }
}
