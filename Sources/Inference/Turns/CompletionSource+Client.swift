import Core
import Crypto
import Events
import Synchronization
import Wire

/// Models that only the client reaches ("direct connections"): the client is asked over its socket and sends back each line of the stream.
extension CompletionSource {
    /// How long the client may take for its next line, in seconds.
    private static let patience = 60.0

    func askClient(
        _ completion: PreparedCompletion,
        model: JSONValue,
        place: Turn.Place?,
        account: String,
        control: TurnControl,
        isInterrupted: () -> Bool,
        onHead: (Head) throws -> Void,
        onData: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard let place else { throw Failure(message: "This model is only reached through an open page.") }
        let channel = "\(account):\(place.sessionID):\(Random.uuid())"
        let lines = LineQueue()
        let subscription = publisher.subscribe(channel) { sid, arguments in
            if sid == place.sessionID { lines.put(arguments) }
        }
        defer { subscription.cancel() }
        let request: JSONValue = [
            "type": "request:chat:completion",
            "data": [
                "form_data": .object(completion.body), "model": model, "channel": .string(channel),
                "session_id": .string(place.sessionID),
            ],
        ]
        let payload: JSONValue = [
            "chat_id": .string(place.chatID), "message_id": .string(place.messageID), "data": request,
        ]
        let answer: JSONValue
        do {
            answer = try publisher.call(
                "chat-events",
                sid: place.sessionID,
                payload: payload.bytes,
                timeout: .seconds(60)
            )
        } catch {
            throw Failure(message: "The page that this model belongs to did not answer.")
        }
        if let error = answer["error"], !error.isNull { throw Failure(message: error.string ?? error.text) }
        guard completion.isStreamed else {
            try onHead(Head(status: 200, contentType: "application/json"))
            return try answer.bytes.withUnsafeBytes(onData)
        }
        guard answer["status"]?.isTruthy ?? false else {
            throw Failure(message: "The page that this model belongs to refused.")
        }
        try onHead(Head(status: 200, contentType: "text/event-stream"))
        var waited = 0.0
        while waited < Self.patience, !control.isStopped {
            guard let line = lines.next(seconds: 0.1) else {
                if isInterrupted() { return }
                waited += 0.1
                continue
            }
            waited = 0
            if line["done"]?.isTruthy ?? false { return }
            if let text = line.string { try Array((text + "\n\n").utf8).withUnsafeBytes(onData) }
        }
        if !control.isStopped { throw Failure(message: "The page that this model belongs to fell silent.") }
    }
}

/// What a client sent, until the turn's thread takes it. Bounded, because clients are not trusted.
private final class LineQueue: Sendable {
    private static let limit = 10_000
    private let lines = Mutex<[JSONValue]>([])
    private let arrived = Condition()

    /// - Parameter arguments: of the client's event; the first one is the line.
    func put(_ arguments: JSONValue) {
        lines.withLock { lines in
            if lines.count < Self.limit { lines.append(arguments[0] ?? arguments) }
        }
        arrived.signal()
    }

    func next(seconds: Double) -> JSONValue? {
        guard arrived.wait(seconds: seconds, until: { lines.withLock { !$0.isEmpty } }) else { return nil }
        return lines.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}
