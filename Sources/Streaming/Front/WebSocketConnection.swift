import NIOCore
import NIOWebSocket

/// What is done with the messages of a WebSocket.
protocol WebSocketReceiver: AnyObject {
    func opened(_ connection: WebSocketConnection)
    func received(text: ByteBuffer)
    func received(binary: ByteBuffer)
    /// Called once, whoever ended it.
    func closed()
}

/// The end of a WebSocket's pipeline: whole messages in, messages out, the closing handshake.
final class WebSocketConnection: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// How long a client may take to answer a close frame.
    private static let closeTimeout = TimeAmount.seconds(3)
    /// Pongs are owed for pings; a client that pings without reading gets none beyond this.
    private static let maximumControlBacklog = 1 << 20

    /// Frames of one message. A client has no reason to cut a message into more.
    private static let maximumFragments = 1024

    /// A message whose last frame is still to come.
    private struct Fragments {
        let opcode: WebSocketOpcode
        var bytes: ByteBuffer
        var count = 1
    }

    private let receiver: any WebSocketReceiver
    private let maximumMessage: Int
    private var fragments: Fragments?
    private var context: ChannelHandlerContext?
    private var isClosing = false
    private var hasReported = false

    init(receiver: any WebSocketReceiver, maximumMessage: Int) {
        self.receiver = receiver
        self.maximumMessage = maximumMessage
    }

    // MARK: - From the client

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        receiver.opened(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        report()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        report()
        self.context = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        // A client masks its frames, or it is none; what proxies might cache could be forged otherwise.
        if frame.maskKey == nil, frame.length > 0 { return close(.protocolError) }
        // They belong to extensions, and none was agreed on.
        if frame.rsv1 || frame.rsv2 || frame.rsv3 { return close(.protocolError) }
        let bytes = frame.unmaskedData
        switch frame.opcode {
        case .connectionClose:
            // Theirs answers ours, or is answered; either way this is the end.
            if isClosing { return drop() }
            isClosing = true
            report()
            write(.connectionClose, bytes, thenClose: true)
        case .ping: if backlog < Self.maximumControlBacklog { write(.pong, bytes) }
        case .pong: break
        case _ where isClosing: break
        case .text, .binary:
            guard fragments == nil else { return close(.protocolError) }
            take(Fragments(opcode: frame.opcode, bytes: bytes), isWhole: frame.fin)
        case .continuation:
            guard var message = fragments else { return close(.protocolError) }
            fragments = nil
            message.bytes.writeImmutableBuffer(bytes)
            message.count += 1
            take(message, isWhole: frame.fin)
        default: close(.protocolError)
        }
    }

    private func take(_ message: Fragments, isWhole: Bool) {
        guard message.bytes.readableBytes <= maximumMessage, message.count <= Self.maximumFragments else {
            return close(.tooLarge)
        }
        guard isWhole else {
            fragments = message
            return
        }
        if message.opcode == .binary {
            receiver.received(binary: message.bytes)
        } else if String(validating: message.bytes.readableBytesView, as: UTF8.self) != nil {
            receiver.received(text: message.bytes)
        } else {
            close(.notText)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The error handler in front has sent a close frame where the client broke the protocol.
        report()
        isClosing = true
        context.close(promise: nil)
    }

    // MARK: - To the client

    func send(text: ByteBuffer) {
        if !isClosing { write(.text, text) }
    }

    func send(binary: ByteBuffer) {
        if !isClosing { write(.binary, binary) }
    }

    func close(_ reason: CloseReason) {
        guard !isClosing, let context else { return }
        isClosing = true
        var bytes = ByteBuffer()
        bytes.write(webSocketErrorCode: WebSocketErrorCode(codeNumber: Int(reason.rawValue)))
        write(.connectionClose, bytes)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.closeTimeout) { [weak self] in self?.drop() }
        report()
    }

    func drop() {
        isClosing = true
        context?.close(promise: nil)
    }

    /// Bytes that wait for the client to read.
    var backlog: Int {
        guard let context else { return 0 }
        return (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func write(_ opcode: WebSocketOpcode, _ data: ByteBuffer, thenClose: Bool = false) {
        guard let context else { return }
        let frame = wrapOutboundOut(WebSocketFrame(fin: true, opcode: opcode, data: data))
        let written = context.writeAndFlush(frame)
        guard thenClose else { return }
        written.assumeIsolated().whenComplete { [weak self] _ in self?.drop() }
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.closeTimeout) { [weak self] in self?.drop() }
    }

    private func report() {
        if hasReported { return }
        hasReported = true
        receiver.closed()
    }
}
