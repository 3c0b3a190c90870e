import Core
import Testing

@testable import Conversations

private let path = Sample.chats

/// Deterministic random numbers (SplitMix64), so that a failure can be repeated.
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    mutating func value(_ depth: Int = 0) -> JSONValue {
        switch Int.random(in: 0..<(depth < 3 ? 9 : 6), using: &self) {
        case 0: .null
        case 1: .bool(Bool.random(using: &self))
        case 2: JSONValue(Int.random(in: -1_000_000...1_000_000, using: &self))
        case 3: .number(JSONNumber(Double(Int.random(in: 0...1000, using: &self)) / 8))
        case 4, 5: .string(text())
        case 6: .array((0..<Int.random(in: 0..<4, using: &self)).map { _ in value(depth + 1) })
        default:
            .object(
                JSONObject(
                    (0..<Int.random(in: 0..<4, using: &self)).map { _ in (text(), value(depth + 1)) },
                    uniquingKeysWith: { $1 }
                )
            )
        }
    }

    mutating func text() -> String {
        let letters: [String] = ["a", "b", "\"", "\\", "\n", "é", "👋🏽", "天", "\u{1}", "/", " ", "%", "{", "\u{2028}"]
        return (0..<Int.random(in: 0..<6, using: &self)).map { _ in letters.randomElement(using: &self) ?? "" }.joined()
    }

    /// A chat with a random tree and random keys besides those that have a meaning.
    mutating func chat() -> JSONValue {
        var messages: JSONObject = [:]
        for index in 0..<Int.random(in: 0..<8, using: &self) {
            let id = "m\(index)"
            var message: JSONObject = ["id": .string(id)]
            message["parentId"] = messages.keys.randomElement(using: &self).map(JSONValue.string) ?? .null
            message["childrenIds"] = []
            if Bool.random(using: &self) {
                message["role"] = .string(["user", "assistant"].randomElement(using: &self) ?? "")
            }
            if Bool.random(using: &self) { message["content"] = Bool.random(using: &self) ? .string(text()) : value() }
            for _ in 0..<Int.random(in: 0..<3, using: &self) { message["x" + text()] = value() }
            if let parent = message["parentId"]?.string {
                let siblings = messages[parent]?["childrenIds"]?.array ?? []
                messages[parent]?["childrenIds"] = .array(siblings + [.string(id)])
            }
            messages[id] = .object(message)
        }
        var chat: JSONObject = ["title": .string("t" + text())]
        for _ in 0..<Int.random(in: 0..<4, using: &self) { chat["x" + text()] = value() }
        let current = messages.keys.randomElement(using: &self)
        if Int.random(in: 0..<5, using: &self) > 0 {
            chat["history"] = ["messages": .object(messages), "currentId": JSONValue(current)]
        } else {
            messages = [:]
        }
        switch Int.random(in: 0..<4, using: &self) {
        case 0: break
        case 1: chat["messages"] = value()
        case 2: chat["messages"] = .array(messages.values.filter { _ in Bool.random(using: &self) })
        default:
            let branch = ChatDocument.branch(endingIn: current) { id in messages[id].map { $0["parentId"]?.string } }
            chat["messages"] = .array(branch.compactMap { messages[$0] })
        }
        return .object(chat)
    }
}

@Suite("A chat taken apart")
struct ChatDocumentTests {
    private func flat(_ messages: JSONValue?, current: String = "c") throws -> ChatDocument.Flat {
        let tree = ["a": nil, "b": "a", "c": "b", "d": "b"].map {
            ($0.key, Sample.message("user", $0.key, id: $0.key, parent: $0.value))
        }
        var chat: JSONObject = [
            "history": ["messages": .object(JSONObject(uniqueKeysWithValues: tree)), "currentId": .string(current)]
        ]
        chat["messages"] = messages
        return try ChatDocument(chat).flat
    }

    private func list(_ ids: String...) -> JSONValue { .array(ids.map { ["id": .string($0)] }) }

    @Test("knows what its flat list is")
    func flatLists() throws {
        #expect(try flat(nil) == .none)
        #expect(try flat(list("a", "b", "c")) == .branch && flat(list("a", "b", "d"), current: "d") == .branch)
        #expect(
            try flat(list("a", "b")) == .ids(["a", "b"]) && flat(list("c", "b", "a")) == .ids(["c", "b", "a"])
                && flat([]) == .ids([])
        )
        #expect(try flat(list("a", "x")) == .loose(list("a", "x")))
        #expect(try flat([["content": "x"]]) == .loose([["content": "x"]]) && flat("text") == .loose("text"))
        #expect(try ChatDocument(["messages": [["content": "x"]]]).flat == .loose([["content": "x"]]))
    }

    @Test("ends a branch at a cycle, at a missing parent and at the root")
    func branches() {
        let parents: [String: String?] = ["a": nil, "b": "a", "x": "y", "y": "z", "z": "x", "o": "gone", "s": "s"]
        let branch = { (last: String?) in ChatDocument.branch(endingIn: last) { parents[$0] } }
        #expect(
            branch("b") == ["a", "b"] && branch("x") == ["z", "y", "x"] && branch("o") == ["o"] && branch("s") == ["s"]
        )
        #expect(branch(nil) == [] && branch("none") == [])
        let long: [String: String?] = Dictionary(
            uniqueKeysWithValues: (0..<100_000).map { ("\($0)", $0 == 0 ? nil : "\($0 - 1)") }
        )
        #expect(ChatDocument.branch(endingIn: "99999") { long[$0] }.count == 100_000)
    }

    @Test("keeps what it does not know in messages, and skips those that are null")
    func messages() throws {
        let document = try ChatDocument([
            "history": [
                "messages": ["a": ["role": 5, "content": ["x"], "extra": 1], "b": nil, "": ["content": "empty id"]]
            ]
        ])
        let messages = try #require(document.history?.messages)
        #expect(Array(messages.keys) == ["a", ""] && messages["a"]?.role == nil && messages["a"]?.content == nil)
        #expect(
            messages["a"]?.body == ["role": 5, "content": ["x"], "extra": 1] && messages[""]?.content == "empty id"
        )
    }

    @Test("a stored tree tells a deletion from a stale save, and keeps what is being answered")
    func storedTree() {
        var tree = StoredTree()
        for (id, parent, isStreaming) in [("a", nil, false), ("b", "a", false), ("c", "b", true), ("d", "a", false)]
            as [(String, String?, Bool)]
        {
            tree.add(id: id, parent: parent, isStreaming: isStreaming)
        }
        #expect(tree.removable(by: ["a"]) == ["d"] && tree.removable(by: []) == ["d"])
        #expect(tree.removable(by: ["a", "new"]).isEmpty && tree.removable(by: ["a", "b", "c", "d"]).isEmpty)
        #expect(tree.keepsBusy(without: ["a", "b"]) && !tree.keepsBusy(without: ["a", "b", "c"]))
        tree.add(id: "x", parent: "y", isStreaming: true)
        tree.add(id: "y", parent: "x", isStreaming: false)
        #expect(Set(tree.removable(by: ["a", "b", "c", "d"])).isEmpty)
    }

    @Test("is put together again as it was", .database, arguments: 0..<8)
    func roundTrip(seed: Int) throws {
        try TestServer.run { server in
            let me = try server.client()
            var dice = Dice(state: UInt64(seed))
            for round in 0..<25 {
                let sent = dice.chat()
                let row = try me.ok(.post, "\(path)/new", ["chat": sent])
                #expect(row["chat"]?.sorted == sent.sorted, "round \(round)")
                let id = row["id"]?.string ?? ""
                try me.ok(.post, "\(path)/\(id)", ["chat": sent])
                #expect(try me.chat(id)["chat"]?.sorted == sent.sorted, "saved again, round \(round)")
            }
        }
    }
}
