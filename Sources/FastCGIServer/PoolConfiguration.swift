package import Metrics

/// How one process of a pool serves.
package struct PoolConfiguration: Sendable {
    /// Requests answered at the same time; each thread has a responder, and so a database connection, of its own.
    package var threads = 4
    /// After so many requests the process drains and exits, and its supervisor starts a fresh one; 0 means never.
    package var maximumRequests = 0
    /// Bytes of a body that are held in memory; a longer one is written to a file.
    package var bodyInMemory = 1 << 20
    /// The longest body, in bytes. The web server has closer limits for each path.
    package var maximumBody = 1 << 30
    /// The header fields that a request may have, and the bytes of all its parameters together.
    package var maximumHeaders = 200
    package var maximumParameterBytes = 256 << 10
    /// An existing directory for bodies that are too long for memory, on a disk rather than on tmpfs.
    package var spoolDirectory: String
    /// A request that takes longer is logged, with where the time went.
    package var slowRequest: Duration = .seconds(5)
    /// Where the counters of all processes lie, and the name of this pool there; nil keeps them in the process.
    package var counters: CounterDirectory?
    package var pool = ""
    /// Whether the host is out of service when this pool stops, and how long it goes on answering after it has said so.
    package var announcesEnd = false
    package var endNotice: Duration = .zero
    /// How long a draining process waits for what is in flight.
    package var drainDeadline: Duration = .seconds(30)
    /// How long a connection of the web server may stand still, in whole seconds.
    package var stallTimeout = 60

    package init(spoolDirectory: String) {
        self.spoolDirectory = spoolDirectory
    }
}
