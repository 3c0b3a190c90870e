import Conversations
import Core
import Events
import Outbound
import Postgres

/// What a model is told besides the conversation itself.
extension TurnRunner {
    /// A request with everything that was looked up for it, and the sources which the client is to be shown.
    struct Informed {
        var body: JSONObject
        /// The system prompt of the chat's folder.
        var folderPrompt: String?
        var sources: [JSONValue] = []
    }

    /// Memories first, then the texts of what is attached to the folder, the question and the model. The steps are told by `events`; it is nil
    /// where nobody would hear them.
    func informed(_ turn: Turn, _ surroundings: Surroundings, _ control: TurnControl, _ events: TurnEvents?) throws
        -> Informed
    {
        var informed = Informed(body: try remembering(turn, surroundings, control))
        let folder = try turn.storedPlace.map { place in
            try shared.pool.use { try FolderStore.gifts(toChat: place.chatID, $0) }
        }
        informed.folderPrompt = folder?.prompt
        guard turn.kind == .chat, var messages = informed.body["messages"]?.array else { return informed }
        let knowledge = knowledge(turn, surroundings)
        let items = (folder?.files ?? []) + (turn.body["files"]?.array ?? []) + knowledge
        guard !items.isEmpty, !control.isStopped else { return informed }
        let query = JSONValue(Messages.lastUserText(messages) ?? "")
        if !knowledge.isEmpty {
            tell(["action": "knowledge_search", "query": query, "done": false], turn, events)
        }
        let reader = ContextReader(account: surroundings.account, settings: surroundings.settings)
        let sources = try shared.pool.use { try reader.sources(of: items, $0) }
        let prompt = ContextPrompt(sources)
        tell(["action": "sources_retrieved", "count": JSONValue(prompt.count), "done": true], turn, events)
        prompt.insert(
            into: &messages,
            template: surroundings.settings[Setting.ragTemplate],
            preparation(turn, surroundings).prompt(variables: [:])
        )
        if !knowledge.isEmpty {
            tell(["action": "knowledge_search", "query": query, "done": true, "hidden": true], turn, events)
        }
        informed.body["messages"] = .array(messages)
        informed.sources = sources.filter(\.isShown).map(\.json)
        return informed
    }

    func preparation(_ turn: Turn, _ surroundings: Surroundings) -> CompletionPreparation {
        CompletionPreparation(
            account: surroundings.account,
            catalog: surroundings.catalog,
            settings: surroundings.settings,
            token: turn.token,
            requestID: turn.requestID
        )
    }

    /// What the model of the workspace knows, as far as that can be read.
    private func knowledge(_ turn: Turn, _ surroundings: Surroundings) -> [JSONValue] {
        let model = turn.body["model"]?.string.flatMap { surroundings.catalog[$0] }
        return (model?.row?.meta["knowledge"]?.array ?? []).filter { $0.object.flatMap(Attachment.init) != nil }
    }

    /// Tells a step of the work, and keeps it with the answer.
    private func tell(_ status: JSONObject, _ turn: Turn, _ events: TurnEvents?) {
        guard let events else { return }
        events.emit("status", .object(status))
        guard let place = turn.storedPlace else { return }
        untilDone { database in
            try database.transaction {
                try MessageEvent(type: "status", data: status).save(
                    chat: place.chatID,
                    message: place.messageID,
                    database
                )
            }
        }
    }
}
