import Core
import NIOCore
import NIOHTTP1
import Wire

/// One Engine.IO session: a client's connection, whatever carries it, its heartbeat and its Socket.IO packets.
final class EngineSession {
    let sid = Identifier.make()
    let hub: Hub
    let transport: any EngineTransport
    /// Headers of the first request that say who asks.
    private let headers: HTTPHeaders
    private var socket: ClientSocket?
    private var assembly = SocketIOAssembly()
    private var heartbeat: Scheduled<Void>?
    private var isClosed = false
    private var limit: RateLimit
    private var connectCount = 0
    /// No CONNECT has come yet, or the last socket said goodbye.
    private var connectDeadline: Scheduled<Void>?

    init(hub: Hub, transport: any EngineTransport, headers: HTTPHeaders) {
        self.hub = hub
        self.transport = transport
        self.headers = headers
        limit = RateLimit(
            burst: hub.configuration.packetBurst,
            perSecond: hub.configuration.packetsPerSecond,
            now: .now()
        )
    }

    /// Greets the client; from here on packets are taken.
    func open() {
        hub.add(self)
        var json = JSONWriter(capacity: 128)
        json.object {
            $0.field("sid", sid)
            $0.key("upgrades")
            $0.array { _ in }
            $0.field("pingTimeout", Int(hub.configuration.pingTimeout.nanoseconds / 1_000_000))
            $0.field("pingInterval", Int(hub.configuration.pingInterval.nanoseconds / 1_000_000))
            $0.field("maxPayload", EngineIO.maximumPayload)
        }
        transport.send(text: ByteBuffer(bytes: EngineIOPacket.open(json.bytes).text))
        schedulePing()
        awaitConnect()
    }

    // MARK: - From the client

    func receive(_ packet: EngineIOPacket) {
        guard !isClosed else { return }
        guard limit.take(now: .now()) else { return refuse(PacketError("Too many packets a second")) }
        switch packet {
        case .pong: schedulePing()
        case .ping(let data): transport.send(text: ByteBuffer(bytes: EngineIOPacket.pong(data).text))
        case .close: close(.normal)
        case .message(let text): receive { (assembly) throws(PacketError) in try assembly.receive(text: text) }
        case .binary(let bytes): receive { (assembly) throws(PacketError) in try assembly.receive(attachment: bytes) }
        case .upgrade, .noop: break
        case .open: refuse(PacketError("Only the server opens a session"))
        }
    }

    /// Ends a session whose client breaks the protocol.
    func refuse(_ error: PacketError) {
        guard !isClosed else { return }
        hub.statistics.droppedUnruly += 1
        hub.logger.info("A client is disconnected", metadata: ["engine": "\(sid)", "reason": "\(error)"])
        close(.protocolError)
    }

    private func receive(_ take: (inout SocketIOAssembly) throws(PacketError) -> SocketIOPacket?) {
        do {
            if let packet = try take(&assembly) { try receive(packet) }
        } catch {
            refuse(error)
        }
    }

    private func receive(_ packet: SocketIOPacket) throws(PacketError) {
        guard packet.namespace == "/" else {
            // Nothing but a connection deserves an answer: there is no such namespace.
            guard packet.kind == .connect else { return }
            send(
                SocketIOPacket(kind: .connectError, namespace: packet.namespace, data: ["message": "Unable to connect"])
            )
            return
        }
        switch packet.kind {
        case .connect: try connect(auth: packet.data)
        case .disconnect:
            socket?.disconnected()
            socket = nil
            awaitConnect()
        case .event: socket?.receive(event: packet.data?.array ?? [], id: packet.id)
        case .acknowledgement: if let id = packet.id { socket?.receive(answer: packet.data ?? [], id: id) }
        case .connectError: throw PacketError("Only the server refuses connections")
        case .binaryEvent, .binaryAcknowledgement: throw PacketError("A binary packet without its attachments")
        }
    }

    private func connect(auth: JSONValue?) throws(PacketError) {
        guard socket == nil else { return }
        // Each is a question to a worker.
        connectCount += 1
        if connectCount > hub.configuration.maximumConnects { throw PacketError("Too many connections in one session") }
        connectDeadline?.cancel()
        let socket = ClientSocket(session: self, hub: hub)
        self.socket = socket
        socket.connect(auth: auth, headers: headers)
    }

    // MARK: - To the client

    func send(_ packet: SocketIOPacket) {
        send(text: ByteBuffer(bytes: EngineIOPacket.message(packet.text).text))
    }

    func send(_ event: OutgoingEvent) {
        guard hasRoom() else { return }
        transport.send(text: event.text)
        for attachment in event.attachments { transport.send(binary: attachment) }
    }

    private func send(text: ByteBuffer) {
        if hasRoom() { transport.send(text: text) }
    }

    /// Drops a client that does not read.
    private func hasRoom() -> Bool {
        if isClosed { return false }
        if transport.backlog <= hub.configuration.maximumSocketBacklog { return true }
        hub.statistics.droppedSlow += 1
        hub.logger.info("A slow client is dropped", metadata: ["engine": "\(sid)"])
        drop()
        return false
    }

    // MARK: - The end

    func close(_ reason: CloseReason) {
        guard !isClosed else { return }
        transport.close(reason)
        closed()
    }

    func drop() {
        guard !isClosed else { return }
        transport.drop()
        closed()
    }

    /// The connection is gone, or is on its way out.
    func closed() {
        guard !isClosed else { return }
        isClosed = true
        heartbeat?.cancel()
        connectDeadline?.cancel()
        hub.remove(self)
        socket?.disconnected()
        socket = nil
    }

    // MARK: - Timers

    /// After the pause a ping goes out; it has to be answered in time.
    private func schedulePing() {
        heartbeat?.cancel()
        heartbeat = hub.schedule(in: hub.configuration.pingInterval) { [weak self] in self?.ping() }
    }

    private func ping() {
        send(text: ByteBuffer(bytes: EngineIOPacket.ping([]).text))
        guard !isClosed else { return }
        heartbeat = hub.schedule(in: hub.configuration.pingTimeout) { [weak self] in
            guard let self else { return }
            hub.statistics.droppedSilent += 1
            drop()
        }
    }

    private func awaitConnect() {
        connectDeadline?.cancel()
        connectDeadline = hub.schedule(in: hub.configuration.connectTimeout) { [weak self] in self?.close(.policy) }
    }
}
