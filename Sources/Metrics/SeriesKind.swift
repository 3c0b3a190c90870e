/// What a series counts. The numbers stand in files and never change their meaning.
package enum SeriesKind: Int, Sendable, CaseIterable {
    /// Requests of one class of routes: a histogram, then statuses by their first digit.
    case requests = 1
    /// Statements of Postgres: a histogram, then failures, then connections that were opened.
    case statements = 2
    /// Requests to one model provider: a histogram, then those without an answer, those refused, and the time to the first byte.
    case provider = 3
    /// The tokens of one model.
    case model = 4
    /// Events sent to the daemon that holds the clients' connections.
    case events = 5
    /// That daemon's own counts.
    case daemon = 6
    /// What that daemon holds at this moment.
    case daemonState = 7
    /// Answers that were made: a histogram, then how they ended.
    case turns = 8
    /// Jobs of one kind: a histogram, then how they ended.
    case jobs = 9
    /// A pool of threads.
    case pool = 10
    /// The queue before a pool's socket.
    case queue = 11

    /// A value that is no count: meaningless once its process is gone.
    package var isState: Bool { self == .daemonState }

    /// Whether of several processes' values the highest counts, and not the sum.
    func isHeight(_ column: Int) -> Bool {
        switch self {
        case .pool: column == Column.Pool.peak
        case .queue: true
        default: false
        }
    }
}

/// The columns of the series.
package enum Column {
    /// Nanoseconds that all observations of a histogram took; the buckets come before.
    package static let sum = Histogram.bucketCount

    package enum Requests {
        /// Then 3xx, 4xx, 5xx. What is neither counts as success.
        package static let success = 16
    }

    package enum Statements {
        package static let failures = 16
        package static let connections = 17
    }

    package enum Provider {
        package static let unreachable = 16
        package static let refused = 17
        package static let firstByteSum = 18
        package static let firstByteCount = 19
    }

    package enum Model {
        package static let promptTokens = 0
        package static let completionTokens = 1
        package static let answers = 2
    }

    package enum Events {
        package static let sent = 0
        package static let dropped = 1
    }

    package enum Daemon {
        package static let sessionsOpened = 0
        package static let eventsReceived = 1
        package static let eventsSent = 2
        package static let framesReceived = 3
        package static let droppedSlow = 4
        package static let droppedUnruly = 5
        package static let droppedSilent = 6
        package static let questionsFailed = 7
    }

    package enum DaemonState {
        package static let sessions = 0
        package static let sockets = 1
        package static let rooms = 2
        package static let chats = 3
        package static let streams = 4
        package static let workers = 5
        package static let questionsWaiting = 6
    }

    package enum Turns {
        package static let complete = 16
        package static let failed = 17
        package static let stopped = 18
        package static let interrupted = 19
    }

    package enum Jobs {
        package static let done = 16
        package static let failed = 17
        package static let retried = 18
    }

    package enum Pool {
        package static let served = 0
        /// How often the last free thread of a process was taken.
        package static let saturated = 1
        /// The most threads of one process that were at work at once.
        package static let peak = 2
        package static let slow = 3
    }

    package enum Queue {
        package static let peak = 0
    }
}
