import CPostgres
import Glibc
import Logging

/// A connection that waits for notifications, for one thread.
///
/// Notifications sent while there was no connection are lost. So the first answer after every connect, the very first one
/// included, is `.reconnected`: read again whatever the notifications tell about.
///
/// ```swift
/// let listener = Listener(url: url, name: "turns", channels: ["turn"])
/// while !isStopping {
///     for notification in try listener.wait(timeoutMilliseconds: 30_000) { … }
/// }
/// ```
package final class Listener {
    package struct Notification: Equatable, Sendable {
        package let channel: String
        package let payload: String

        package init(channel: String, payload: String) {
            self.channel = channel
            self.payload = payload
        }

        /// Listening has begun (again): notifications may have been missed. No real channel has an empty name.
        package static let reconnected = Notification(channel: "", payload: "")
    }

    /// Hand this to the thread that is to end the wait.
    package let waker = Waker()

    private let endpoint: Endpoint
    private let channels: [String]
    private var pointer: OpaquePointer?
    private var pause = Listener.shortestPause

    private static let shortestPause = Duration.milliseconds(100)
    private static let longestPause = Duration.seconds(5)

    package init(url: String, name: String, channels: [String], options: String? = nil) {
        endpoint = Endpoint(url: url, name: name, options: options)
        self.channels = channels
    }

    deinit {
        disconnect()
    }

    /// Ends the wait. Other threads call `waker.wake()`, which is the same.
    package func wake() {
        waker.wake()
    }

    /// Waits until there are notifications, the time is over (then the answer is empty), a signal arrives or `wake` is called.
    ///
    /// While the server is away this goes on trying within the time given, and says so in the log.
    /// - Parameter timeoutMilliseconds: Below zero: without limit.
    /// - Returns: what arrived, in order; `.reconnected` alone after a connect.
    /// - Throws: `PostgresError` when trying again is of no use: the URL is malformed or a channel can not be listened to.
    package func wait(timeoutMilliseconds: Int) throws -> [Notification] {
        let deadline =
            timeoutMilliseconds < 0 ? nil : ContinuousClock.now + .milliseconds(timeoutMilliseconds)
        while true {
            guard let pointer else {
                if try connect() { return [.reconnected] }
                let retry = ContinuousClock.now + pause
                pause = min(pause * 2, Self.longestPause)
                let answer = poll(socket: -1, until: deadline.map { min($0, retry) } ?? retry)
                if answer == .interrupted || deadline.map({ ContinuousClock.now >= $0 }) == true {
                    return []
                }
                continue
            }
            let arrived = received(pointer)
            if !arrived.isEmpty { return arrived }
            guard PQstatus(pointer) == CONNECTION_OK else {
                Logger.postgres.warning("The listening database connection was lost")
                disconnect()
                continue
            }
            guard poll(socket: PQsocket(pointer), until: deadline) == .input else { return [] }
            // A failure shows in the status.
            PQconsumeInput(pointer)
        }
    }

    private func received(_ pointer: OpaquePointer) -> [Notification] {
        var notifications: [Notification] = []
        while let notification = PQnotifies(pointer) {
            notifications.append(
                Notification(
                    channel: String(cString: notification.pointee.relname),
                    payload: String(cString: notification.pointee.extra)
                )
            )
            PQfreemem(notification)
        }
        return notifications
    }

    /// - Returns: false when the server can not be reached now.
    private func connect() throws -> Bool {
        do {
            let connection = try endpoint.connect()
            pointer = connection
            for channel in channels { try listen(channel, connection) }
            pause = Self.shortestPause
            return true
        } catch let error as PostgresError where error.isConnectionLost {
            disconnect()
            Logger.postgres.warning(
                "The database can not be reached for listening",
                metadata: ["error": "\(error)"]
            )
            return false
        } catch {
            disconnect()
            throw error
        }
    }

    private func listen(_ channel: String, _ connection: OpaquePointer) throws {
        guard let quoted = PQescapeIdentifier(connection, channel, channel.utf8.count) else {
            throw PostgresError(sqlState: "42602", message: "The name of a channel is not valid")
        }
        defer { PQfreemem(quoted) }
        let result = PQexec(connection, "listen \(String(cString: quoted))")
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK else {
            throw PostgresError(result: result, connection: connection)
        }
    }

    private func disconnect() {
        if let pointer { PQfinish(pointer) }
        pointer = nil
    }

    // MARK: - Waiting

    private enum Readiness {
        case input
        case timeout
        /// By `wake` or a signal.
        case interrupted
    }

    /// Waits for input; with a socket below zero for the time and `wake` alone.
    private func poll(socket: Int32, until deadline: ContinuousClock.Instant?) -> Readiness {
        var descriptors = [socket, waker.descriptor].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        // Rounded up, lest the last millisecond is spent in a busy loop.
        let rest = deadline.map { ContinuousClock.now.duration(to: $0) / .milliseconds(1) }
        let timeout = rest.map { Int32(max(0, min($0.rounded(.up), Double(Int32.max)))) } ?? -1
        let count = Glibc.poll(&descriptors, 2, timeout)
        if descriptors[1].revents != 0 {
            waker.reset()
            return .interrupted
        }
        return count > 0 ? .input : count == 0 ? .timeout : .interrupted
    }
}
