import DequeModule
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks the workers: HTTP/1.1 over a few kept connections to a unix socket.
///
/// Every question ends with exactly one answer, within the configured time.
final class Asker {
    enum Answer {
        case answered(status: Int, body: [UInt8])
        /// Nobody answered: why.
        case failed(String)
    }

    private let loop: any EventLoop
    private let configuration: Configuration
    private let logger: Logger
    private var waiting = Deque<Question>()
    private var idle: [AskConnection] = []
    /// Connections that are open or being opened.
    private var connectionCount = 0
    private var isClosed = false
    private(set) var failures = 0

    init(loop: any EventLoop, configuration: Configuration, logger: Logger) {
        self.loop = loop
        self.configuration = configuration
        self.logger = logger
    }

    var waitingCount: Int {
        waiting.count
    }

    /// The body is a JSON object. The completion runs on the event loop, never before this function has returned.
    func ask(_ path: String, _ body: [UInt8], _ completion: @escaping (Answer) -> Void) {
        let question = Question(path: path, body: body, completion: completion)
        question.timeout = loop.assumeIsolated().scheduleTask(in: configuration.questionTimeout) {
            [weak self, weak question] in
            guard let self, let question else { return }
            fail(question, "timeout")
            question.connection?.close()
        }
        if isClosed || waiting.count >= configuration.maximumQuestions {
            loop.assumeIsolated().execute { [self] in fail(question, "Too many questions are waiting") }
        } else {
            waiting.append(question)
            dispatch()
        }
    }

    func close() {
        isClosed = true
        for connection in idle { connection.close() }
        idle = []
        while let question = waiting.popFirst() { fail(question, "The daemon is stopping") }
    }

    // MARK: - Connections' reports

    func becameIdle(_ connection: AskConnection) {
        if isClosed { return connection.close() }
        idle.append(connection)
        dispatch()
    }

    /// The unanswered question was sent on a connection that had been closed meanwhile, so that no worker has seen it.
    func disconnected(_ connection: AskConnection, unanswered: Question?) {
        connectionCount -= 1
        idle.removeAll { $0 === connection }
        if let unanswered { waiting.prepend(unanswered) }
        dispatch()
    }

    func fail(_ question: Question, _ reason: String) {
        if question.finish(.failed(reason)) {
            failures += 1
            logger.warning("A question got no answer", metadata: ["path": "\(question.path)", "reason": "\(reason)"])
        }
    }

    // MARK: - Dispatching

    private func dispatch() {
        while let question = waiting.first {
            if question.isFinished {
                waiting.removeFirst()
            } else if let connection = idle.popLast() {
                waiting.removeFirst()
                connection.send(question)
            } else {
                if connectionCount < configuration.maximumQuestionConnections { connect() }
                return
            }
        }
    }

    private func connect() {
        connectionCount += 1
        let connection = AskConnection(asker: self, maximumAnswer: configuration.maximumAnswerBytes)
        let bound = NIOLoopBound(connection, eventLoop: loop)
        ClientBootstrap(group: loop)
            .connectTimeout(.seconds(2))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
            .connect(unixDomainSocketPath: configuration.askPath)
            .assumeIsolated()
            .whenFailure { [self] error in
                connectionCount -= 1
                // With other connections at work the question has a chance still.
                if connectionCount == 0, let question = waiting.popFirst() { fail(question, "\(error)") }
                dispatch()
            }
    }
}

/// One question on its way. A reference, because it waits in a queue and in a timer at once.
final class Question {
    let path: String
    let body: [UInt8]
    var timeout: Scheduled<Void>?
    /// The connection it was sent on.
    weak var connection: AskConnection?
    var isRetry = false
    private var completion: ((Asker.Answer) -> Void)?

    init(path: String, body: [UInt8], completion: @escaping (Asker.Answer) -> Void) {
        self.path = path
        self.body = body
        self.completion = completion
    }

    var isFinished: Bool {
        completion == nil
    }

    /// - Returns: false when it had been answered before.
    @discardableResult
    func finish(_ answer: Asker.Answer) -> Bool {
        guard let completion else { return false }
        self.completion = nil
        timeout?.cancel()
        completion(answer)
        return true
    }
}
