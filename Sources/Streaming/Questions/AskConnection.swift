import NIOCore
import NIOHTTP1

/// A kept HTTP/1.1 connection that carries one question at a time.
final class AskConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let asker: Asker
    private let maximumAnswer: Int
    private var context: ChannelHandlerContext?
    private var question: Question?
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []
    private var answeredCount = 0

    init(asker: Asker, maximumAnswer: Int) {
        self.asker = asker
        self.maximumAnswer = maximumAnswer
    }

    func send(_ question: Question) {
        guard let context else { return asker.fail(question, "No connection") }
        self.question = question
        question.connection = self
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: question.path)
        head.headers.add(name: "Host", value: "localhost")
        head.headers.add(name: "Content-Type", value: "application/json")
        head.headers.add(name: "Content-Length", value: String(question.body.count))
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: question.body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func close() {
        context?.close(promise: nil)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        asker.becameIdle(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        guard let question else { return asker.disconnected(self, unanswered: nil) }
        self.question = nil
        // nginx may close a kept connection just as it is used again.
        if head == nil, answeredCount > 0, !question.isRetry, !question.isFinished {
            question.isRetry = true
            return asker.disconnected(self, unanswered: question)
        }
        asker.fail(question, "The connection was closed")
        asker.disconnected(self, unanswered: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let bytes):
            if body.count + bytes.readableBytes > maximumAnswer { return context.close(promise: nil) }
            body.append(contentsOf: bytes.readableBytesView)
        case .end: answered(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answered(_ context: ChannelHandlerContext) {
        guard let head, let question else { return context.close(promise: nil) }
        let answer = body
        self.head = nil
        self.question = nil
        body = []
        answeredCount += 1
        question.finish(.answered(status: Int(head.status.code), body: answer))
        if head.isKeepAlive { asker.becameIdle(self) } else { context.close(promise: nil) }
    }
}
