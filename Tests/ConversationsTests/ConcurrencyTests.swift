import Core
import Testing

@testable import Conversations

private let path = Sample.chats

extension TestClient {
    fileprivate func save(_ id: String, _ chat: JSONValue) throws { try ok(.post, "\(path)/\(id)", ["chat": chat]) }
}

@Suite("Saves that meet", .database)
struct ConcurrencyTests {
    @Test("statuses reported at the same moment are all kept")
    func statuses() throws {
        try TestServer.run { server in
            let me = try server.client()
            let row = try me.newChat()
            let id = row["id"]?.string ?? ""
            let message = row["chat"]?["history"]?["currentId"]?.string ?? ""
            _ = try together(16) { number in
                try me.ok(
                    .post,
                    "\(path)/\(id)/messages/\(message)/event",
                    ["type": "status", "data": ["description": .string("\(number)"), "done": true]]
                )
            }
            let kept = try me.messages(id)[message]?["statusHistory"]?.array?.compactMap { $0["description"]?.string }
            #expect(Set(kept ?? []) == Set((0..<16).map { "\($0)" }) && kept?.count == 16)
        }
    }

    @Test("two tabs that save new messages lose none, whichever comes first", arguments: [0, 1, 2])
    func twoTabs(order: Int) throws {
        try TestServer.run { server in
            let me = try server.client()
            for _ in 0..<(order == 2 ? 10 : 1) {
                let row = try me.newChat()
                let (id, chat) = (row["id"]?.string ?? "", row["chat"] ?? .null)
                let (one, two) = (Sample.withTurn(chat, "one"), Sample.withTurn(chat, "two"))
                switch order {
                case 0: for tab in [one, two] { try me.save(id, tab.chat) }
                case 1: for tab in [two, one] { try me.save(id, tab.chat) }
                default: _ = try together(2) { try me.save(id, $0 == 0 ? one.chat : two.chat) }
                }
                let stored = try me.messages(id)
                let last = chat["history"]?["currentId"]?.string ?? ""
                #expect(
                    stored.count == 6 && stored[one.answer]?["content"] == "Answer to one"
                        && stored[two.answer]?["content"] == "Answer to two"
                )
                #expect(
                    Set(stored[last]?["childrenIds"]?.array?.compactMap(\.string) ?? []) == [
                        one.question, two.question,
                    ]
                )
                #expect(stored[one.question]?["childrenIds"] == [.string(one.answer)])
                let current = try me.chat(id)["chat"]?["history"]?["currentId"]?.string ?? ""
                #expect([one.answer, two.answer].contains(current))
            }
        }
    }

    @Test("two tabs that save again, once their answers are there, leave each other's messages alone")
    func twoTabsAgain() throws {
        try TestServer.run { server in
            let me = try server.client()
            let row = try me.newChat()
            let (id, chat) = (row["id"]?.string ?? "", row["chat"] ?? .null)
            let (one, two) = (Sample.withTurn(chat, "one"), Sample.withTurn(chat, "two"))
            for tab in [one, two, one, two, one] { try me.save(id, tab.chat) }
            let again = Sample.withTurn(one.chat, "again")
            for tab in [again, two, again, one] { try me.save(id, tab.chat) }
            // The last one lacks "again", which its own tab has added: a deletion.
            #expect(
                Set(try me.messages(id).keys)
                    == Set((chat["history"]?["messages"]?.object ?? [:]).keys).union([
                        one.question, one.answer, two.question, two.answer,
                    ])
            )
            // A page that has read the chat knows all of it, and may delete what another tab has added.
            try me.save(id, one.chat)
            #expect(try me.messages(id).count == 4)
        }
    }

    @Test("many saves, events and deletions at once end without a deadlock")
    func crowd() throws {
        try TestServer.run { server in
            let me = try server.client()
            let row = try me.newChat((0..<20).map { "\($0)" })
            let (id, chat) = (row["id"]?.string ?? "", row["chat"] ?? .null)
            let message = chat["history"]?["currentId"]?.string ?? ""
            let turns = (0..<4).map { Sample.withTurn(chat, "turn \($0)") }
            _ = try together(9) { number in
                switch number {
                case 0..<4:
                    for _ in 0..<5 { try me.save(id, turns[number].chat) }
                case 4..<8:
                    for round in 0..<5 {
                        let event: JSONValue =
                            round % 2 == 0
                            ? ["type": "status", "data": ["n": JSONValue(number * 10 + round)]]
                            : ["type": "replace", "data": ["content": "text"]]
                        try me.ok(.post, "\(path)/\(id)/messages/\(message)/event", event)
                        try me.ok(.post, "\(path)/\(id)/tags", ["name": .string("t\(number)")])
                        try me.ok(.post, "\(path)/\(id)/share")
                        try me.ok(.post, "\(path)/\(id)/clone", [:])
                    }
                default:
                    let database = server.connect()
                    for _ in 0..<10 {
                        try MessageStore.begin(message, of: id, model: "m", database)
                        try MessageStore.checkpoint(message, of: id, content: "so far", database)
                        try MessageStore.finish(message, of: id, content: "text", patch: ["done": true], database)
                    }
                }
            }
            let stored = try me.messages(id)
            #expect(stored.count == 28 && stored[message]?["statusHistory"]?.array?.count == 12)
            #expect(turns.allSatisfy { stored[$0.answer] != nil })
        }
    }

    @Test("a stale tab that saves during an answer erases neither the question nor the answer")
    func staleDuringAnswer() throws {
        try TestServer.run { server in
            let me = try server.client()
            let row = try me.newChat()
            let (id, stale) = (row["id"]?.string ?? "", row["chat"] ?? .null)
            let turn = Sample.withTurn(stale, "Now", done: false)
            try me.save(id, turn.chat)
            let database = server.connect()
            try MessageStore.begin(turn.answer, of: id, model: "m", database)
            try MessageStore.checkpoint(turn.answer, of: id, content: "half", database)
            try me.save(id, stale)
            try me.save(id, turn.chat)
            #expect(try me.messages(id)[turn.answer]?["content"] == "half" && me.messages(id).count == 4)
            #expect(try me.chat(id)["chat"]?["history"]?["currentId"] == .string(turn.answer))
            try MessageStore.finish(
                turn.answer,
                of: id,
                content: "half and half",
                patch: ["done": true, "followUps": ["more?"]],
                database
            )
            let stored = try me.messages(id)
            #expect(
                stored[turn.question]?["content"] == "Now" && stored[turn.answer]?["parentId"] == .string(turn.question)
            )
            #expect(stored[turn.answer]?["content"] == "half and half" && stored[turn.answer]?["model"] == "m")
            // The asking tab, which has seen only a part, saves what it has.
            try me.save(id, turn.chat)
            var part = turn.chat
            part["history"]?["messages"]?[turn.answer]?["content"] = "half"
            try me.save(id, part)
            let after = try me.messages(id)[turn.answer]
            #expect(after?["content"] == "half and half" && after?["done"] == true && after?["followUps"] == ["more?"])
        }
    }

    @Test("an answer that its reader changes afterwards is changed, also to a shorter text")
    func edits() throws {
        try TestServer.run { server in
            let me = try server.client()
            let row = try me.newChat(["Question", "A long answer"])
            let id = row["id"]?.string ?? ""
            var chat = row["chat"] ?? .null
            let answer = chat["history"]?["currentId"]?.string ?? ""
            for text in ["A long", "Another", "A long answer, longer"] {
                chat["history"]?["messages"]?[answer]?["content"] = .string(text)
                try me.save(id, chat)
                #expect(try me.messages(id)[answer]?["content"] == .string(text))
            }
            chat["history"]?["messages"]?[answer]?["content"] = [["text": "x"]]
            try me.save(id, chat)
            #expect(try me.messages(id)[answer]?["content"] == [["text": "x"]])
            chat["history"]?["messages"]?[answer]?["content"] = "text again"
            try me.save(id, chat)
            #expect(try me.messages(id)[answer]?["content"] == "text again")
        }
    }

    @Test("messages that a save lacks while it adds none are deleted, and their relatives stay")
    func deletion() throws {
        try TestServer.run { server in
            let me = try server.client()
            let row = try me.newChat(["a", "b", "c", "d", "e"])
            let id = row["id"]?.string ?? ""
            let old = row["chat"]?["history"]?["messages"]?.object ?? [:]
            let keys = Array(old.keys)
            // As the web client deletes "b": with its child "c", whose child "d" moves up.
            var messages = old
            messages[keys[1]] = nil
            messages[keys[2]] = nil
            messages[keys[3]]?["parentId"] = .string(keys[0])
            let history: JSONValue = ["messages": .object(messages), "currentId": .string(keys[4])]
            try me.save(id, ["history": history, "messages": .array(Array(messages.values))])
            let stored = try me.messages(id)
            #expect(
                Array(stored.keys) == [keys[0], keys[3], keys[4]]
                    && stored[keys[0]]?["childrenIds"] == [.string(keys[3])]
            )
            #expect(try me.chat(id)["chat"]?["messages"]?.ids == [keys[0], keys[3], keys[4]])
            try me.save(id, ["history": ["messages": [:], "currentId": nil], "messages": []])
            #expect(try me.messages(id).isEmpty && me.chat(id)["chat"]?["history"]?["currentId"] == .null)
        }
    }

    @Test("of the same chat change nothing when nothing changed")
    func idempotence() throws {
        try TestServer.run { server in
            let me = try server.client()
            let row = try me.newChat(["a", "b", "c"])
            let id = row["id"]?.string ?? ""
            let database = server.connect()
            let versions = {
                try database.query("select xmin::text from chat_message order by position").map { try $0.text(0) }
            }
            let before = try versions()
            try me.save(id, row["chat"] ?? .null)
            #expect(try versions() == before && me.chat(id)["chat"] == row["chat"])
        }
    }
}
