package import Core
import Glibc
import Logging
import Metrics
import Synchronization
import Wire

/// The one door to clients: finished payloads go out here, after the commit they tell of.
///
/// Blocking and usable from any thread; frames of one thread keep their order. Nothing here fails a request: while
/// streamd is away events are dropped and counted, since what they tell of is in Postgres anyway.
///
///     let payload = ChatEvent.title("…").payload(chatID: chat, messageID: nil)
///     publisher.emit(ChatEvent.name, to: [Room.user(id)], payload: payload)
package final class Publisher: Sendable {
    /// What a write may wait for a streamd that does not read, in seconds.
    private static let sendTimeout = 1
    /// Before the next attempt to connect; longer, each time, to a streamd that is there and does not accept.
    private static let shortestPause = Duration.milliseconds(50)
    private static let longestPause = Duration.seconds(2)
    /// Bytes of a stream in one frame, so that no stream holds up the others.
    private static let streamPiece = 1 << 20
    /// By how much a caller outwaits streamd's own timeout.
    private static let callMargin = Duration.seconds(2)

    private let socketPath: String
    private let logger = Logger(label: "swiftlet.events")
    private let connection = Mutex(ConnectionState())
    private let registry = Mutex(Registry())
    private let replies = Condition()

    private struct ConnectionState {
        var socket: EventsSocket?
        var madeAt = ContinuousClock.now
        var retry = ContinuousClock.now
        var pause = Publisher.shortestPause
        var dropped = 0
        var isClosed = false
    }

    /// What waits for frames of streamd. Never locked while waiting for anything.
    private struct Registry {
        var lastCorrelation: UInt64 = 0
        var replies: [UInt64: Reply] = [:]
        var streams: [String: WeakStream] = [:]
        var subscriptions: [String: @Sendable (String, JSONValue) -> Void] = [:]
    }

    private enum Reply {
        case waiting
        case answered([UInt8])
        case failed(CallError)
    }

    private struct WeakStream {
        weak var writer: StreamWriter?
    }

    /// - Parameter socketPath: streamd's events socket. The connection is made with the first frame.
    package init(socketPath: String) {
        self.socketPath = socketPath
    }

    deinit {
        connection.withLock { $0.socket?.shutdown() }
    }

    /// Ends the connection for good.
    package func close() {
        let socket = connection.withLock { state in
            state.isClosed = true
            defer { state.socket = nil }
            return state.socket
        }
        socket?.shutdown()
        if socket != nil { disconnected() }
    }

    /// Frames that were dropped because streamd was away or did not read.
    package var droppedCount: Int {
        connection.withLock { $0.dropped }
    }

    /// Whether the connection is so young that streamd may just have come back, without the sockets that the books still show.
    package var isNew: Bool {
        connection.withLock { $0.socket == nil || $0.madeAt > .now - .seconds(10) }
    }

    /// Makes the next frame connect whatever the last attempt came to: somebody has just come by way of streamd.
    package func expectStreamd() {
        connection.withLock { $0.retry = .now }
    }

    // MARK: - Events

    /// Sends an event to every socket in the rooms, once, but not to the excepted.
    ///
    /// Rooms are named by `Room`; a socket id is also one. The payload is one JSON value, the event's argument;
    /// attachments stand in it as `{"_placeholder":true,"num":0}`.
    /// - Returns: false when streamd did not take it.
    @discardableResult
    package func emit(
        _ name: String,
        to rooms: [String],
        except: [String] = [],
        payload: [UInt8],
        attachments: [[UInt8]] = []
    ) -> Bool {
        if rooms.isEmpty { return true }
        return send(.emit(rooms: rooms, except: except, event: Self.event(name, payload), attachments: attachments))
    }

    package func join(sid: String, rooms: [String]) {
        send(.join(sid: sid, rooms: rooms))
    }

    package func leave(sid: String, rooms: [String]) {
        send(.leave(sid: sid, rooms: rooms))
    }

    /// Disconnects every socket in the room, as after a sign-out.
    package func close(room: String) {
        send(.close(room: room))
    }

    // MARK: - Calls

    /// Sends an event to one socket and waits for its answer, in this thread.
    /// - Returns: the first argument of the client's answer; null when it has none.
    package func call(
        _ name: String,
        sid: String,
        payload: [UInt8],
        timeout: Duration = .seconds(60)
    ) throws(CallError) -> JSONValue {
        let milliseconds = UInt32(max(1, min(timeout / .milliseconds(1), 86_400_000)))
        let arguments = try exchange(timeout: timeout + Self.callMargin) {
            .call(
                correlation: $0,
                sid: sid,
                event: Self.event(name, payload),
                timeoutMilliseconds: milliseconds
            )
        }
        guard let answer = try? JSONValue(parsing: arguments) else { return .null }
        return answer[0] ?? .null
    }

    /// streamd's counters, for the status page.
    package func stats() throws(CallError) -> JSONValue {
        let json = try exchange(timeout: .seconds(2)) { .statisticsQuery(correlation: $0) }
        return (try? JSONValue(parsing: json)) ?? .null
    }

    /// Waits until streamd has taken all frames of this thread so far.
    package func ping() throws(CallError) {
        _ = try exchange(timeout: .seconds(2)) { .ping(correlation: $0) }
    }

    private func exchange(timeout: Duration, _ frame: (UInt64) -> EventFrame) throws(CallError) -> [UInt8] {
        let correlation = registry.withLock { registry in
            registry.lastCorrelation += 1
            registry.replies[registry.lastCorrelation] = .waiting
            return registry.lastCorrelation
        }
        guard send(frame(correlation)) else {
            registry.withLock { $0.replies[correlation] = nil }
            throw .unavailable
        }
        _ = replies.wait(seconds: timeout / .seconds(1)) {
            registry.withLock { if case .waiting = $0.replies[correlation] { false } else { true } }
        }
        switch registry.withLock({ $0.replies.removeValue(forKey: correlation) }) {
        case .answered(let bytes): return bytes
        case .failed(let error): throw error
        case .waiting, nil: throw .timeout
        }
    }

    private static func event(_ name: String, _ payload: [UInt8]) -> [UInt8] {
        var json = JSONWriter(capacity: payload.count + name.utf8.count + 8)
        json.array {
            $0.string(name)
            $0.raw(payload)
        }
        return json.bytes
    }

    // MARK: - Streams

    /// The writing end of an HTTP answer that streamd holds; see `StreamKey`.
    package func stream(key: String) -> StreamWriter {
        let writer = StreamWriter(key: key, publisher: self)
        registry.withLock { $0.streams[key] = WeakStream(writer: writer) }
        if !send(.streamExpect(key: key)) { writer.markGone() }
        return writer
    }

    /// - Returns: false when it was dropped.
    func write(_ bytes: [UInt8], key: String) -> Bool {
        var rest = bytes[...]
        while rest.count > Self.streamPiece {
            guard send(.streamWrite(key: key, bytes: Array(rest.prefix(Self.streamPiece)))) else { return false }
            rest = rest.dropFirst(Self.streamPiece)
        }
        return send(.streamWrite(key: key, bytes: Array(rest)))
    }

    func forget(stream key: String) {
        registry.withLock { _ = $0.streams.removeValue(forKey: key) }
    }

    // MARK: - Subscriptions

    /// Receives the events of this name that clients send, until the subscription is cancelled or let go.
    ///
    /// The handler gets the sender's socket id and the event's arguments, an array. It runs in the reading thread and
    /// must not block: calls would never be answered.
    package func subscribe(
        _ name: String,
        _ handler: @escaping @Sendable (_ sid: String, _ arguments: JSONValue) -> Void
    ) -> Subscription {
        registry.withLock { $0.subscriptions[name] = handler }
        send(.subscribe(name: name))
        return Subscription(name: name, publisher: self)
    }

    func unsubscribe(_ name: String) {
        let known = registry.withLock { $0.subscriptions.removeValue(forKey: name) }
        if known != nil { send(.unsubscribe(name: name)) }
    }

    // MARK: - Sending

    /// - Returns: false when the frame was dropped.
    @discardableResult
    func send(_ frame: EventFrame) -> Bool {
        guard let bytes = try? frame.encoded() else {
            logger.error("An event is too large and was dropped")
            connection.withLock { $0.dropped += 1 }
            Self.counters.add(to: Column.Events.dropped)
            return false
        }
        let outcome = connection.withLock { state in
            guard let socket = connected(&state, at: frame.concernsSomebodyPresent ? nil : .now) else {
                state.dropped += 1
                return SendOutcome.away
            }
            if socket.send(bytes) { return .sent }
            state.dropped += 1
            socket.shutdown()
            giveUp(&state, .absent)
            return .broken
        }
        if outcome == .broken {
            logger.warning("streamd does not take events; the connection is given up")
            disconnected()
        }
        Self.counters.add(to: outcome == .sent ? Column.Events.sent : Column.Events.dropped)
        return outcome == .sent
    }

    private static let counters = CounterPage.process.series(.events)

    private enum SendOutcome {
        case sent
        case broken
        case away
    }

    /// The connection, made now if there is none. Without a time no pause is waited for.
    private func connected(_ state: inout ConnectionState, at now: ContinuousClock.Instant?) -> EventsSocket? {
        if let socket = state.socket { return socket }
        if state.isClosed { return nil }
        if let now, now < state.retry { return nil }
        let socket: EventsSocket
        do {
            socket = try EventsSocket(path: socketPath, sendTimeout: Self.sendTimeout)
        } catch {
            giveUp(&state, error)
            return nil
        }
        guard NativeThread.start("events", { [weak self] in Self.read(socket) { self } }) else {
            giveUp(&state, .unresponsive)
            return nil
        }
        state.socket = socket
        state.madeAt = .now
        state.pause = Self.shortestPause
        for name in registry.withLock({ Array($0.subscriptions.keys) }) {
            if let bytes = try? EventFrame.subscribe(name: name).encoded() { _ = socket.send(bytes) }
        }
        return socket
    }

    private func giveUp(_ state: inout ConnectionState, _ failure: EventsSocket.Failure) {
        state.socket = nil
        state.retry = ContinuousClock.now + state.pause
        if failure == .unresponsive { state.pause = min(state.pause * 2, Self.longestPause) }
    }

    // MARK: - Reading

    /// The reading thread. It holds no publisher while it waits, so that one that is let go can end it.
    private static func read(_ socket: EventsSocket, _ publisher: () -> Publisher?) {
        var decoder = EventFrameDecoder()
        reading: while true {
            let bytes = socket.receive()
            if bytes.isEmpty { break }
            decoder.append(bytes)
            do {
                while let frame = try decoder.next() {
                    guard let publisher = publisher() else { break reading }
                    publisher.handle(frame)
                }
            } catch {
                publisher()?.logger.error("streamd sent what is no frame", metadata: ["error": "\(error)"])
                break
            }
        }
        socket.shutdown()
        guard let publisher = publisher() else { return }
        let isCurrent = publisher.connection.withLock { state in
            guard state.socket === socket else { return false }
            publisher.giveUp(&state, .absent)
            return true
        }
        if isCurrent { publisher.disconnected() }
    }

    private func handle(_ frame: EventFrame) {
        switch frame {
        case .answer(let correlation, let arguments): answered(correlation, .answered(arguments))
        case .statistics(let correlation, let json): answered(correlation, .answered(json))
        case .pong(let correlation): answered(correlation, .answered([]))
        case .noAnswer(let correlation, let reason):
            switch reason {
            case .timeout: answered(correlation, .failed(.timeout))
            case .disconnected, .unknownSocket: answered(correlation, .failed(.disconnected))
            case .tooManyCalls: answered(correlation, .failed(.busy))
            }
        case .streamGone(let key): registry.withLock { $0.streams.removeValue(forKey: key) }?.writer?.markGone()
        case .incoming(let name, let sid, let arguments):
            guard let handler = registry.withLock({ $0.subscriptions[name] }),
                let json = try? JSONValue(parsing: arguments)
            else { return }
            handler(sid, json)
        default: logger.error("streamd sent a frame that only goes to it")
        }
    }

    private func answered(_ correlation: UInt64, _ reply: Reply) {
        registry.withLock { registry in
            // Nobody waits any more for an answer that comes too late.
            if registry.replies[correlation] != nil { registry.replies[correlation] = reply }
        }
        replies.signal()
    }

    /// What hung on the connection is lost: calls get no answer and streams no reader.
    private func disconnected() {
        let streams = registry.withLock { registry in
            for correlation in registry.replies.keys {
                if case .waiting = registry.replies[correlation] {
                    registry.replies[correlation] = .failed(.unavailable)
                }
            }
            defer { registry.streams = [:] }
            return registry.streams.values.compactMap(\.writer)
        }
        replies.signal()
        for stream in streams { stream.markGone() }
    }
}

extension EventFrame {
    /// Whether it is about a client who is connected now, so that there is a streamd to take it.
    fileprivate var concernsSomebodyPresent: Bool {
        switch self {
        case .streamExpect, .call, .join, .close, .subscribe: true
        default: false
        }
    }
}
