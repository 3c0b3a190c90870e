import Core
import NIOCore
import Wire

/// One answer of a plain chat: the worker's stream, cut into one text frame for each event.
final class ChatAnswer: StreamReader {
    static let done = "data: [DONE]"

    let key: String
    private weak var chat: PlainChat?
    private var status = 200
    private var parser: EventStreamParser?
    /// An answer that is no event stream, gathered.
    private var body: [UInt8] = []
    private var isDone = false

    init(chat: PlainChat, key: String) {
        self.chat = chat
        self.key = key
    }

    // MARK: - StreamReader

    func begin(status: Int, headers: [EventFrame.Header]) {
        self.status = status
        let type = headers.first { $0.name.lowercased() == "content-type" }?.value.lowercased() ?? ""
        if type.hasPrefix("text/event-stream") {
            parser = EventStreamParser(limit: chat?.hub.configuration.maximumStreamBacklog ?? 1 << 20)
        }
    }

    func write(_ bytes: ByteBuffer) {
        if parser != nil {
            do {
                for event in try parser?.feed(Array(bytes.readableBytesView)) ?? [] { send(event) }
            } catch {
                breakOff()
            }
        } else if body.count + bytes.readableBytes <= chat?.hub.configuration.maximumStreamBacklog ?? 0 {
            body.append(contentsOf: bytes.readableBytesView)
        } else {
            breakOff()
        }
    }

    func finish() {
        if parser != nil {
            for event in (try? parser?.finish()) ?? [] { send(event) }
        } else if status < 300 {
            chat?.send(Array("data: ".utf8) + body)
        } else {
            let json = (try? JSONValue(parsing: body)) ?? .null
            chat?.send(Self.error(json, status: status).bytes)
            isDone = true
        }
        if !isDone { chat?.send(Array(Self.done.utf8)) }
        chat?.ended(self)
    }

    func fail(_ failure: StreamFailure) {
        switch failure {
        case .broken, .slow, .taken: chat?.refuse("The answer broke off", code: "broken")
        case .late: chat?.refuse("The answer did not begin in time", code: "timeout")
        case .full: chat?.refuse("There are too many connections", code: "unavailable")
        }
        chat?.ended(self)
        if failure == .slow { chat?.close(.policy) }
    }

    var backlog: Int {
        chat?.backlog ?? 0
    }

    /// The error frame for a worker's answer: its own `error`, or the API's `detail`.
    static func error(_ json: JSONValue, status: Int) -> JSONValue {
        if let error = json["error"], error["message"] != nil { return ["error": error] }
        let detail = json["detail"]?.string ?? json["error"]?.string ?? "The server could not answer"
        return ["error": ["message": .string(detail), "code": .number(JSONNumber(status))]]
    }

    private func send(_ event: ServerSentEvent) {
        if isDone { return }
        isDone = event.data == "[DONE]"
        chat?.send(Array("data: \(event.data)".utf8))
    }

    private func breakOff() {
        guard let chat else { return }
        chat.hub.streams.detach(self, from: key)
        fail(.broken)
    }
}

extension Asker.Answer {
    /// Whether nobody could be asked, rather than somebody having said no.
    var isOutage: Bool {
        switch self {
        case .failed: true
        case .answered(let status, _): status >= 500
        }
    }
}
