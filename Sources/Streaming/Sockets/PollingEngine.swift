import DequeModule
import NIOCore
import NIOHTTP1
import Wire

/// Engine.IO by long polling: packets wait here for the client's next GET, or a GET waits for packets.
final class PollingEngine: EngineTransport {
    /// Bytes after which an answer is full; the rest waits for the next GET.
    private static let fullAnswer = EngineIO.maximumPayload

    private enum Packet {
        case text(ByteBuffer)
        case binary(ByteBuffer)

        var size: Int {
            switch self {
            case .text(let bytes), .binary(let bytes): bytes.readableBytes
            }
        }
    }

    private var queue = Deque<Packet>()
    private(set) var backlog = 0
    private weak var poll: ClientConnection?
    private weak var session: EngineSession?
    private var isClosed = false

    /// Opens a session whose first packet answers this request.
    static func open(_ request: ClientConnection, hub: Hub, headers: HTTPHeaders) {
        let transport = PollingEngine()
        let session = EngineSession(hub: hub, transport: transport, headers: headers)
        transport.session = session
        session.open()
        transport.poll(request)
    }

    // MARK: - Requests

    func poll(_ request: ClientConnection) {
        // A client has one GET at a time. When another comes, the first one's connection has been lost without a word.
        answer(with: [.text(ByteBuffer(string: "6"))])
        poll = request
        flush()
    }

    func post(_ body: [UInt8], _ request: ClientConnection) {
        guard let session else { return request.respond(.badRequest, text: "\"Invalid session\"") }
        do {
            for packet in try EngineIOPacket.packets(ofPollingBody: body) { session.receive(packet) }
            request.respond(.ok, text: "ok")
        } catch {
            session.refuse(error)
            request.respond(.badRequest, text: "\"Invalid payload\"")
        }
    }

    // MARK: - EngineTransport

    func send(text packet: ByteBuffer) {
        enqueue(.text(packet))
    }

    func send(binary bytes: ByteBuffer) {
        enqueue(.binary(bytes))
    }

    func close(_ reason: CloseReason) {
        enqueue(.text(ByteBuffer(string: "1")))
        isClosed = true
    }

    func drop() {
        close(.normal)
    }

    private func enqueue(_ packet: Packet) {
        guard !isClosed else { return }
        queue.append(packet)
        backlog += packet.size
        flush()
    }

    private func flush() {
        guard poll != nil, !queue.isEmpty else { return }
        var packets: [Packet] = []
        var size = 0
        while let next = queue.first, packets.isEmpty || size + next.size <= Self.fullAnswer {
            queue.removeFirst()
            packets.append(next)
            size += next.size
        }
        backlog -= size
        answer(with: packets)
    }

    private func answer(with packets: [Packet]) {
        guard let poll else { return }
        self.poll = nil
        var body = ByteBuffer()
        for (index, packet) in packets.enumerated() {
            if index > 0 { body.writeInteger(EngineIO.separator) }
            switch packet {
            case .text(let bytes): body.writeImmutableBuffer(bytes)
            case .binary(let bytes):
                body.writeStaticString("b")
                body.writeBytes(Base64Text.encode(bytes.readableBytesView))
            }
        }
        poll.respond(.ok, "text/plain; charset=UTF-8", body)
    }
}
