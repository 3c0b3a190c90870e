import Core
import DequeModule
import NIOCore
import NIOHTTP1
import Wire

/// A chat over a plain WebSocket, `/api/ws/chat`: a text frame is a body of `/api/chat/completions`, and the answer
/// comes as one text frame for each event of the stream, `data: {…}`, up to `data: [DONE]`.
final class PlainChat: WebSocketReceiver, Recipient {
    /// Frames that arrive while it is asked who the client is.
    private static let maximumEarlyFrames = 4

    private enum State {
        /// For the first frame, `{"token":"…"}`.
        case waitingForToken
        case asking
        case open
        case closed
    }

    let sid = Identifier.make()
    let hub: Hub
    private let headers: HTTPHeaders
    private weak var connection: WebSocketConnection?
    private var state = State.waitingForToken
    private var tag: JSONValue?
    private var early = Deque<ByteBuffer>()
    private var deadline: Scheduled<Void>?
    private var isAskingForAnswer = false
    /// The answer was cancelled before its stream was known.
    private var isCancelled = false
    private var answer: ChatAnswer?

    init(hub: Hub, headers: HTTPHeaders) {
        self.hub = hub
        self.headers = headers
    }

    var isAnswering: Bool {
        answer != nil || isAskingForAnswer
    }

    var backlog: Int {
        connection?.backlog ?? 0
    }

    // MARK: - WebSocketReceiver

    func opened(_ connection: WebSocketConnection) {
        self.connection = connection
        hub.add(self)
        hub.add(self as any Recipient)
        deadline = hub.schedule(in: hub.configuration.requestTimeout) { [weak self] in self?.close(.unauthorized) }
        let cookies = headers["cookie"].joined(separator: "; ")
        if headers.contains(name: "authorization") || cookies.contains("token=") { identify(token: nil) }
    }

    func received(text: ByteBuffer) {
        switch state {
        case .waitingForToken:
            let json = try? JSONValue(parsing: Array(text.readableBytesView), maximumDepth: SocketIOPacket.maximumDepth)
            guard let token = json?["token"]?.string else { return close(.unauthorized) }
            identify(token: token)
        case .asking:
            early.append(text)
            if early.count > Self.maximumEarlyFrames { close(.policy) }
        case .open: message(text)
        case .closed: break
        }
    }

    func received(binary: ByteBuffer) {
        close(.protocolError)
    }

    func closed() {
        if case .closed = state { return }
        state = .closed
        deadline?.cancel()
        cancel()
        hub.remove(self)
    }

    // MARK: - Recipient

    func deliver(_ event: OutgoingEvent) {}

    func dismiss() {
        close(.unauthorized)
    }

    func close(_ reason: CloseReason) {
        connection?.close(reason)
        closed()
    }

    // MARK: - Signing in

    private func identify(token: String?) {
        state = .asking
        ask("/_internal/ws/open") {
            if let token { $0.field("token", token) }
            ClientHeaders(headers).write(to: &$0)
        } answered: { [self] answer in
            guard case .asking = state else { return }
            guard case .answered(let status, let body) = answer, status < 300 else {
                return close(answer.isOutage ? .goingAway : .unauthorized)
            }
            deadline?.cancel()
            let json = try? JSONValue(parsing: body)
            tag = json?["tag"]
            hub.join(sid, json?["join"]?.array?.compactMap(\.string) ?? [])
            state = .open
            while case .open = state, let text = early.popFirst() { message(text) }
        }
    }

    // MARK: - Messages

    private func message(_ text: ByteBuffer) {
        let bytes = Array(text.readableBytesView)
        let json: JSONValue
        do {
            json = try JSONValue(parsing: bytes, maximumDepth: SocketIOPacket.maximumDepth)
        } catch {
            return refuse("The message is not JSON: \(error.message)", code: "invalid_json")
        }
        guard json.object != nil else { return refuse("The message is no JSON object", code: "invalid_json") }
        if json["type"] == "stop" { return stop() }
        if isAnswering { return refuse("An answer is running; stop it or wait for its end", code: "busy") }
        isAskingForAnswer = true
        isCancelled = false
        ask("/_internal/ws/message") {
            $0.field("tag", tag ?? .null)
            $0.key("body")
            $0.string(String(decoding: bytes, as: UTF8.self))
        } answered: { [self] in
            isAskingForAnswer = false
            answered($0)
        }
    }

    private func answered(_ answer: Asker.Answer) {
        guard case .answered(let status, let body) = answer else {
            return refuse("The server can not answer now", code: "unavailable")
        }
        let json = (try? JSONValue(parsing: body)) ?? .null
        if let tag = json["tag"] { self.tag = tag }
        if let key = json["stream"]?.string {
            let reader = ChatAnswer(chat: self, key: key)
            self.answer = reader
            hub.streams.attach(reader, to: key)
            if isCancelled { cancel() }
        } else if status == 401 {
            close(.unauthorized)
        } else if case .open = state {
            send(ChatAnswer.error(json, status: status).bytes)
        }
    }

    private func stop() {
        guard isAnswering else { return }
        cancel()
        if !isAskingForAnswer { send(Array(ChatAnswer.done.utf8)) }
    }

    /// Ends the running answer; its worker stops.
    private func cancel() {
        isCancelled = true
        guard let answer else { return }
        self.answer = nil
        hub.streams.detach(answer, from: answer.key)
    }

    /// The stream is over, or broken.
    func ended(_ reader: ChatAnswer) {
        if answer === reader { answer = nil }
        if hub.isStopping { close(.goingAway) }
    }

    func refuse(_ message: String, code: String) {
        let error: JSONValue = ["error": ["message": .string(message), "code": .string(code)]]
        send(error.bytes)
    }

    func send(_ text: [UInt8]) {
        if backlog > hub.configuration.maximumSocketBacklog {
            hub.statistics.droppedSlow += 1
            connection?.drop()
        } else {
            connection?.send(text: ByteBuffer(bytes: text))
        }
    }

    private func ask(
        _ path: String,
        _ write: (inout JSONWriter) -> Void,
        answered: @escaping (Asker.Answer) -> Void
    ) {
        var json = JSONWriter()
        json.object {
            $0.field("daemon", hub.configuration.name)
            $0.field("epoch", hub.epoch)
            $0.field("sid", sid)
            write(&$0)
        }
        hub.asker.ask(path, json.bytes, answered)
    }
}
