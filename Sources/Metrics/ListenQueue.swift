import CSystem

/// The connections that wait before a socket until a thread takes them.
package struct ListenQueue: Sendable, Equatable {
    package let waiting: Int
    /// When so many wait the next ones are refused.
    package let limit: Int

    /// Asks the kernel for a listening unix socket, by its inode.
    ///
    /// - Returns: nil when there is no such socket, or the process may not ask.
    package init?(inode: Int) {
        var waiting: UInt32 = 0
        var limit: UInt32 = 0
        guard inode > 0, swiftlet_listen_queue(UInt32(truncatingIfNeeded: inode), &waiting, &limit) == 0 else {
            return nil
        }
        self.waiting = Int(waiting)
        self.limit = Int(limit)
    }
}
