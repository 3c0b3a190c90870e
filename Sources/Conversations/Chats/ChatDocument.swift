package import Core
import HTTP
package import OrderedCollections

/// A chat as its client holds it (`{title, models, history: {messages, currentId}, messages, …}`), taken apart into what is stored.
package struct ChatDocument: Sendable {
    /// All but `history` and `messages`.
    package var body: JSONObject
    /// By id; nil when the client sent no history, which then stays as it is. What is null among the messages is none.
    package var history: History?
    package var flat: Flat

    package struct History: Sendable {
        package var messages: OrderedDictionary<String, Message>
        package var currentID: String?
    }

    package struct Message: Sendable, Equatable {
        package var parentID: String?
        package var role: String?
        package var content: String?
        /// All but `id`, `parentId` and `childrenIds`, and but `role` and `content` where these are text.
        package var body: JSONObject
    }

    /// The flat list beside the history. The client derives it from the history, so it is stored only where it says something else.
    package enum Flat: Sendable, Equatable {
        case none
        case branch
        case ids([String])
        case loose(JSONValue)
    }

    /// More messages than this are refused: a history of 2,000 is large.
    package static let maximumMessages = 100_000

    /// - Parameter chat: the client's object; keys it does not have are left alone by a save.
    /// - Throws: 422 or 413 for a history that can not be one.
    package init(_ chat: JSONObject) throws {
        body = chat
        let sent = body.removeValue(forKey: "history")
        let list = body.removeValue(forKey: "messages")
        history = try sent.flatMap(Self.history)
        flat = Self.flat(list, history)
    }

    /// The branch that ends in the current message, oldest first. A cycle ends it.
    package static func branch(endingIn last: String?, parentOf: (String) -> String??) -> [String] {
        var ids: [String] = []
        var seen: Set<String> = []
        var next = last
        while let id = next, let parent = parentOf(id), seen.insert(id).inserted {
            ids.append(id)
            next = parent
        }
        return ids.reversed()
    }

    private static func history(_ value: JSONValue) throws -> History? {
        guard !value.isNull else { return nil }
        guard let object = value.object else {
            throw APIError.invalid("dict_type", at: ["body", "chat", "history"], "Input should be a valid dictionary")
        }
        let location: [JSONValue] = ["body", "chat", "history", "messages"]
        let sent = object["messages"] ?? .null
        guard let messages = sent.isNull ? [:] : sent.object else {
            throw APIError.invalid("dict_type", at: location, "Input should be a valid dictionary")
        }
        guard messages.count <= maximumMessages else { throw APIError.tooLarge("The chat has too many messages") }
        var taken = OrderedDictionary<String, Message>(minimumCapacity: messages.count)
        for (id, value) in messages where !value.isNull {
            guard id.utf8.count <= MessageStore.maximumID else {
                throw APIError.invalid(
                    "string_too_long",
                    at: location,
                    "A message's id should have at most \(MessageStore.maximumID) bytes"
                )
            }
            guard let object = value.object else {
                throw APIError.invalid("dict_type", at: location + [.string(id)], "Input should be a valid dictionary")
            }
            taken[id] = Message(object)
        }
        return History(messages: taken, currentID: object["currentId"]?.string ?? object["current_id"]?.string)
    }

    private static func flat(_ list: JSONValue?, _ history: History?) -> Flat {
        guard let list else { return .none }
        guard let history, let items = list.array else { return .loose(list) }
        let ids = items.compactMap { $0["id"]?.string }.filter { history.messages[$0] != nil }
        guard ids.count == items.count else { return .loose(list) }
        let branch = branch(endingIn: history.currentID) { id in history.messages[id].map(\.parentID) }
        return ids == branch ? .branch : .ids(ids)
    }
}

extension ChatDocument.Message {
    package init(_ object: JSONObject) {
        body = object
        body.removeValue(forKey: "id")
        body.removeValue(forKey: "childrenIds")
        parentID = body.removeValue(forKey: "parentId")?.string
        role = body["role"]?.string
        if role != nil { body.removeValue(forKey: "role") }
        content = body["content"]?.string
        if content != nil { body.removeValue(forKey: "content") }
    }
}
