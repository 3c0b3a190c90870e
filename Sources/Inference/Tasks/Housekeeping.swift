import Conversations
import Core
import Outbound
import Postgres
import Wire

/// What is done after an answer, as far as the client asked for it and administrators allow it: follow-ups, title and tags, one after the
/// other. Each asks a model, saves what it says, and tells it. Whatever goes wrong here, the answer stands.
struct Housekeeping {
    let runner: TurnRunner
    let turn: Turn
    let place: Turn.Place
    let surroundings: TurnRunner.Surroundings
    let events: TurnEvents
    let control: TurnControl
    /// The answer, for temporary chats, which are stored nowhere.
    var answer: String? = nil

    func run() {
        guard let asked = turn.body["background_tasks"]?.object, !asked.isEmpty else { return }
        let messages = conversation()
        guard !messages.isEmpty else { return }
        if asked["follow_up_generation"]?.isTruthy ?? false { suggestFollowUps(messages) }
        guard place.isStored else { return }
        if let isGenerated = asked["title_generation"]?.isTruthy, !control.isStopped {
            giveTitle(messages, isGenerated: isGenerated)
        }
        if asked["tags_generation"]?.isTruthy ?? false, !control.isStopped { giveTags(messages) }
    }

    private func suggestFollowUps(_ messages: [TaskPrompt.Message]) {
        guard let followUps = ask(.followUps, about: messages)?.followUps, !control.isStopped else { return }
        if place.isStored {
            runner.untilDone {
                try MessageStore.merge(place.messageID, of: place.chatID, ["followUps": JSONValue(followUps)], $0)
            }
        }
        events.emit("chat:message:follow_ups", ["follow_ups": JSONValue(followUps)])
    }

    /// Where no title can be made, the first question is the title; where none is to be made, it is so after the first exchange alone.
    private func giveTitle(_ messages: [TaskPrompt.Message], isGenerated: Bool) {
        if isGenerated ? !TaskKind.title.isEnabled(surroundings.settings) : messages.count != 2 { return }
        let generated = isGenerated ? ask(.title, about: messages)?.title : nil
        let question = messages.first { $0.role == "user" } ?? messages.first
        guard let title = generated ?? question.flatMap({ TaskReply.title($0.text) }), !control.isStopped else {
            return
        }
        runner.untilDone { try ChatStore.setTitle(title, of: place.chatID, $0) }
        events.emit("chat:title", .string(title))
    }

    private func giveTags(_ messages: [TaskPrompt.Message]) {
        guard let tags = ask(.tags, about: messages)?.tags, !control.isStopped else { return }
        var isSaved = false
        runner.untilDone {
            isSaved = try TagStore.replace(tags, ofChat: place.chatID, owner: turn.accountID, $0) != nil
        }
        if isSaved { events.emit("chat:tags", JSONValue(tags)) }
    }

    /// The branch that ends in the answer, in what a reader would call its words.
    private func conversation() -> [TaskPrompt.Message] {
        guard place.isStored else {
            var messages = (turn.body["messages"]?.array ?? []).filter { $0["role"]?.string != "system" }
            if let answer { messages.append(["role": "assistant", "content": .string(answer)]) }
            return messages.map { Self.message($0["role"]?.string, Messages.text(of: $0)) }
        }
        var messages: [TaskPrompt.Message] = []
        runner.untilDone { database in
            messages = try MessageStore.branch(endingIn: place.messageID, of: place.chatID, database).map { message in
                Self.message(message.role, message.content ?? Messages.text(of: .object(message.body)))
            }
        }
        return messages
    }

    private static func message(_ role: String?, _ text: String) -> TaskPrompt.Message {
        TaskPrompt.Message(role: role ?? "assistant", text: DetailsStripper.strip(text))
    }

    /// - Returns: nil when the task is switched off or there was no answer; why not is for the log alone.
    private func ask(_ kind: TaskKind, about messages: [TaskPrompt.Message]) -> TaskReply? {
        guard kind.isEnabled(surroundings.settings), let model else { return nil }
        let preparation = CompletionPreparation(
            account: surroundings.account,
            catalog: surroundings.catalog,
            settings: surroundings.settings,
            token: turn.token,
            requestID: turn.requestID
        )
        let prompt = TaskPrompt(messages, preparation.prompt(variables: [:])).fill(kind.template(surroundings.settings))
        do {
            let completion = try preparation.prepare(model.request(kind, prompt: prompt), chatID: place.chatID)
            let (status, body) = try runner.source.complete(
                completion,
                place: place,
                account: turn.accountID,
                control: control
            )
            if status < 400 { return TaskReply(completion: body) }
            log(kind, "the provider answered with status \(status)")
        } catch let error as OutboundError {
            if error.kind != .cancelled { log(kind, error.message) }
        } catch {
            log(kind, "\(error)")
        }
        return nil
    }

    private var model: TaskModel? {
        if let item = turn.body["model_item"], item["direct"]?.isTruthy ?? false { return TaskModel(ofClient: item) }
        return turn.body["model"]?.string.flatMap { surroundings.catalog[$0] }.map {
            TaskModel.doing(tasksOf: $0, surroundings.catalog, surroundings.settings)
        }
    }

    private func log(_ kind: TaskKind, _ problem: String) {
        runner.shared.log.warning(
            "a task after an answer failed",
            metadata: ["task": "\(kind)", "error": "\(problem)"]
        )
    }
}
