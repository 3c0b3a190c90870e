import Conversations
import Core

extension TurnRunner {
    /// The request of a turn; if the chat uses memories, with those that are near to the last question behind the system message.
    func remembering(_ turn: Turn, _ surroundings: Surroundings, _ control: TurnControl) throws -> JSONObject {
        guard turn.kind == .chat, turn.body["features"]?["memory"]?.isTruthy ?? false,
            var messages = turn.body["messages"]?.array,
            let text = try MemoryContext.text(
                for: surroundings.account,
                query: Messages.lastUserText(messages) ?? "",
                surroundings.settings,
                source.http,
                shared.pool,
                log: shared.log,
                wake: control.cancellation
            )
        else { return turn.body }
        Messages.append(system: text, to: &messages)
        var body = turn.body
        body["messages"] = .array(messages)
        return body
    }
}
