import Core
import Events
import Outbound
import Postgres
import Wire

/// Answers that go to the one client who waits for them: the provider's own bytes are passed on as they come.
extension TurnRunner {
    func answerInStream(_ turn: Turn, key: String, _ control: TurnControl) {
        let writer = PassedAnswer(shared.publisher.stream(key: key))
        writer.stream.onGone { control.stop() }
        defer { writer.stream.end() }
        do {
            let surroundings = try self.surroundings(of: turn)
            let preparation = CompletionPreparation(
                account: surroundings.account,
                catalog: surroundings.catalog,
                settings: surroundings.settings,
                token: turn.token
            )
            let completion = try preparation.prepare(
                remembering(turn, surroundings, control),
                chatID: turn.body["chat_id"]?.string
            )
            try pass(completion, turn, to: writer, control)
        } catch let error as OutboundError where error.kind == .cancelled {
            return
        } catch let error as OutboundError {
            refuse(writer, 500, "The provider could not be reached: \(error.message)")
        } catch let error as CompletionSource.Failure {
            refuse(writer, 500, error.message)
        } catch let error as Refusal {
            refuse(writer, 400, error.message)
        } catch is CompletionPreparation.UnknownModel {
            refuse(writer, 404, "Model not found")
        } catch {
            shared.log.error("a streamed answer failed", metadata: ["error": "\(error)"])
            refuse(writer, 500, "Something went wrong while the answer was made.")
        }
    }

    private func pass(_ completion: PreparedCompletion, _ turn: Turn, to writer: PassedAnswer, _ control: TurnControl)
        throws
    {
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
                guard received.isEventStream else { return }
                filter = PassedStream()
                writer.head(status: received.status, headers: [("Content-Type", received.contentType)])
                if let selected = completion.selectedModelID {
                    writer.write(
                        EventStreamWriter.event(JSONValue.object(["selected_model_id": .string(selected)]).bytes)
                    )
                }
            },
            onData: { bytes in
                if filter == nil { return whole.append(contentsOf: bytes) }
                writer.write(filter?.feed(bytes) ?? [])
            }
        )
        if let rest = filter?.finish() { return writer.write(rest) }
        guard let head else { return }
        if let selected = completion.selectedModelID, var json = try? JSONValue(parsing: whole), json.object != nil {
            json["selected_model_id"] = .string(selected)
            whole = json.bytes
        }
        writer.head(status: head.status, headers: [("Content-Type", head.contentType)])
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
private final class PassedAnswer {
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

/// A provider's event stream on its way to a client: the same bytes, less events that only this server may send.
struct PassedStream {
    private var line: [UInt8] = []
    private static let marker = Array("\"event\"".utf8)

    mutating func feed(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        line.append(contentsOf: bytes)
        guard let end = line.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let complete = Array(line[...end])
        line.removeFirst(end + 1)
        return clean(complete)
    }

    mutating func finish() -> [UInt8] {
        defer { line = [] }
        return clean(line)
    }

    /// Most streams never name an event; only those that do are looked at line by line.
    private func clean(_ lines: [UInt8]) -> [UInt8] {
        guard lines.firstRange(of: Self.marker) != nil else { return lines }
        var out: [UInt8] = []
        for part in lines.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
            if !isOurs(part) { out += part + [UInt8(ascii: "\n")] }
        }
        return out
    }

    private func isOurs(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.starts(with: Array("data:".utf8)) else { return false }
        return (try? JSONValue(parsing: Array(line.dropFirst(5))))?["event"]?.object != nil
    }
}
