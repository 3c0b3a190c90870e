import Core
import Events
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

@testable import Streaming

/// A daemon on real sockets in a directory of its own, with a worker that answers its questions and a publisher.
final class TestSite: Sendable {
    struct Question: Sendable {
        let path: String
        let body: JSONValue
    }

    typealias Answer = @Sendable (Question) -> (status: Int, body: JSONValue)

    let directory: String
    let publisher: Publisher
    private let configuration: Configuration
    private let running = Mutex<Daemon.Listening?>(nil)
    private let worker: AskServer

    /// The answer is what the worker says; nil leaves the question to the usual answers.
    init(
        _ change: (inout Configuration) -> Void = { _ in },
        answer: @escaping @Sendable (Question) -> (status: Int, body: JSONValue)? = { _ in nil }
    ) throws {
        var template = Array("/tmp/streamd-tests.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw POSIXError(.EIO) }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var configuration = Configuration(
            clientsPath: directory + "/clients.sock",
            eventsPath: directory + "/events.sock",
            askPath: directory + "/ask.sock",
            name: "test"
        )
        configuration.grace = .milliseconds(200)
        change(&configuration)
        self.configuration = configuration
        worker = try AskServer(path: configuration.askPath) { answer($0) ?? Self.usual($0) }
        publisher = Publisher(socketPath: configuration.eventsPath)
        try start()
    }

    deinit {
        stop()
        publisher.close()
        worker.stop()
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// A token puts the socket into the account's room; some events do as their names say.
    private static func usual(_ question: Question) -> (status: Int, body: JSONValue) {
        switch question.path {
        case "/_internal/socket/connect":
            guard let token = question.body["auth"]?["token"]?.string else { return (200, [:]) }
            return (200, ["join": [.string(Room.user(token))], "tag": .string(token)])
        case "/_internal/socket/event":
            let arguments = question.body["args"] ?? []
            switch question.body["event"]?.string {
            case "echo": return (200, ["ack": arguments])
            case "tag": return (200, ["ack": [question.body["tag"] ?? .null]])
            case "quiet": return (200, [:])
            case "join": return (200, ["join": arguments])
            case "leave": return (200, ["leave": arguments])
            default: return (404, ["detail": "Not Found"])
            }
        default: return (200, [:])
        }
    }

    var clientsPath: String {
        configuration.clientsPath
    }

    var questions: [Question] {
        worker.questions
    }

    func questions(_ path: String) -> [Question] {
        questions.filter { $0.path == path }
    }

    func start() throws {
        let listening = try Daemon(
            configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        .start()
        running.withLock { $0 = listening }
    }

    func stop() {
        let listening = running.withLock { listening in
            defer { listening = nil }
            return listening
        }
        listening?.stop()
    }

    func client() throws -> UnixClient {
        try UnixClient(path: clientsPath)
    }

    func webSocket(
        _ target: String = "/ws/socket.io/?EIO=4&transport=websocket",
        headers: [String: String] = [:]
    ) throws -> WebSocketClient {
        try WebSocketClient(client(), target: target, headers: headers)
    }

    /// A Socket.IO client that is connected.
    func socket(token: String? = nil) throws -> SocketClient {
        try SocketClient(webSocket(), token: token)
    }
}

/// Waits for something that happens in another thread.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<500 {
        if try condition() { return true }
        usleep(10_000)
    }
    return false
}

/// A value that closures of several threads share.
final class Shared<Value: ~Copyable & Sendable>: Sendable {
    let value: Value

    init(_ value: consuming Value) {
        self.value = value
    }
}

/// Runs something that blocks in a thread of its own while this one goes on, and waits for its end.
func withThread(_ run: @escaping @Sendable () -> Void, while body: () throws -> Void) throws {
    let isDone = Shared(Atomic(false))
    NativeThread.start("test") {
        run()
        isDone.value.store(true, ordering: .releasing)
    }
    defer { _ = eventually { isDone.value.load(ordering: .acquiring) } }
    try body()
}

/// nginx and a worker in one: answers the daemon's questions.
private final class AskServer: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let asked: Log

    init(path: String, answer: @escaping TestSite.Answer) throws {
        let asked = Log()
        self.asked = asked
        _ = try ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(AskHandler(asked: asked, answer: answer))
                }
            }
            .bind(unixDomainSocketPath: path)
            .wait()
    }

    var questions: [TestSite.Question] {
        asked.questions.withLock { $0 }
    }

    func stop() {
        try? group.syncShutdownGracefully()
    }
}

private final class Log: Sendable {
    let questions = Mutex<[TestSite.Question]>([])
}

private final class AskHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let asked: Log
    private let answer: TestSite.Answer
    private var path = ""
    private var body: [UInt8] = []

    init(asked: Log, answer: @escaping TestSite.Answer) {
        self.asked = asked
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): path = head.uri
        case .body(let bytes): body += Array(bytes.readableBytesView)
        case .end:
            let question = TestSite.Question(path: path, body: (try? JSONValue(parsing: body)) ?? .null)
            body = []
            asked.questions.withLock { $0.append(question) }
            let (status, json) = answer(question)
            let bytes = ByteBuffer(bytes: json.bytes)
            let headers: HTTPHeaders = ["Content-Length": String(bytes.readableBytes)]
            let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
