import Accounts
import Conversations
import Core
import Events
import Outbound
import Postgres
import Wire

/// Answers that are told by events and kept in a chat.
extension TurnRunner {
    private enum Ending {
        case complete
        case stopped
        /// - `isProviders`: the provider refused, so that the other models of the same question may well go on.
        case failed(Refusal, isProviders: Bool)
    }

    /// The provider sends more, but the answer needs no more of it.
    private struct Enough: Error {}

    func answerInEvents(_ turn: Turn, _ place: Turn.Place, _ control: TurnControl) -> TurnOutcome {
        let events = TurnEvents(publisher: shared.publisher, accountID: turn.accountID, place: place)
        let surroundings: Surroundings
        var answer: EventAnswer
        do {
            surroundings = try self.surroundings(of: turn)
            answer = try begin(turn, surroundings, events)
        } catch {
            end(turn, place, nil, .failed(refusal(error), isProviders: false), events)
            return .failed
        }
        let ending: Ending
        do {
            let informed = try informed(turn, surroundings, control, events)
            let completion = try prepare(informed, turn, place, surroundings)
            if !informed.sources.isEmpty { tellSources(informed.sources, place, events) }
            if let selected = completion.selectedModelID { tellSelected(selected, place, events) }
            try say(completion, turn, &answer, events, control)
            ending = control.isStopped ? .stopped : .complete
        } catch {
            answer.endStream()
            ending = control.isStopped ? .stopped : .failed(refusal(error), isProviders: error is ProviderRefusal)
        }
        let title = end(turn, place, answer, ending, events)
        if case .failed = ending { return .failed }
        guard case .complete = ending, !control.isStopped else { return .stopped }
        let done: JSONValue = ["done": true, "content": .string(answer.content), "title": JSONValue(title)]
        tellEnd(events, [events.payload("chat:completion", done)])
        let notice = AnswerNotice(
            place: place,
            accountID: turn.accountID,
            title: title,
            content: answer.content,
            settings: surroundings.settings
        )
        untilDone(notice.queue)
        Housekeeping(
            runner: self,
            turn: turn,
            place: place,
            surroundings: surroundings,
            events: events,
            control: control,
            answer: answer.content
        ).run()
        return .complete
    }

    private func begin(_ turn: Turn, _ surroundings: Surroundings, _ events: TurnEvents) throws -> EventAnswer {
        let continued = try turn.storedPlace.flatMap { place in
            try shared.pool.use { try MessageStore.resume(place.messageID, of: place.chatID, $0) }
        }
        let last = turn.body["messages"]?.array?.last
        let trailing = last?["role"]?.string == "assistant" ? last.map(Messages.text) : nil
        let params = turn.body["params"]?.object ?? [:]
        return EventAnswer(
            turn,
            continuing: continued.flatMap { $0.isEmpty ? nil : $0 } ?? trailing ?? "",
            params: params,
            findsCode: turn.body["features"]?["code_interpreter"]?.isTruthy ?? false,
            chunkSize: surroundings.settings[Setting.chatResponseStreamDeltaChunkSize],
            events: events,
            checkpoints: shared.checkpoints
        )
    }

    private func prepare(
        _ informed: Informed,
        _ turn: Turn,
        _ place: Turn.Place,
        _ surroundings: Surroundings
    ) throws -> PreparedCompletion {
        let mayPrompt = TurnPermissions(surroundings.account, surroundings.settings).maySetSystemPrompt
        var completion = try preparation(turn, surroundings).prepare(
            informed.body,
            folderPrompt: mayPrompt ? informed.folderPrompt : nil,
            chatID: place.chatID
        )
        if turn.body["features"]?["code_interpreter"]?.isTruthy ?? false {
            var messages = completion.body["messages"]?.array ?? []
            CodeInterpreter.instruct(&messages, surroundings.settings)
            completion = completion.with(messages: messages)
        }
        return completion
    }

    /// Reads the provider's stream, and further ones as long as the model has code run in between.
    private func say(
        _ first: PreparedCompletion,
        _ turn: Turn,
        _ answer: inout EventAnswer,
        _ events: TurnEvents,
        _ control: TurnControl
    ) throws {
        var completion = first
        for round in 0... {
            try read(completion, turn, &answer, events, control)
            guard let code = answer.answer.pendingCode, round < CodeInterpreter.maximumRounds, !control.isStopped else {
                return
            }
            answer.setCodeOutput(CodeInterpreter.run(code, events))
            completion = first.with(messages: (first.body["messages"]?.array ?? []) + answer.answer.messages)
        }
    }

    private func read(
        _ completion: PreparedCompletion,
        _ turn: Turn,
        _ answer: inout EventAnswer,
        _ events: TurnEvents,
        _ control: TurnControl
    ) throws {
        var head: CompletionSource.Head?
        var reader = CompletionStreamReader()
        var items = 0
        var body: [UInt8] = []
        do {
            try source.stream(
                completion,
                place: turn.place,
                account: turn.accountID,
                control: control,
                isInterrupted: {
                    answer.idle(mustResync: control.takeResync())
                    return false
                },
                onHead: { head = $0 },
                onData: { bytes in
                    guard let head, head.isEventStream, head.status < 400 else { return body.append(contentsOf: bytes) }
                    let read = try reader.feed(Array(bytes))
                    items += read.count
                    try take(read, &answer)
                }
            )
            if head?.isEventStream ?? false {
                let read = try reader.finish()
                items += read.count
                try take(read, &answer)
            }
        } catch is Enough {}
        answer.endStream()
        guard let head, !control.isStopped else { return }
        guard head.isEventStream, head.status < 400 else { return try takeWhole(body, head, &answer, events) }
        if items == 0 {
            throw CompletionSource.Failure(message: "The provider's answer was empty, or could not be read.")
        }
    }

    private func take(_ items: [CompletionStreamItem], _ answer: inout EventAnswer) throws {
        for item in items {
            switch item {
            case .chunk(let chunk): if !answer.take(chunk) { throw Enough() }
            case .done: throw Enough()
            }
        }
    }

    /// An answer that is no stream: a whole completion, or a refusal.
    private func takeWhole(
        _ body: [UInt8],
        _ head: CompletionSource.Head,
        _ answer: inout EventAnswer,
        _ events: TurnEvents
    ) throws {
        let json = try? JSONValue(parsing: body)
        guard head.status < 400, let json, let completion = CompletionAnswer(json) else {
            throw ProviderRefusal(json, body, status: head.status, retryAfter: head.retryAfter)
        }
        events.emit("chat:completion", json)
        var delta: JSONObject = ["content": .string(completion.text)]
        if !completion.reasoning.isEmpty { delta["reasoning_content"] = .string(completion.reasoning) }
        var chunk: JSONObject = ["choices": [["index": 0, "delta": .object(delta)]]]
        if let usage = completion.usage { chunk["usage"] = usage }
        _ = answer.take(.object(chunk))
        answer.endStream()
    }

    private func tellSources(_ sources: [JSONValue], _ place: Turn.Place, _ events: TurnEvents) {
        events.emit("chat:completion", ["sources": .array(sources)])
        guard place.isStored else { return }
        untilDone { try MessageStore.merge(place.messageID, of: place.chatID, ["sources": .array(sources)], $0) }
    }

    private func tellSelected(_ model: String, _ place: Turn.Place, _ events: TurnEvents) {
        events.emit("chat:completion", ["selected_model_id": .string(model)])
        guard place.isStored else { return }
        untilDone { try MessageStore.merge(place.messageID, of: place.chatID, ["selectedModelId": .string(model)], $0) }
    }

    /// Saves how the answer ended, then tells it. A turn that another process has taken over meanwhile is left to that process.
    ///
    /// - Returns: the chat's title.
    @discardableResult
    private func end(
        _ turn: Turn,
        _ place: Turn.Place,
        _ answer: EventAnswer?,
        _ ending: Ending,
        _ events: TurnEvents
    ) -> String? {
        var patch: JSONObject = ["done": true]
        if let usage = answer?.usage { patch["usage"] = usage }
        if case .failed(let refusal, _) = ending { patch["error"] = ["content": refusal.content] }
        var title: String?
        var goesOn = false
        shared.checkpoints.drop(turn.id)
        untilDone { database in
            try database.transaction {
                guard try TurnStore.lockEnding(turn.id, owner: shared.owner, database), place.isStored else { return }
                try MessageStore.finish(
                    place.messageID,
                    of: place.chatID,
                    content: answer?.content,
                    patch: patch,
                    database
                )
                title = try ChatStore.title(place.chatID, database)
                if case .failed(_, isProviders: true) = ending {
                    goesOn = try MessageStore.isStreaming(place.chatID, database)
                }
            }
        }
        let cancelled = events.payload("chat:tasks:cancel", nil)
        switch ending {
        case .complete: break
        case .stopped: tellEnd(events, [cancelled])
        case .failed(let refusal, _):
            let told = events.payload("chat:message:error", ["error": ["content": refusal.content]])
            // The web client takes this for the end of all answers of the question, and offers to stop them until then.
            tellEnd(events, goesOn ? [told] : [told, cancelled])
        }
        return title
    }

    private func refusal(_ error: any Error) -> Refusal {
        switch error {
        case let error as Refusal: error
        case let error as ProviderRefusal: error.refusal
        case let error as CompletionSource.Failure: Refusal(message: error.message)
        case let error as OutboundError: Refusal(message: "The provider could not be reached: \(error.message)")
        case is CompletionPreparation.UnknownModel: Refusal(message: "Model not found")
        case is EventStreamError: Refusal(message: "The provider's answer could not be read.")
        default: unexpected(error)
        }
    }

    private func unexpected(_ error: any Error) -> Refusal {
        shared.log.error("a turn failed", metadata: ["error": "\(error)"])
        return Refusal(message: "Something went wrong while the answer was made.")
    }
}
