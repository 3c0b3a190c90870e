import Core
package import Logging
import Metrics
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
import Glibc
#endif

/// The daemon as its program sees it: start, wait for a signal, stop.
///
/// One event loop carries everything: measured to be enough for the connections of one host, and it spares locks.
package final class Daemon: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let configuration: Configuration
    private let logger: Logger
    private let hub: NIOLoopBound<Hub>
    private let loop: any EventLoop

    package init(configuration: Configuration, logger: Logger) throws {
        self.configuration = configuration
        self.logger = logger
        let loop = group.next()
        self.loop = loop
        hub = try loop.submit {
            NIOLoopBound(Hub(loop: loop, configuration: configuration, logger: logger), eventLoop: loop)
        }.wait()
    }

    /// Opens the sockets. Clients are let in when a worker has forgotten the sockets of before, or soon after if no
    /// worker answers; then this goes on trying.
    package func start() throws -> Listening {
        let events = try listen(configuration.eventsPath, inherited: configuration.eventsSocket) { [hub] channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(WorkerConnection(hub: hub.value))
            }
        }
        reset()
        let clients = try listen(configuration.clientsPath, inherited: configuration.clientsSocket) { [hub] channel in
            channel.eventLoop.makeCompletedFuture { try Self.configure(channel, hub) }
        }
        showCounters()
        return Listening(daemon: self, channels: [clients, events])
    }

    /// Calls this regularly on the event loop, as long as it turns. It must not block.
    package func repeatedly(every interval: Duration, _ body: @escaping @Sendable () -> Void) {
        let interval = TimeAmount.nanoseconds(Int64(interval / .nanoseconds(1)))
        loop.scheduleRepeatedTask(initialDelay: .zero, delay: interval) { _ in body() }
    }

    /// The open sockets; stopping takes them in order.
    package struct Listening: Sendable {
        fileprivate let daemon: Daemon
        fileprivate let channels: [any Channel]

        /// Lets nobody in any more, sends clients away so that they come back to the next run, and gives streams their
        /// time.
        package func stop() {
            daemon.stop(channels)
        }
    }

    // MARK: - Listening

    private func listen(
        _ path: String,
        inherited socket: Int32?,
        _ initializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) throws -> any Channel {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .childChannelInitializer(initializer)
        if let socket { return try bootstrap.withBoundSocket(socket).wait() }
        let channel = try bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).wait()
        // Read and write for the service and its group, which nginx belongs to.
        guard chmod(path, 0o660) == 0 else {
            try channel.close().wait()
            throw IOError(errnoCode: errno, reason: "chmod \(path)")
        }
        return channel
    }

    private static func configure(_ channel: any Channel, _ hub: NIOLoopBound<Hub>) throws {
        let connection = NIOLoopBound(ClientConnection(hub: hub.value), eventLoop: channel.eventLoop)
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldCount = 100
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withPipeliningAssistance: false,
            withServerUpgrade: (
                upgraders: [WebSocketUpgrade.upgrader(hub: hub)],
                completionHandler: { context in
                    context.pipeline.syncOperations.removeHandler(connection.value, promise: nil)
                }
            ),
            withErrorHandling: true,
            withOutboundHeaderValidation: true,
            withEncoderConfiguration: .init(),
            withDecoderLimitConfiguration: limits
        )
        try channel.pipeline.syncOperations.addHandler(connection.value)
    }

    // MARK: - Forgetting the sockets of before

    private func reset() {
        let done = loop.makePromise(of: Void.self)
        loop.execute { [hub, configuration] in
            Self.askReset(hub.value, done)
            _ = hub.value.schedule(in: configuration.resetTimeout) { done.succeed() }
        }
        _ = try? done.futureResult.wait()
    }

    private static func askReset(_ hub: Hub, _ done: EventLoopPromise<Void>) {
        hub.asker.ask("/_internal/socket/reset", resetQuestion(hub)) { answer in
            if case .answered(let status, _) = answer, status < 300 { return done.succeed() }
            guard !hub.isStopping else { return done.succeed() }
            _ = hub.schedule(in: .milliseconds(500)) { askReset(hub, done) }
        }
    }

    private static func resetQuestion(_ hub: Hub) -> [UInt8] {
        let json: JSONValue = ["daemon": .string(hub.configuration.name), "epoch": .string(hub.epoch)]
        return json.bytes
    }

    /// Once a second, so that what the event loop does costs nothing more.
    private func showCounters() {
        CounterPage.process.phase = .serving
        loop.scheduleRepeatedTask(initialDelay: .zero, delay: .seconds(1)) { [hub] _ in hub.value.showCounters() }
    }

    // MARK: - Stopping

    private func stop(_ channels: [any Channel]) {
        CounterPage.process.phase = .draining
        _ = try? channels[0].close().wait()
        try? loop.submit { [hub] in hub.value.stop() }.wait()
        let deadline = NIODeadline.now() + configuration.grace
        while NIODeadline.now() < deadline, (try? loop.submit { [hub] in hub.value.isQuiet }.wait()) == false {
            usleep(50_000)
        }
        // Close frames and last bytes leave before the connections are cut.
        usleep(100_000)
        _ = try? channels[1].close().wait()
        try? loop.submit { [hub] in hub.value.cutOff() }.wait()
        try? group.syncShutdownGracefully()
    }
}
