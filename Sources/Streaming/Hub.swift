import Core
import Logging
import Metrics
import NIOCore
import Wire

/// All that the daemon knows: sessions, sockets, rooms, streams. It lives on one event loop and is touched there alone.
final class Hub {
    let loop: any EventLoop
    let configuration: Configuration
    let logger: Logger
    let asker: Asker
    let streams: StreamTable
    /// Tells this run of the daemon from those before: workers forget the sockets of other epochs.
    let epoch = Identifier.make()

    private(set) var sessions: [String: EngineSession] = [:]
    private(set) var recipients: [String: any Recipient] = [:]
    private(set) var rooms = Rooms()
    private(set) var isStopping = false
    var statistics = Statistics()
    private var workers: [ObjectIdentifier: WorkerConnection] = [:]
    private(set) var subscriptions: [String: WorkerConnection] = [:]
    private var link: HostLink?
    private var chats: [ObjectIdentifier: PlainChat] = [:]

    init(loop: any EventLoop, configuration: Configuration, logger: Logger) {
        self.loop = loop
        self.configuration = configuration
        self.logger = logger
        asker = Asker(loop: loop, configuration: configuration, logger: logger)
        streams = StreamTable(loop: loop, configuration: configuration)
        streams.whenUnwritten = { [weak self] in self?.link?.carry(.streamWanted(key: $0)) }
    }

    func schedule(in delay: TimeAmount, _ run: @escaping () -> Void) -> Scheduled<Void> {
        loop.assumeIsolated().scheduleTask(in: delay, run)
    }

    // MARK: - Clients

    var hasRoomForSession: Bool {
        !isStopping && sessions.count + chats.count < configuration.maximumSessions
    }

    func add(_ session: EngineSession) {
        sessions[session.sid] = session
        statistics.sessionsOpened += 1
    }

    func remove(_ session: EngineSession) {
        sessions[session.sid] = nil
    }

    func add(_ recipient: any Recipient) {
        recipients[recipient.sid] = recipient
    }

    func remove(_ recipient: any Recipient) {
        recipients[recipient.sid] = nil
        rooms.forget(recipient.sid)
    }

    func add(_ chat: PlainChat) {
        chats[ObjectIdentifier(chat)] = chat
    }

    func remove(_ chat: PlainChat) {
        chats[ObjectIdentifier(chat)] = nil
        remove(chat as any Recipient)
    }

    func join(_ sid: String, _ names: [String]) {
        // A socket that is gone must not come back as a member.
        guard recipients[sid] != nil else { return }
        for name in names { rooms.join(sid, name) }
    }

    func leave(_ sid: String, _ names: [String]) {
        for name in names { rooms.leave(sid, name) }
    }

    /// - Returns: whether a worker has subscribed to events of this name and has been sent this one.
    func relay(_ name: String, sid: String, arguments: () -> [UInt8]) -> Bool {
        guard let worker = subscriptions[name] else { return false }
        worker.send(.incoming(name: name, sid: sid, arguments: arguments()))
        return true
    }

    // MARK: - Workers

    func workerConnected(_ worker: WorkerConnection) {
        workers[ObjectIdentifier(worker)] = worker
    }

    func workerDisconnected(_ worker: WorkerConnection) {
        workers[ObjectIdentifier(worker)] = nil
        if link?.worker === worker {
            link?.close()
            link = nil
            streams.unlink()
        }
        for (name, subscriber) in subscriptions where subscriber === worker {
            subscriptions[name] = nil
            link?.carry(.unsubscribe(name: name))
        }
        streams.workerDisconnected(worker)
    }

    func handle(_ frame: EventFrame, from worker: WorkerConnection) {
        statistics.framesReceived += 1
        if let link {
            if link.worker === worker {
                if handle(frame, from: link) { return }
            } else if isForOthers(frame) {
                link.carry(frame)
            }
        }
        switch frame {
        case .emit(let rooms, let except, let event, let attachments):
            emit(OutgoingEvent(json: event, attachments: attachments), to: rooms, except: except)
        case .call(let correlation, let sid, let event, let timeoutMilliseconds):
            guard let socket = recipients[sid] as? ClientSocket else {
                if let link, link.worker !== worker, link.call(frame, from: worker) { return }
                return worker.send(.noAnswer(correlation: correlation, reason: .unknownSocket))
            }
            socket.call(event, correlation, from: worker, timeout: .milliseconds(Int64(timeoutMilliseconds)))
        case .join(let sid, let rooms): join(sid, rooms)
        case .leave(let sid, let rooms): leave(sid, rooms)
        case .close(let room):
            for sid in rooms.recipients(of: [room], except: []) { recipients[sid]?.dismiss() }
        case .subscribe(let name): subscriptions[name] = worker
        case .unsubscribe(let name): if subscriptions[name] === worker { subscriptions[name] = nil }
        case .ping(let correlation): worker.send(.pong(correlation: correlation))
        case .statisticsQuery(let correlation):
            worker.send(.statistics(correlation: correlation, json: statisticsJSON().bytes))
        case .streamExpect, .streamHead, .streamWrite, .streamEnd, .streamFail: streams.handle(frame, from: worker)
        case .link(let isOpen): link(worker, isOpen: isOpen)
        case .answer, .noAnswer, .streamGone, .streamWanted, .incoming, .pong, .statistics, .linked:
            logger.error("A worker sent a frame that only goes to workers")
            worker.close()
        }
    }

    // MARK: - Other hosts

    private func link(_ worker: WorkerConnection, isOpen: Bool) {
        guard link == nil || link?.worker === worker else { return worker.send(.linked(name: "", epoch: "")) }
        let link = link ?? HostLink(worker: worker, hub: self)
        self.link = link
        if isOpen, !link.isOpen { for name in subscriptions.keys { worker.send(.subscribe(name: name)) } }
        link.isOpen = isOpen
        worker.send(.linked(name: configuration.name, epoch: epoch))
    }

    /// - Returns: false for a frame that is to be treated like a worker's here.
    private func handle(_ frame: EventFrame, from link: HostLink) -> Bool {
        switch frame {
        case .answer(let correlation, _), .noAnswer(let correlation, _): link.answer(frame, to: correlation)
        case .incoming(let name, _, _): subscriptions[name]?.send(frame)
        case .streamGone(let key): streams.detachElsewhere(key)
        case .streamWanted(let key): streams.want(key, elsewhere: link.worker)
        default: return false
        }
        return true
    }

    /// What names only sockets of this daemon stays here.
    private func isForOthers(_ frame: EventFrame) -> Bool {
        switch frame {
        case .emit(let rooms, _, _, _): !rooms.allSatisfy { recipients[$0] != nil }
        case .join(let sid, _), .leave(let sid, _), .close(let sid): recipients[sid] == nil
        case .subscribe, .unsubscribe: true
        default: false
        }
    }

    private func emit(_ event: OutgoingEvent, to targets: [String], except: [String]) {
        for sid in rooms.recipients(of: targets, except: except) {
            guard let recipient = recipients[sid] else { continue }
            statistics.eventsSent += 1
            recipient.deliver(event)
        }
    }

    private func statisticsJSON() -> JSONValue {
        var json = statistics.json
        json["sessions"] = .number(JSONNumber(sessions.count))
        json["sockets"] = .number(JSONNumber(recipients.count))
        json["rooms"] = .number(JSONNumber(rooms.count))
        json["chats"] = .number(JSONNumber(chats.count))
        json["streams"] = .number(JSONNumber(streams.count))
        json["workers"] = .number(JSONNumber(workers.count))
        json["questions_waiting"] = .number(JSONNumber(asker.waitingCount))
        json["questions_failed"] = .number(JSONNumber(asker.failures))
        return json
    }

    /// Shows the numbers to whoever looks at this host.
    func showCounters() {
        let page = CounterPage.process
        let state = page.series(.daemonState)
        state.set(sessions.count, at: Column.DaemonState.sessions)
        state.set(recipients.count, at: Column.DaemonState.sockets)
        state.set(rooms.count, at: Column.DaemonState.rooms)
        state.set(chats.count, at: Column.DaemonState.chats)
        state.set(streams.count, at: Column.DaemonState.streams)
        state.set(workers.count, at: Column.DaemonState.workers)
        state.set(asker.waitingCount, at: Column.DaemonState.questionsWaiting)
        let counts = page.series(.daemon)
        counts.set(statistics.sessionsOpened, at: Column.Daemon.sessionsOpened)
        counts.set(statistics.eventsReceived, at: Column.Daemon.eventsReceived)
        counts.set(statistics.eventsSent, at: Column.Daemon.eventsSent)
        counts.set(statistics.framesReceived, at: Column.Daemon.framesReceived)
        counts.set(statistics.droppedSlow, at: Column.Daemon.droppedSlow)
        counts.set(statistics.droppedUnruly, at: Column.Daemon.droppedUnruly)
        counts.set(statistics.droppedSilent, at: Column.Daemon.droppedSilent)
        counts.set(asker.failures, at: Column.Daemon.questionsFailed)
    }

    // MARK: - Stopping

    /// Ends all sessions in a way that makes clients come back, as to the next run of the daemon. Streams go on.
    func stop() {
        isStopping = true
        for session in Array(sessions.values) { session.close(.goingAway) }
        for chat in Array(chats.values) where !chat.isAnswering { chat.close(.goingAway) }
    }

    /// The time for graceful ends is over.
    func cutOff() {
        streams.failAll()
        for chat in Array(chats.values) { chat.close(.goingAway) }
        for worker in Array(workers.values) { worker.close() }
        asker.close()
    }

    var isQuiet: Bool {
        streams.attachedCount == 0
    }
}
