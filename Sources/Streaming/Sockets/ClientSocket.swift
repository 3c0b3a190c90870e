import Core
import DequeModule
import NIOCore
import NIOHTTP1
import Wire

/// A Socket.IO socket in the namespace `/`: what the API calls a session, and workers address by `sid`.
///
/// Its events are asked about one after the other, in the order they came.
final class ClientSocket: Recipient {
    let sid = Identifier.make()
    private let hub: Hub
    /// Nil once the socket is disconnected. Events that came before that are asked about still.
    private weak var session: EngineSession?
    /// What the worker wants to be reminded of with each question.
    private var tag: JSONValue?
    private var queue = Deque<Pending>()
    private var queuedBytes = 0
    private var isAsking = false
    private var limit: RateLimit
    private var calls: [UInt64: Call] = [:]
    private var lastCall: UInt64 = 0

    private struct Pending {
        let path: String
        let write: (inout JSONWriter) -> Void
        let size: Int
        let answered: (Asker.Answer) -> Void
    }

    private struct Call {
        let correlation: UInt64
        weak var worker: WorkerConnection?
        let timeout: Scheduled<Void>
    }

    init(session: EngineSession, hub: Hub) {
        self.session = session
        self.hub = hub
        limit = RateLimit(
            burst: hub.configuration.eventBurst,
            perSecond: hub.configuration.eventsPerSecond,
            now: .now()
        )
    }

    // MARK: - Connection

    /// Asks who this is. Whatever the answer, and also without one, the socket is connected: the client may say later
    /// who it is.
    func connect(auth: JSONValue?, headers: HTTPHeaders) {
        hub.add(self)
        let selected = ClientHeaders(headers)
        enqueue("/_internal/socket/connect", size: 0) {
            $0.field("auth", auth ?? .null)
            selected.write(to: &$0)
        } answered: { [self] answer in
            if case .answered(let status, let body) = answer, status < 300 { apply(body) }
            session?.send(SocketIOPacket(kind: .connect, data: ["sid": .string(sid)]))
        }
    }

    /// The client went away, or is sent away.
    func disconnected() {
        guard session != nil else { return }
        session = nil
        hub.remove(self)
        for call in calls.values {
            call.timeout.cancel()
            call.worker?.send(.noAnswer(correlation: call.correlation, reason: .disconnected))
        }
        calls = [:]
        guard !hub.isStopping else { return }
        enqueue("/_internal/socket/disconnect", size: 0) { _ in
        } answered: { _ in
        }
    }

    func dismiss() {
        guard let session else { return }
        session.send(SocketIOPacket(kind: .disconnect))
        session.close(.normal)
    }

    func deliver(_ event: OutgoingEvent) {
        session?.send(event)
    }

    // MARK: - Events of the client

    /// The event is its name and its arguments.
    func receive(event: [JSONValue], id: UInt64?) {
        guard let name = event.first?.string else { return }
        hub.statistics.eventsReceived += 1
        let arguments = { JSONValue.array(Array(event.dropFirst())).bytes }
        if hub.relay(name, sid: sid, arguments: arguments) {
            if let id { session?.send(OutgoingEvent(acknowledging: id, arguments: Array("[]".utf8))) }
            return
        }
        // What a direct connection goes on sending after its request has ended; nobody is there to be asked.
        if name.split(separator: ":", maxSplits: 2).dropFirst().first.map({ $0 == sid }) == true { return }
        guard limit.take(now: .now()) else { return refuse("Too many events a second") }
        let bytes = arguments()
        guard queue.count < hub.configuration.maximumQueuedEvents,
            queuedBytes + bytes.count <= hub.configuration.maximumQueuedBytes
        else { return refuse("Too many events are waiting") }
        enqueue("/_internal/socket/event", size: bytes.count) {
            $0.field("event", name)
            $0.key("args")
            $0.raw(bytes)
        } answered: { [self] answer in
            answered(answer, id: id)
        }
    }

    private func answered(_ answer: Asker.Answer, id: UInt64?) {
        guard case .answered(let status, let body) = answer, status < 300 else { return }
        let json = apply(body)
        guard let id, let session else { return }
        let arguments = json["ack"]?.array.map { JSONValue.array($0).bytes }
        session.send(OutgoingEvent(acknowledging: id, arguments: arguments ?? Array("[]".utf8)))
    }

    private func refuse(_ reason: String) {
        session?.refuse(PacketError(reason))
    }

    // MARK: - Questions

    private func enqueue(
        _ path: String,
        size: Int,
        _ write: @escaping (inout JSONWriter) -> Void,
        answered: @escaping (Asker.Answer) -> Void
    ) {
        queue.append(Pending(path: path, write: write, size: size, answered: answered))
        queuedBytes += size
        askNext()
    }

    private func askNext() {
        guard !isAsking, let pending = queue.popFirst() else { return }
        isAsking = true
        queuedBytes -= pending.size
        var json = JSONWriter(capacity: pending.size + 256)
        json.object {
            $0.field("daemon", hub.configuration.name)
            $0.field("epoch", hub.epoch)
            $0.field("sid", sid)
            $0.field("tag", tag ?? .null)
            pending.write(&$0)
        }
        hub.asker.ask(pending.path, json.bytes) { [self] answer in
            pending.answered(answer)
            isAsking = false
            askNext()
        }
    }

    /// Does what a worker's answer says of rooms and tag.
    @discardableResult
    private func apply(_ body: [UInt8]) -> JSONValue {
        guard let json = try? JSONValue(parsing: body), json.object != nil else { return .null }
        if let rooms = json["join"]?.array { hub.join(sid, rooms.compactMap(\.string)) }
        if let rooms = json["leave"]?.array { hub.leave(sid, rooms.compactMap(\.string)) }
        if let tag = json["tag"] { self.tag = tag }
        return json
    }

    // MARK: - Calls of workers

    func call(_ event: [UInt8], _ correlation: UInt64, from worker: WorkerConnection, timeout: TimeAmount) {
        guard let session else { return worker.send(.noAnswer(correlation: correlation, reason: .disconnected)) }
        guard calls.count < hub.configuration.maximumCalls else {
            return worker.send(.noAnswer(correlation: correlation, reason: .tooManyCalls))
        }
        lastCall += 1
        let id = lastCall
        let timer = hub.schedule(in: timeout) { [weak self] in
            guard let call = self?.calls.removeValue(forKey: id) else { return }
            call.worker?.send(.noAnswer(correlation: call.correlation, reason: .timeout))
        }
        calls[id] = Call(correlation: correlation, worker: worker, timeout: timer)
        session.send(OutgoingEvent(json: event, id: id))
    }

    func receive(answer: JSONValue, id: UInt64) {
        guard let call = calls.removeValue(forKey: id) else { return }
        call.timeout.cancel()
        call.worker?.send(.answer(correlation: call.correlation, arguments: answer.bytes))
    }
}
