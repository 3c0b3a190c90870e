import Core
import Glibc
package import Logging
import Metrics

/// The whole life of `serve`: one process that serves by itself, or a supervisor and its children.
package enum Pool {
    /// Serves until a signal ends it. Call it from the main thread before any other is started.
    ///
    /// - Parameters:
    ///   - listener: the listening socket.
    ///   - processes: with more than one, or when a service manager started it, this process supervises that many children, which run this same executable with the same
    ///     arguments and get here again as members.
    ///   - configuration: of each process.
    ///   - logger: for everything the pool has to say.
    ///   - reload: called at SIGHUP, on the main thread.
    ///   - makeResponder: called on each serving thread.
    /// - Returns: the status to exit with. The caller must call `exit` at once: threads that overran the deadline still run.
    /// - Throws: when the process can not begin to serve.
    package static func serve(
        listening listener: Int32,
        processes: Int,
        configuration: PoolConfiguration,
        logger: Logger,
        reload: @Sendable () -> Void = {},
        makeResponder: @escaping @Sendable (_ thread: Int) throws -> any Responder
    ) throws -> Int32 {
        let signals = try SignalSource()
        // Under a service manager one process too is supervised, so that it can be replaced without a gap.
        if processes > 1 || ServiceManager.process.isPresent, !PoolMember.isMember {
            var plan = Supervisor.Configuration(
                processes: processes,
                executable: try ownExecutable(),
                arguments: Array(CommandLine.arguments.dropFirst())
            )
            plan.drainDeadline = configuration.drainDeadline + .seconds(5)
            plan.notice = configuration.endNotice
            plan.onNotice = { announceEnd(configuration, logger) }
            beginService(configuration, logger)
            Supervisor(listening: listener, configuration: plan, logger: logger, manager: .process).run(
                signals: signals
            )
            return 0
        }
        if PoolMember.isMember, !PoolMember.followSupervisor() { return 0 }
        if !PoolMember.isMember { beginService(configuration, logger) }
        let server = try Server(
            listening: listener,
            configuration: configuration,
            logger: logger,
            manager: .process,
            page: page(configuration, logger),
            onReady: { if PoolMember.isMember { PoolMember.reportReady() } },
            makeResponder: makeResponder
        )
        let outcome = try server.run(
            signals: signals,
            // The supervisor has waited already.
            notice: PoolMember.isMember ? .zero : configuration.endNotice,
            onNotice: { if !PoolMember.isMember { announceEnd(configuration, logger) } },
            reload: reload
        )
        switch outcome {
        case .drained:
            return 0
        case .overdue(let threads):
            logger.error("requests were cut off at the end", metadata: ["requests": "\(threads)"])
            return 1
        }
    }

    /// The process's counters, where the others find them; if that can not be, they are for nobody.
    private static func page(_ configuration: PoolConfiguration, _ logger: Logger) -> CounterPage {
        if let directory = configuration.counters {
            do {
                try CounterPage.share(in: directory.path, pool: configuration.pool, threads: configuration.threads)
                return .process
            } catch {
                logger.warning("the counters of this process are not shown", metadata: ["error": "\(error)"])
            }
        }
        return CounterPage(pool: configuration.pool, threads: configuration.threads)
    }

    private static func beginService(_ configuration: PoolConfiguration, _ logger: Logger) {
        if configuration.announcesEnd { setDraining(false, configuration, logger) }
    }

    private static func announceEnd(_ configuration: PoolConfiguration, _ logger: Logger) {
        if configuration.announcesEnd { setDraining(true, configuration, logger) }
    }

    private static func setDraining(_ isDraining: Bool, _ configuration: PoolConfiguration, _ logger: Logger) {
        do {
            try configuration.counters?.setDraining(isDraining)
        } catch {
            logger.warning("whether the host serves can not be told", metadata: ["error": "\(error)"])
        }
    }

    /// The path and not the file: after an upgrade the same path leads to the new program.
    private static func ownExecutable() throws -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0, count < buffer.count else { throw SystemCallError("readlink /proc/self/exe") }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
