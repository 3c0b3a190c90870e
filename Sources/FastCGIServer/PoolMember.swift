import CSystem
import Glibc

/// This process as a member of a supervised pool: it was started by a `Supervisor` and has the listening socket as standard input.
package enum PoolMember {
    /// Holds the supervisor's process id.
    static let variable = "SWIFTLET_SUPERVISOR"
    /// Where a member says that it serves.
    static let readyDescriptor: Int32 = 3

    package static var isMember: Bool {
        ListeningSocket.environment(variable) != nil
    }

    /// Makes this process drain when its supervisor dies, however that happens.
    ///
    /// - Returns: false when the supervisor is gone already.
    static func followSupervisor() -> Bool {
        _ = fcntl(readyDescriptor, F_SETFD, FD_CLOEXEC)
        // In this order: a supervisor that dies in between is seen by the second line.
        _ = swiftlet_signal_at_parent_death(SIGTERM)
        return ListeningSocket.environment(variable) == String(getppid())
    }

    static func reportReady() {
        var byte: UInt8 = 1
        _ = write(readyDescriptor, &byte, 1)
        close(readyDescriptor)
    }
}
