import NIOCore
import NIOHTTP1
import Wire

/// Engine.IO over a WebSocket.
final class WebSocketEngine: WebSocketReceiver, EngineTransport {
    private let hub: Hub
    private let headers: HTTPHeaders
    private weak var connection: WebSocketConnection?
    private var session: EngineSession?

    init(hub: Hub, headers: HTTPHeaders) {
        self.hub = hub
        self.headers = headers
    }

    // MARK: - WebSocketReceiver

    func opened(_ connection: WebSocketConnection) {
        self.connection = connection
        let session = EngineSession(hub: hub, transport: self, headers: headers)
        self.session = session
        session.open()
    }

    func received(text: ByteBuffer) {
        do {
            session?.receive(try EngineIOPacket(text: text.readableBytesView))
        } catch {
            session?.refuse(error)
        }
    }

    func received(binary: ByteBuffer) {
        session?.receive(.binary(Array(binary.readableBytesView)))
    }

    func closed() {
        session?.closed()
        session = nil
    }

    // MARK: - EngineTransport

    func send(text packet: ByteBuffer) {
        connection?.send(text: packet)
    }

    func send(binary bytes: ByteBuffer) {
        connection?.send(binary: bytes)
    }

    func close(_ reason: CloseReason) {
        connection?.close(reason)
    }

    func drop() {
        connection?.drop()
    }

    var backlog: Int {
        connection?.backlog ?? 0
    }
}
