import DequeModule
import NIOCore
import Wire

/// The streams between their writers, who are workers, and their readers, who are clients. Either may come first.
final class StreamTable {
    /// How long it is remembered that a client left, for workers that begin only then.
    private static let memory = TimeAmount.minutes(10)
    private static let maximumRemembered = 50_000

    private let loop: any EventLoop
    private let configuration: Configuration
    private var relays: [String: Relay] = [:]
    /// Keys of streams that are over.
    private var over: [String: NIODeadline] = [:]
    private var overOrder = Deque<String>()
    /// Streams for which clients of other daemons wait, until a worker here begins them: their link, and how long they are remembered.
    private var wanted: [String: (link: WorkerConnection, until: NIODeadline)] = [:]
    /// Told of streams whose client is here while no worker writes them yet; a worker of another host may.
    var whenUnwritten: ((String) -> Void)?

    init(loop: any EventLoop, configuration: Configuration) {
        self.loop = loop
        self.configuration = configuration
    }

    var count: Int {
        relays.count
    }

    var attachedCount: Int {
        relays.values.count { $0.reader != nil }
    }

    // MARK: - Readers

    /// Gives the reader what has come so far, and all that comes.
    func attach(_ reader: any StreamReader, to key: String) {
        if isOver(key) || relays[key]?.reader != nil { return reader.fail(.taken) }
        guard relays[key] != nil || relays.count < configuration.maximumStreams else { return reader.fail(.full) }
        let relay = relays[key] ?? Relay(key: key)
        relays[key] = relay
        relay.timeout?.cancel()
        relay.timeout = nil
        relay.reader = reader
        if relay.writer == nil {
            whenUnwritten?(key)
            relay.timeout = schedule(configuration.streamStartTimeout) { [weak self, weak relay] in
                if let self, let relay { fail(relay, .late) }
            }
        }
        deliver(relay)
    }

    /// The client is gone: its worker is told, now or when it appears.
    func detach(_ reader: any StreamReader, from key: String) {
        guard let relay = relays[key], relay.reader === reader else { return }
        remove(relay)
        relay.writer?.send(.streamGone(key: key))
    }

    // MARK: - Readers elsewhere

    /// A client of another daemon waits for this stream: the link takes it when it is written here, and not read here.
    func want(_ key: String, elsewhere link: WorkerConnection) {
        if isOver(key) { return link.send(.streamFail(key: key)) }
        if let relay = relays[key], relay.writer != nil {
            if relay.reader == nil { attach(LinkedReader(key: key, link: link), to: key) }
            return
        }
        let now = NIODeadline.now()
        if wanted.count >= Self.maximumRemembered { wanted = wanted.filter { $0.value.until > now } }
        guard wanted.count < Self.maximumRemembered else { return }
        wanted[key] = (link, now + configuration.streamStartTimeout)
    }

    /// The client that waited elsewhere is gone.
    func detachElsewhere(_ key: String) {
        wanted[key] = nil
        if let reader = relays[key]?.reader as? LinkedReader { detach(reader, from: key) }
    }

    /// The link is lost, and with it who waited behind it.
    func unlink() {
        wanted = [:]
        for relay in Array(relays.values) {
            if let reader = relay.reader as? LinkedReader { detach(reader, from: relay.key) }
        }
    }

    func failAll() {
        for relay in Array(relays.values) { fail(relay, .broken) }
    }

    // MARK: - Writers

    func handle(_ frame: EventFrame, from worker: WorkerConnection) {
        switch frame {
        case .streamExpect(let key): _ = relay(key, writer: worker)
        case .streamHead(let key, let status, let headers):
            guard let relay = relay(key, writer: worker), relay.head == nil else { return }
            relay.head = (Int(status), headers)
            deliver(relay)
        case .streamWrite(let key, let bytes):
            guard let relay = relay(key, writer: worker), relay.ending == nil, !bytes.isEmpty else { return }
            relay.held.append(ByteBuffer(bytes: bytes))
            relay.heldBytes += bytes.count
            deliver(relay)
        case .streamEnd(let key):
            guard let relay = relay(key, writer: worker) else { return }
            relay.ending = relay.ending ?? .whole
            deliver(relay)
        case .streamFail(let key):
            guard let relay = relay(key, writer: worker) else { return }
            relay.ending = relay.ending ?? .broken
            deliver(relay)
        default: break
        }
    }

    func workerDisconnected(_ worker: WorkerConnection) {
        for relay in Array(relays.values) where relay.writer === worker {
            relay.writer = nil
            // A stream that is whole waits for its client still.
            if relay.ending == nil { fail(relay, .broken) }
        }
    }

    /// The stream that a worker writes; nil when nobody is there to read it, and the worker has been told so.
    private func relay(_ key: String, writer: WorkerConnection) -> Relay? {
        if isOver(key) {
            writer.send(.streamGone(key: key))
            return nil
        }
        if let relay = relays[key] {
            relay.writer = writer
            if relay.reader != nil {
                relay.timeout?.cancel()
                relay.timeout = nil
            }
            return relay
        }
        guard relays.count < configuration.maximumStreams else {
            writer.send(.streamGone(key: key))
            return nil
        }
        let relay = Relay(key: key)
        relay.writer = writer
        relays[key] = relay
        if let wish = wanted.removeValue(forKey: key), wish.link !== writer {
            relay.reader = LinkedReader(key: key, link: wish.link)
            return relay
        }
        relay.timeout = schedule(configuration.streamAttachTimeout) { [weak self, weak relay] in
            guard let self, let relay else { return }
            remove(relay)
            relay.writer?.send(.streamGone(key: key))
        }
        return relay
    }

    // MARK: - Between them

    /// Hands on what has come, as far as there is somebody to take it.
    private func deliver(_ relay: Relay) {
        guard let reader = relay.reader else {
            if relay.heldBytes > configuration.maximumStreamBacklog {
                remove(relay)
                relay.writer?.send(.streamGone(key: relay.key))
            }
            return
        }
        if let head = relay.head, !relay.hasBegun {
            relay.hasBegun = true
            reader.begin(status: head.status, headers: head.headers)
        }
        if relay.hasBegun {
            for bytes in relay.takeHeld() {
                if reader.backlog > configuration.maximumStreamBacklog {
                    fail(relay, .slow)
                    relay.writer?.send(.streamGone(key: relay.key))
                    return
                }
                reader.write(bytes)
            }
        }
        switch relay.ending {
        case nil: break
        case .whole? where relay.hasBegun:
            remove(relay)
            reader.finish()
        case .whole?, .broken?: fail(relay, .broken)
        }
    }

    private func fail(_ relay: Relay, _ failure: StreamFailure) {
        let reader = relay.reader
        remove(relay)
        reader?.fail(failure)
    }

    private func remove(_ relay: Relay) {
        relay.timeout?.cancel()
        relay.reader = nil
        guard relays[relay.key] === relay else { return }
        relays[relay.key] = nil
        let now = NIODeadline.now()
        while let oldest = overOrder.first,
            over.count >= Self.maximumRemembered || over[oldest].map({ $0 < now }) != false
        {
            overOrder.removeFirst()
            over[oldest] = nil
        }
        over[relay.key] = now + Self.memory
        overOrder.append(relay.key)
    }

    private func isOver(_ key: String) -> Bool {
        over[key] != nil
    }

    private func schedule(_ delay: TimeAmount, _ run: @escaping () -> Void) -> Scheduled<Void> {
        loop.assumeIsolated().scheduleTask(in: delay, run)
    }
}

/// One stream.
private final class Relay {
    enum Ending {
        case whole
        case broken
    }

    let key: String
    weak var writer: WorkerConnection?
    var reader: (any StreamReader)?
    var head: (status: Int, headers: [EventFrame.Header])?
    var hasBegun = false
    var held: [ByteBuffer] = []
    var heldBytes = 0
    var ending: Ending?
    /// Until a client comes, or until a worker does.
    var timeout: Scheduled<Void>?

    init(key: String) {
        self.key = key
    }

    func takeHeld() -> [ByteBuffer] {
        defer {
            held = []
            heldBytes = 0
        }
        return held
    }
}
