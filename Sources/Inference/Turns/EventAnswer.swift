import Core
import Events
import Wire

/// The answer of a turn whose client listens on sockets: tells every change as an event, and hands the text to the checkpoints.
struct EventAnswer {
    private(set) var answer: CompletionAccumulator
    private(set) var usage: JSONValue?
    /// Whether the provider reported an error inside its stream.
    private(set) var streamError: JSONValue?
    private var pacer: DeltaPacer
    private var savedAt: Double
    private var isDirty = false
    private let events: TurnEvents
    private let checkpoints: Checkpoints
    private let turn: Turn

    /// `content` is the text that the answer continues; `params` are the chat's: `reasoning_tags` and `stream_delta_chunk_size`.
    init(
        _ turn: Turn,
        continuing content: String,
        params: JSONObject,
        findsCode: Bool,
        chunkSize: Int,
        events: TurnEvents,
        checkpoints: Checkpoints
    ) {
        self.turn = turn
        self.events = events
        self.checkpoints = checkpoints
        answer = CompletionAccumulator(
            continuing: content,
            tags: CompletionTags(reasoning: params["reasoning_tags"], findsCode: findsCode)
        )
        pacer = DeltaPacer(chunkSize: max(chunkSize, params["stream_delta_chunk_size"]?.int ?? 1))
        savedAt = Clock.monotonicSeconds
    }

    var content: String { answer.content }

    /// - Returns: false when nothing more of this stream is wanted.
    mutating func take(_ chunk: JSONValue) -> Bool {
        let now = Clock.monotonicSeconds
        let chunk = CompletionChunk(chunk)
        let updates = answer.apply(chunk, now: now)
        if let usage = chunk.usage { self.usage = usage }
        if let error = chunk.error { streamError = error }
        isDirty = true
        tell(pacer.pace(updates, of: answer, now: now))
        checkpoint(now: now)
        return !updates.contains(.stop)
    }

    mutating func endStream() {
        let now = Clock.monotonicSeconds
        let updates = answer.endStream(now: now)
        tell(pacer.pace(updates, of: answer, now: now))
        tell(pacer.flush(answer, now: now))
    }

    /// What is due while the provider is silent.
    mutating func idle(mustResync: Bool) {
        let now = Clock.monotonicSeconds
        if mustResync {
            pacer.resync()
            tell(pacer.flush(answer, now: now))
        }
        checkpoint(now: now)
    }

    mutating func setCodeOutput(_ output: JSONValue) {
        let now = Clock.monotonicSeconds
        isDirty = true
        tell(pacer.pace(answer.setCodeOutput(output), of: answer, now: now))
        tell(pacer.flush(answer, now: now))
    }

    private func tell(_ told: [CompletionEvent]) {
        for event in told { events.emit("chat:completion", event.data) }
    }

    private mutating func checkpoint(now: Double) {
        guard isDirty, now - savedAt >= Checkpoints.interval, turn.storedPlace != nil, let place = turn.place else {
            return
        }
        savedAt = now
        isDirty = false
        checkpoints.put(Checkpoints.Text(turnID: turn.id, place: place, content: answer.content))
    }
}

/// Tells the sockets of an account what happens to one message.
struct TurnEvents: Sendable {
    let publisher: Publisher
    let accountID: String
    let place: Turn.Place

    static let name = "chat-events"

    /// Without `data` the key is left out.
    func emit(_ type: StaticString, _ data: JSONValue? = nil) {
        emit(payload(type, data))
    }

    /// - Returns: false when streamd did not take it.
    @discardableResult
    func emit(_ payload: [UInt8]) -> Bool {
        publisher.emit(Self.name, to: [Room.user(accountID)], payload: payload)
    }

    /// Asks the page that made the request, and waits for its answer.
    func call(_ type: StaticString, _ data: JSONValue, seconds: Int = 60) throws(CallError) -> JSONValue {
        try publisher.call(
            Self.name,
            sid: place.sessionID,
            payload: payload(type, data),
            timeout: .seconds(seconds)
        )
    }

    func payload(_ type: StaticString, _ data: JSONValue?) -> [UInt8] {
        var json = JSONWriter(capacity: 256)
        json.object { json in
            json.field("chat_id", place.chatID)
            json.field("message_id", place.messageID)
            json.key("data")
            json.object { json in
                json.field("type", "\(type)")
                if let data { json.field("data", data) }
            }
        }
        return json.bytes
    }
}
