import Core
import NIOCore
import NIOHTTP1
import NIOWebSocket
import Wire

/// One HTTP connection of a client (of nginx, that is): one request at a time, each handed to what it asks for.
final class ClientConnection: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case idle
        case receiving(HTTPRequestHead)
        /// The request is whole, its answer is not.
        case answering(HTTPRequestHead)
        case closed
    }

    private let hub: Hub
    private var context: ChannelHandlerContext?
    private var state = State.idle
    private var body: [UInt8] = []
    private var stream: StreamResponse?
    private var deadline: Scheduled<Void>?

    init(hub: Hub) {
        self.hub = hub
    }

    // MARK: - The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        limitTime(hub.configuration.requestTimeout)
    }

    /// The connection has become a WebSocket.
    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        state = .closed
        deadline?.cancel()
        self.context = nil
        stream?.abandoned()
        stream = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .idle):
            state = .receiving(head)
            limitTime(hub.configuration.requestTimeout)
        case (.body(let bytes), .receiving):
            // What is too long is not kept; the length alone is remembered.
            if body.count <= EngineIO.maximumPayload { body.append(contentsOf: bytes.readableBytesView) }
        case (.end, .receiving(let head)):
            deadline?.cancel()
            state = .answering(head)
            let body = body
            self.body = []
            route(head, body)
        case (_, .closed): break
        default:
            // A second request before the first is answered: nginx never does it.
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A refused WebSocket comes as an error, and then as a plain request, which is where it is answered.
        if error is NIOWebSocketUpgradeError { return }
        context.close(promise: nil)
    }

    private func limitTime(_ time: TimeAmount) {
        deadline?.cancel()
        deadline = hub.schedule(in: time) { [weak self] in self?.drop() }
    }

    // MARK: - Routes

    private func route(_ head: HTTPRequestHead, _ body: [UInt8]) {
        let target = RequestTarget(head.uri)
        if body.count > EngineIO.maximumPayload {
            respond(.payloadTooLarge, detail: "The request body is too large")
        } else if head.headers.first(name: "upgrade")?.lowercased() == "websocket" {
            // `WebSocketUpgrade` has refused it, or it would not be here.
            respond(.forbidden, detail: "Forbidden")
        } else if target.isEngineIO {
            EngineRequest(head: head, target: target, body: body).answer(self, hub: hub)
        } else if target.path.hasPrefix("/_stream/") {
            attach(head)
        } else {
            respond(.notFound, detail: "Not Found")
        }
    }

    /// The worker has handed its answer over: what the client gets is the stream of that key. The key travels in a
    /// header that only nginx can set; the path names the stream for logs.
    private func attach(_ head: HTTPRequestHead) {
        guard let key = head.headers.first(name: "x-stream-token"), !key.isEmpty else {
            return respond(.forbidden, detail: "No stream token")
        }
        let response = StreamResponse(connection: self, hub: hub, key: key)
        stream = response
        response.attach()
    }

    // MARK: - Answers

    func respond(_ status: HTTPResponseStatus, text: String) {
        respond(status, "text/plain", ByteBuffer(string: text))
    }

    func respond(_ status: HTTPResponseStatus, detail: String) {
        let json: JSONValue = ["detail": .string(detail)]
        respond(status, "application/json", ByteBuffer(bytes: json.bytes))
    }

    func respond(_ status: HTTPResponseStatus, _ type: String, _ body: ByteBuffer) {
        begin(status, [("Content-Type", type), ("Content-Length", String(body.readableBytes))])
        write(body)
        end()
    }

    func begin(_ status: HTTPResponseStatus, _ fields: [(String, String)]) {
        guard let context, case .answering(let head) = state else { return }
        var headers = HTTPHeaders(fields)
        if !head.isKeepAlive { headers.add(name: "Connection", value: "close") }
        let response = HTTPResponseHead(version: head.version, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(response)), promise: nil)
    }

    func write(_ bytes: ByteBuffer) {
        guard let context, case .answering(let head) = state, head.method != .HEAD else { return }
        context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
    }

    func flush() {
        context?.flush()
    }

    func end() {
        guard let context, case .answering(let head) = state else { return }
        stream = nil
        state = .idle
        let written = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        if head.isKeepAlive, !hub.isStopping {
            limitTime(hub.configuration.idleTimeout)
        } else {
            written.assumeIsolated().whenComplete { [weak self] _ in self?.drop() }
            limitTime(hub.configuration.requestTimeout)
        }
    }

    func drop() {
        context?.close(promise: nil)
    }

    /// Bytes that wait for the client to read.
    var backlog: Int {
        (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
