import NIOCore
import Wire

/// One worker's connection to the events socket: frames in, answers out.
final class WorkerConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A worker that leaves this much unread is stuck, and would be sent the same for ever.
    private static let maximumBacklog = 64 << 20

    private let hub: Hub
    private var decoder = EventFrameDecoder()
    private var context: ChannelHandlerContext?

    init(hub: Hub) {
        self.hub = hub
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        hub.workerConnected(self)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        hub.workerDisconnected(self)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.append(unwrapInboundIn(data).readableBytesView)
        do {
            while let frame = try decoder.next() { hub.handle(frame, from: self) }
        } catch {
            hub.logger.error("A worker sent what is no frame", metadata: ["error": "\(error)"])
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func send(_ frame: EventFrame) {
        guard let context else { return }
        let backlog = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
        guard let bytes = try? frame.encoded(), backlog ?? 0 < Self.maximumBacklog else {
            hub.logger.error("A worker does not read what it is sent")
            context.close(promise: nil)
            return
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    func close() {
        context?.close(promise: nil)
    }
}
