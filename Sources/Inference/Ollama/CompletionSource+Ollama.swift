import Core
import Crypto
import Outbound
import Wire

/// Models of Ollama: its answers are turned into those of the OpenAI API.
extension CompletionSource {
    func askOllama(
        _ request: HTTPRequest,
        _ completion: PreparedCompletion,
        control: TurnControl,
        isInterrupted: () -> Bool,
        onHead: (Head) throws -> Void,
        onData: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let template = CompletionTemplate(model: completion.modelID, uuid: Random.uuid(), created: Clock.nowSeconds)
        var stream = completion.isStreamed ? OllamaStream(template) : nil
        var whole: [UInt8] = []
        var isRefused = false
        try send(
            request,
            control: control,
            longest: stream == nil ? Self.longestWhole : request.maximumBody,
            isInterrupted: isInterrupted,
            onHead: { head in
                isRefused = head.status >= 400
                if isRefused { stream = nil }
                let type = stream == nil ? "application/json" : "text/event-stream"
                try onHead(Head(status: head.status, contentType: type, retryAfter: head.retryAfter))
            },
            onData: { bytes in
                if isRefused { return try onData(bytes) }
                guard let events = try stream?.feed(bytes) else { return whole.append(contentsOf: bytes) }
                if !events.isEmpty { try events.withUnsafeBytes(onData) }
            }
        )
        if isRefused { return }
        guard let rest = try stream?.finish() else {
            return try Self.completion(whole, template).withUnsafeBytes(onData)
        }
        try rest.withUnsafeBytes(onData)
    }

    /// What is no answer is passed on as it is: whoever reads it tells what is wrong.
    private static func completion(_ body: [UInt8], _ template: CompletionTemplate) -> [UInt8] {
        guard let json = try? JSONValue(parsing: body), json["message"]?.object != nil else { return body }
        return OllamaAnswer(json: json).completion(template).bytes
    }
}
