import ArgumentParser
import Core
import Glibc
import Logging
import Metrics
import Streaming

/// Holds the clients' long-lived connections: Socket.IO, streamed answers, chats over WebSockets.
@main
struct StreamDaemon: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swiftlet-streamd",
        abstract: "Holds the long-lived connections of Swiftlet's clients.",
        discussion: """
            ENABLE_WEBSOCKET_SUPPORT (default true) decides whether Socket.IO clients use WebSockets or long polling.
            Sockets that systemd opened and named “clients” and “events” go before the paths.
            SIGTERM ends the daemon gracefully: clients are told to come back, running answers get the time of --grace.
            """
    )

    @Option(help: ArgumentHelp("The unix socket for clients, behind nginx.", valueName: "path"))
    var socket = "/run/swiftlet/streamd.sock"

    @Option(help: ArgumentHelp("The unix socket for the workers' events.", valueName: "path"))
    var events = "/run/swiftlet/events.sock"

    @Option(
        help: ArgumentHelp("The unix socket of nginx's internal server, where workers are asked.", valueName: "path")
    )
    var ask = "/run/swiftlet/ask/ask.sock"

    @Option(help: ArgumentHelp("This daemon's name towards the workers; by default the host's.", valueName: "name"))
    var name: String?

    @Option(
        help: ArgumentHelp(
            "The directory in which the processes of this host show each other their counters.",
            valueName: "path"
        )
    )
    var counters: String?

    @Option(help: "Sessions and chats that may be open at once.")
    var maxSessions = 20_000

    @Option(help: "Streamed answers that may be open at once.")
    var maxStreams = 20_000

    @Option(help: ArgumentHelp("Bytes that may wait for a slow Socket.IO client.", valueName: "bytes"))
    var maxSocketBacklog = 8 << 20

    @Option(help: ArgumentHelp("Bytes that may wait for a slow reader of an answer.", valueName: "bytes"))
    var maxStreamBacklog = 4 << 20

    @Option(help: ArgumentHelp("How long running answers may go on after SIGTERM.", valueName: "seconds"))
    var grace = 10

    @Option(help: "What is logged: trace, debug, info, notice, warning, error or critical.")
    var logLevel = Logger.Level.notice.rawValue

    func validate() throws {
        let positive = [maxSessions, maxStreams, maxSocketBacklog, maxStreamBacklog]
        guard positive.allSatisfy({ $0 > 0 }), grace >= 0 else { throw ValidationError("Limits are positive numbers.") }
        guard Logger.Level(rawValue: logLevel) != nil else { throw ValidationError("Unknown log level: \(logLevel)") }
        // The length of an address in the kernel's structure.
        for path in [socket, events, ask] where path.utf8.count > 107 {
            throw ValidationError("The path of a unix socket has at most 107 bytes: \(path)")
        }
    }

    func run() throws {
        // Before any thread is started, so that all of them leave the signals to this one.
        let signals = StopSignals()
        let level = Logger.Level(rawValue: logLevel) ?? .notice
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        let logger = Logger(label: "swiftlet.streamd")
        raiseFileLimit()
        shareCounters(logger)
        let daemon = try Daemon(configuration: settings(), logger: logger)
        let listening = try daemon.start()
        logger.notice("Listening", metadata: ["socket": "\(socket)", "events": "\(events)"])
        let manager = ServiceManager.process
        manager.ready()
        if let interval = manager.signInterval { daemon.repeatedly(every: interval, manager.alive) }
        signals.wait()
        manager.stopping()
        logger.notice("Stopping")
        listening.stop()
    }

    private func shareCounters(_ logger: Logger) {
        guard let counters else { return }
        do {
            try CounterPage.share(in: counters, pool: "streamd", threads: 0)
        } catch {
            logger.warning("The counters of this process are not shown", metadata: ["error": "\(error)"])
        }
    }

    private func settings() -> Configuration {
        var settings = Configuration(clientsPath: socket, eventsPath: events, askPath: ask, name: name ?? hostName())
        settings.clientsSocket = InheritedSockets.process["clients"]
        settings.eventsSocket = InheritedSockets.process["events"]
        settings.transport = isWebSocketEnabled ? .websocket : .polling
        settings.maximumSessions = maxSessions
        settings.maximumStreams = maxStreams
        settings.maximumSocketBacklog = maxSocketBacklog
        settings.maximumStreamBacklog = maxStreamBacklog
        settings.grace = .seconds(Int64(grace))
        return settings
    }

    /// As the reference reads it: anything but "true" is false.
    private var isWebSocketEnabled: Bool {
        guard let value = getenv("ENABLE_WEBSOCKET_SUPPORT") else { return true }
        return String(cString: value).lowercased() == "true"
    }

    private func hostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    /// Each client takes a descriptor: as many as the system lets this process have.
    private func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
