import Core
import Events
import Outbound
import Postgres
import Wire

/// Answers that go to the one client who waits for them: the provider's own bytes are passed on as they come.
extension TurnRunner {
    func answerInStream(_ turn: Turn, key: String, _ control: TurnControl) -> TurnOutcome {
        let writer = PassedAnswer(shared.publisher.stream(key: key))
        writer.stream.onGone { control.stop() }
        defer { writer.stream.end() }
        do {
            let surroundings = try self.surroundings(of: turn)
            if turn.kind == .ollama {
                try pass(OllamaCall(turn.body), surroundings, turn, to: writer, control)
            } else {
                let informed = try informed(turn, surroundings, control, nil)
                let completion = try preparation(turn, surroundings).prepare(
                    informed.body,
                    chatID: turn.body["chat_id"]?.string
                )
                try pass(completion, informed.sources, turn, to: writer, control)
            }
            return control.isStopped ? .stopped : .complete
        } catch let error as OutboundError where error.kind == .cancelled {
            return .stopped
        } catch let error as OutboundError {
            refuse(writer, 500, "The provider could not be reached: \(error.message)")
        } catch let error as CompletionSource.Failure {
            refuse(writer, 500, error.message)
        } catch is EventStreamError {
            refuse(writer, 500, "The provider's answer could not be read.")
        } catch let error as Refusal {
            refuse(writer, 400, error.message)
        } catch is CompletionPreparation.UnknownModel {
            refuse(writer, 404, "Model not found")
        } catch {
            shared.log.error(
                "a streamed answer failed",
                metadata: ["error": "\(error)", "request_id": "\(turn.requestID)"]
            )
            refuse(writer, 500, "Something went wrong while the answer was made.")
        }
        return .failed
    }

    private func pass(
        _ completion: PreparedCompletion,
        _ sources: [JSONValue],
        _ turn: Turn,
        to writer: PassedAnswer,
        _ control: TurnControl
    ) throws {
        var extras: JSONObject = [:]
        if !sources.isEmpty { extras["sources"] = .array(sources) }
        if let selected = completion.selectedModelID { extras["selected_model_id"] = .string(selected) }
        var filter: PassedStream?
        var whole: [UInt8] = []
        var head: CompletionSource.Head?
        try source.stream(
            completion,
            place: turn.place,
            account: turn.accountID,
            control: control,
            onHead: { received in
                head = received
                guard received.isEventStream, received.status < 400 else { return }
                filter = PassedStream()
                writer.head(status: received.status, headers: [("Content-Type", received.contentType)])
                for (key, value) in extras {
                    writer.write(EventStreamWriter.event(JSONValue.object([key: value]).bytes))
                }
            },
            onData: { bytes in
                if filter == nil { return whole.append(contentsOf: bytes) }
                writer.write(try filter?.feed(bytes) ?? [])
            }
        )
        if let rest = filter?.finish() { return writer.write(rest) }
        guard let head else { return }
        if head.status < 400, !extras.isEmpty, var json = try? JSONValue(parsing: whole), json.object != nil {
            for (key, value) in extras { json[key] = value }
            whole = json.bytes
        }
        var headers = [("Content-Type", head.contentType)]
        if let wait = head.retryAfter { headers.append(("Retry-After", wait)) }
        writer.head(status: head.status, headers: headers.map { (name: $0.0, value: $0.1) })
        writer.write(whole)
    }

    /// After the head is out, an error can only be told inside the stream.
    private func refuse(_ writer: PassedAnswer, _ status: Int, _ message: String) {
        if writer.hasHead {
            writer.write(EventStreamWriter.event(JSONValue.object(["error": ["message": .string(message)]]).bytes))
        } else {
            writer.head(status: status, headers: [("Content-Type", "application/json")])
            writer.write(JSONValue.object(["detail": .string(message)]).bytes)
        }
    }
}

/// The client's response, which has to begin with a head.
final class PassedAnswer {
    let stream: StreamWriter
    private(set) var hasHead = false

    init(_ stream: StreamWriter) {
        self.stream = stream
    }

    func head(status: Int, headers: [(name: String, value: String)]) {
        hasHead = true
        stream.head(status: status, headers: headers)
    }

    func write(_ bytes: [UInt8]) {
        stream.write(bytes)
    }
}
