import Core
import Crypto
package import Events
package import Outbound
import Synchronization
import Wire

/// Asks for a prepared completion and hands on what comes back, from wherever the model is.
package struct CompletionSource {
    package let http: HTTPClient
    package let publisher: Publisher

    package init(http: HTTPClient, publisher: Publisher) {
        self.http = http
        self.publisher = publisher
    }

    /// The answer's head: the provider's own, or what it would be.
    package struct Head: Sendable {
        package let status: Int
        package let contentType: String
        /// When a provider that refuses may be asked again, in its own words: seconds or a date.
        package var retryAfter: String?

        package var isEventStream: Bool {
            contentType.lowercased().hasPrefix("text/event-stream")
        }
    }

    /// The model's answer could not be had; the text is for the user.
    package struct Failure: Error {
        package let message: String
    }

    /// `isInterrupted` is asked about ten times a second: also a place to do what is due while the model is silent. `onData` gets bytes of an event
    /// stream, or of JSON.
    ///
    /// - Throws: `OutboundError`, `Failure`, or what the closures throw.
    package func stream(
        _ completion: PreparedCompletion,
        place: Turn.Place?,
        account: String,
        control: TurnControl,
        isInterrupted: () -> Bool = { false },
        onHead: (Head) throws -> Void,
        onData: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        switch completion.target {
        case .provider(let request), .ollama(let request):
            var meter = ProviderMeter(url: request.url, modelID: completion.modelID)
            func head(_ head: Head) throws {
                meter.head(head.status, isStream: head.isEventStream)
                try onHead(head)
            }
            func data(_ bytes: UnsafeRawBufferPointer) throws {
                meter.take(bytes)
                try onData(bytes)
            }
            do {
                if case .ollama = completion.target {
                    try askOllama(
                        request,
                        completion,
                        control: control,
                        isInterrupted: isInterrupted,
                        onHead: head,
                        onData: data
                    )
                } else {
                    try send(request, control: control, isInterrupted: isInterrupted, onHead: head, onData: data)
                }
                meter.end()
            } catch {
                meter.end(error)
                throw error
            }
        case .demonstration:
            try demonstrate(completion, control: control, onHead: onHead, onData: onData)
        case .client(let model):
            try askClient(
                completion,
                model: model,
                place: place,
                account: account,
                control: control,
                isInterrupted: isInterrupted,
                onHead: onHead,
                onData: onData
            )
        }
    }

    /// A whole answer as JSON, of a request that is not streamed.
    package func complete(
        _ completion: PreparedCompletion,
        place: Turn.Place? = nil,
        account: String,
        control: TurnControl = TurnControl()
    ) throws -> (status: Int, body: [UInt8]) {
        var status = 200
        var body: [UInt8] = []
        try stream(completion, place: place, account: account, control: control, onHead: { status = $0.status }) {
            body.append(contentsOf: $0)
        }
        return (status, body)
    }

    private func demonstrate(
        _ completion: PreparedCompletion,
        control: TurnControl,
        onHead: (Head) throws -> Void,
        onData: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let pieces = DemonstrationModel.answer(to: completion.body["messages"]?.array ?? [])
        let template = CompletionTemplate(model: completion.modelID, uuid: Random.uuid(), created: Clock.nowSeconds)
        guard completion.isStreamed else {
            var answer = CompletionAnswer()
            answer.text = pieces.joined()
            answer.finishReason = "stop"
            try onHead(Head(status: 200, contentType: "application/json"))
            return try template.completion(answer).bytes.withUnsafeBytes(onData)
        }
        try onHead(Head(status: 200, contentType: "text/event-stream"))
        for piece in pieces {
            if control.isStopped { return }
            try EventStreamWriter.event(template.chunk(text: piece).bytes).withUnsafeBytes(onData)
            // At the pace of a quick reader, so that one sees it being streamed.
            Clock.sleep(milliseconds: 25)
        }
        try EventStreamWriter.event(template.chunk().bytes).withUnsafeBytes(onData)
        try EventStreamWriter.done.withUnsafeBytes(onData)
    }
}
