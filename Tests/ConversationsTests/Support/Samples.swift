import Core
import Foundation
import Testing

/// Messages and chats as the web client makes them.
enum Sample {
    static let chats = "/api/v1/chats"
    static let folders = "/api/v1/folders"

    static func id() -> String { UUID().uuidString.lowercased() }

    static func message(
        _ role: String,
        _ content: String,
        id: String = id(),
        parent: String? = nil,
        _ more: JSONObject = [:]
    ) -> JSONValue {
        var object: JSONObject = [
            "id": .string(id), "parentId": JSONValue(parent), "childrenIds": [], "role": .string(role),
            "content": .string(content),
            "timestamp": 1_700_000_000,
        ]
        if role == "assistant" { object["done"] = true }
        for (key, value) in more { object[key] = value }
        return .object(object)
    }

    /// A chat whose messages come by turns from the user and the assistant.
    static func chat(_ texts: [String] = ["Hi", "Hello!"], title: String = "A chat", _ more: JSONObject = [:])
        -> JSONValue
    {
        var messages: JSONObject = [:]
        var last: String?
        for (index, text) in texts.enumerated() {
            let message = message(index % 2 == 0 ? "user" : "assistant", text, parent: last)
            let id = message["id"]?.string ?? ""
            if let last { messages[last]?["childrenIds"] = [.string(id)] }
            messages[id] = message
            last = id
        }
        var chat: JSONObject = [
            "title": .string(title), "models": ["alpha"], "params": [:],
            "history": ["messages": .object(messages), "currentId": JSONValue(last)],
            "messages": .array(Array(messages.values)), "tags": [], "timestamp": 1_700_000_000_000,
        ]
        for (key, value) in more { chat[key] = value }
        return .object(chat)
    }

    /// The history with one more question and answer behind its last message, as a tab holds it before it saves.
    static func withTurn(_ chat: JSONValue, _ text: String, done: Bool = true) -> (
        chat: JSONValue, question: String, answer: String
    ) {
        var history = chat["history"] ?? .null
        let last = history["currentId"]?.string
        let (question, answer) = (id(), id())
        var asked = message("user", text, id: question, parent: last)
        asked["childrenIds"] = [.string(answer)]
        var messages = history["messages"]?.object ?? [:]
        if let last {
            let siblings = messages[last]?["childrenIds"]?.array ?? []
            messages[last]?["childrenIds"] = .array(siblings + [.string(question)])
        }
        messages[question] = asked
        messages[answer] = message(
            "assistant",
            done ? "Answer to " + text : "",
            id: answer,
            parent: question,
            ["done": .bool(done)]
        )
        history["messages"] = .object(messages)
        history["currentId"] = .string(answer)
        return (["history": history, "messages": .array(Array(messages.values))], question, answer)
    }
}

extension TestClient {
    /// Creates a chat and gives it as the API does.
    @discardableResult
    func newChat(_ texts: [String] = ["Hi", "Hello!"], title: String = "A chat", _ more: JSONObject = [:]) throws
        -> JSONValue
    {
        try ok(.post, "\(Sample.chats)/new", ["chat": Sample.chat(texts, title: title, more)])
    }

    func newChatID(_ title: String = "A chat", _ texts: [String] = ["Hi", "Hello!"]) throws -> String {
        try newChat(texts, title: title)["id"]?.string ?? ""
    }

    func chat(_ id: String) throws -> JSONValue { try ok(.get, "\(Sample.chats)/\(id)") }

    func messages(_ id: String) throws -> JSONObject { try chat(id)["chat"]?["history"]?["messages"]?.object ?? [:] }

    /// The ids of a list.
    func ids(_ path: String) throws -> [String] { try ok(.get, path).ids }

    func newFolder(_ name: String = Sample.id(), in parent: String? = nil, _ more: JSONObject = [:]) throws -> String {
        var form: JSONObject = ["name": .string(name)]
        for (key, value) in more { form[key] = value }
        let id = try ok(.post, "\(Sample.folders)/", .object(form))["id"]?.string ?? ""
        if let parent { try ok(.post, "\(Sample.folders)/\(id)/update/parent", ["parent_id": .string(parent)]) }
        return id
    }

    func imported(_ title: String, at time: Int, _ more: JSONObject = [:]) throws -> JSONValue {
        var form: JSONObject = [
            "chat": Sample.chat(title: title), "created_at": JSONValue(time), "updated_at": JSONValue(time),
        ]
        for (key, value) in more { form[key] = value }
        return try ok(.post, "\(Sample.chats)/import", .object(form))
    }
}

extension JSONValue {
    var ids: [String] { (array ?? []).compactMap { $0["id"]?.string } }

    /// The same value whatever the order of keys: with the keys of all objects sorted.
    var sorted: JSONValue {
        switch self {
        case .array(let values): .array(values.map(\.sorted))
        case .object(let members):
            .object(
                JSONObject(uniqueKeysWithValues: members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted) })
            )
        default: self
        }
    }
}
