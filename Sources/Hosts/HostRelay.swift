import Core
package import Logging
import Postgres
import Synchronization
import Wire

/// Carries events, streamed answers and calls between the daemons of all hosts that share a database.
///
/// Each process that could do this for its host may run one: the daemon takes the first as its link, and the others wait to take its place.
/// While this host is alone nothing is carried, and nothing is asked of the database but a sign of life.
package final class HostRelay: Sendable {
    package struct Configuration: Sendable {
        package var databaseURL: String
        /// For `search_path` and the like.
        package var databaseOptions: String?
        /// Where the local daemon takes events.
        package var eventsSocket: String

        package init(databaseURL: String, databaseOptions: String? = nil, eventsSocket: String) {
            self.databaseURL = databaseURL
            self.databaseOptions = databaseOptions
            self.eventsSocket = eventsSocket
        }
    }

    /// Seconds between two attempts to become the daemon's link.
    private static let pause = 2.0

    private let configuration: Configuration
    private let log: Logger
    private let state = Mutex(State())
    private let stopped = Condition()

    private struct State {
        var isStopping = false
        var link: DaemonLink?
        var waker: Waker?
    }

    package init(_ configuration: Configuration, log: Logger) {
        self.configuration = configuration
        self.log = log
    }

    /// Runs until `stop`.
    package func run() {
        while !isStopping {
            guard let link = DaemonLink(socketPath: configuration.eventsSocket) else {
                _ = stopped.wait(seconds: Self.pause) { isStopping }
                continue
            }
            serve(link)
            link.close()
        }
    }

    /// Ends `run`. Any thread may call it.
    package func stop() {
        let (link, waker) = state.withLock { state in
            state.isStopping = true
            return (state.link, state.waker)
        }
        stopped.signal()
        link?.close()
        waker?.wake()
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    private func serve(_ link: DaemonLink) {
        let session = HostSession()
        let listener = Listener(
            url: configuration.databaseURL,
            name: "swiftlet hosts listener",
            channels: [HostStore.channel],
            options: configuration.databaseOptions
        )
        let isRunning = state.withLock { state in
            state.link = link
            state.waker = listener.waker
            return !state.isStopping
        }
        guard isRunning else { return }
        let waker = listener.waker
        let isReading = NativeThread.start("hosts reader") {
            while let frames = link.receive() { session.put(frames) }
            session.close()
            waker.wake()
        }
        guard isReading else { return }
        var peers = HostPeers(
            session,
            link,
            epoch: "\(UInt64.random(in: .min ... .max))",
            database: connect("swiftlet hosts"),
            log: log
        )
        peers.beat()
        startSender(session, link, epoch: peers.epoch)
        do {
            while !session.isClosed, !isStopping {
                peers.heed(try listener.wait(timeoutMilliseconds: HostPeers.interval))
            }
        } catch {
            log.error("The other hosts can not be heard", metadata: ["error": "\(error)"])
            Clock.sleep(milliseconds: Int(Self.pause * 1000))
        }
        session.close()
        link.close()
        peers.end()
    }

    private func startSender(_ session: HostSession, _ link: DaemonLink, epoch: String) {
        NativeThread.start("hosts sender") { [self] in
            var sender = HostSender(session, link, epoch: epoch, database: connect("swiftlet hosts sender"), log: log)
            sender.run()
        }
    }

    private func connect(_ name: String) -> Connection {
        Connection(url: configuration.databaseURL, name: name, options: configuration.databaseOptions)
    }
}
