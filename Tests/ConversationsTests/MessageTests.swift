import Core
import Events
import HTTP
import Testing

@testable import Conversations

private let path = Sample.chats

@Suite("Single messages", .database)
struct MessageTests {
    @Test("the text is replaced, told to the owner's pages, and becomes the shown message")
    func update() throws {
        try TestServer.run { server in
            let (me, admin) = (try server.client(), try server.client(role: .admin))
            let row = try me.newChat(["Question", "Answer"])
            let id = row["id"]?.string ?? ""
            let old = row["chat"]?["history"]?["messages"]?.object ?? [:]
            let question = old.keys[0]
            let after = try admin.ok(.post, "\(path)/\(id)/messages/\(question)", ["content": "Better"])
            var expected = old
            expected[question]?["content"] = "Better"
            #expect(after["chat"]?["history"]?["messages"] == .object(expected))
            #expect(after["chat"]?["history"]?["currentId"] == .string(question))
            #expect(try me.chat(id) == after)
            let told = try server.emissions()
            #expect(told.count == 1 && told[0].event == "chat-events" && told[0].rooms == [Room.user(me.id)])
            #expect(
                told[0].payload == [
                    "chat_id": .string(id), "message_id": .string(question),
                    "data": [
                        "type": "chat:message",
                        "data": ["chat_id": .string(id), "message_id": .string(question), "content": "Better"],
                    ],
                ]
            )
            let new = try me.ok(.post, "\(path)/\(id)/messages/new-one", ["content": "New here"])
            #expect(new["chat"]?["history"]?["messages"]?["new-one"]?["content"] == "New here")
            #expect(
                try me.messages(id).count == 3
                    && me.call(.post, "\(path)/\(id)/messages/x", ["content": 1]).status == 422
            )
        }
    }

    @Test("events reach the pages and are kept by their kind")
    func events() throws {
        try TestServer.run { server in
            let me = try server.client()
            let row = try me.newChat(["Question", "Answer"])
            let id = row["id"]?.string ?? ""
            let message = row["chat"]?["history"]?["currentId"]?.string ?? ""
            let send = { (type: String, data: JSONValue) in
                try #require(
                    try me.ok(.post, "\(path)/\(id)/messages/\(message)/event", ["type": .string(type), "data": data])
                        == true
                )
                return try #require(try me.messages(id)[message])
            }
            _ = try send("status", ["action": "search", "done": false])
            #expect(
                try send("status", ["done": true])["statusHistory"]?.sorted == [
                    ["action": "search", "done": false], ["done": true],
                ]
            )
            #expect(try send("message", ["content": " and more"])["content"] == "Answer and more")
            #expect(try send("replace", ["content": "All new"])["content"] == "All new")
            _ = try send("files", ["files": [["url": "/a"]]])
            #expect(
                try send("files", ["files": [["url": "/b"], ["url": "/c"]]])["files"] == [
                    ["url": "/b"], ["url": "/c"], ["url": "/a"],
                ]
            )
            #expect(try send("embeds", ["embeds": ["<p>1</p>"]])["embeds"] == ["<p>1</p>"])
            let source: JSONValue = ["source": ["name": "Book"], "document": ["text"], "type": nil]
            _ = try send("source", source)
            let kept = try send("citation", source)
            #expect(kept["sources"]?.sorted == JSONValue.array([source, source]).sorted)
            let unkept: [(String, JSONValue)] = [
                ("citation", ["type": "code_execution"]), ("source", ["type": "x"]),
                ("notification", ["content": "Psst"]),
                ("chat:message:delta", ["content": "x"]), ("chat:message", ["content": "x"]),
                ("message", ["content": 5]),
                ("files", ["files": "none"]), ("chat:message:files", ["files": [1]]), ("", [:]),
            ]
            for (type, data) in unkept { #expect(try send(type, data) == kept, "\(type)") }
            let told = try server.emissions()
            #expect(told.count == 9 + unkept.count && told.allSatisfy { $0.rooms == [Room.user(me.id)] })
            #expect(told[5].payload["data"]?["data"] == ["files": [["url": "/b"], ["url": "/c"]]])
        }
    }

    @Test("events about a message that is not there are told, and make none")
    func unknownMessage() throws {
        try TestServer.run { server in
            let me = try server.client()
            let id = try me.newChatID()
            let before = try me.messages(id)
            for (type, data) in [
                ("status", [:]), ("message", ["content": "x"]), ("files", ["files": [1]]), ("source", [:]),
            ] as [(String, JSONValue)] {
                try me.ok(.post, "\(path)/\(id)/messages/none/event", ["type": .string(type), "data": data])
            }
            #expect(try me.messages(id) == before && server.emissions().count == 4)
            try me.ok(.post, "\(path)/\(id)/messages/none/event", ["type": "replace", "data": ["content": "x"]])
            #expect(try me.messages(id)["none"]?["content"] == "x")
        }
    }

    @Test("are written by the owner and by admins only")
    func access() throws {
        try TestServer.run { server in
            let (me, other, admin) = (try server.client(), try server.client(), try server.client(role: .admin))
            let row = try me.newChat()
            let id = row["id"]?.string ?? ""
            let message = row["chat"]?["history"]?["currentId"]?.string ?? ""
            let replace: JSONValue = ["type": "replace", "data": ["content": "Defaced"], "content": "Defaced"]
            for client in [other, .anonymous(server)] {
                #expect(try client.call(.post, "\(path)/\(id)/messages/\(message)", replace).status == 401)
                #expect(try client.call(.post, "\(path)/\(id)/messages/\(message)/event", replace).status == 401)
            }
            #expect(try me.chat(id)["chat"] == row["chat"] && server.emissions().isEmpty)
            for place in ["messages/x", "messages/x/event"] {
                #expect(try me.call(.post, "\(path)/\(Sample.id())/\(place)", replace).status == 401)
            }
            for body in [
                [:], ["type": "x"], ["type": 1, "data": [:]], ["type": "x", "data": []], ["type": "x", "data": nil],
            ] as [JSONValue] {
                #expect(try me.call(.post, "\(path)/\(id)/messages/\(message)/event", body).status == 422)
            }
            try admin.ok(.post, "\(path)/\(id)/messages/\(message)/event", replace)
            #expect(try me.messages(id)[message]?["content"] == "Defaced")
            #expect(try server.emissions().map(\.rooms) == [[Room.user(admin.id)]])
        }
    }

    @Test("the branch of a long chain is whole, and a cycle ends it")
    func branches() throws {
        try TestServer.run { server in
            let me = try server.client()
            let id = try me.newChatID("Long", (0..<2000).map { "\($0)" })
            let database = server.connect()
            let last = try me.chat(id)["chat"]?["history"]?["currentId"]?.string ?? ""
            let branch = try MessageStore.branch(endingIn: last, of: id, database)
            #expect(
                branch.map(\.content) == (0..<2000).map { "\($0)" } && branch.last?.role == "assistant"
                    && branch.last?.body["done"] == true
            )
            #expect(try MessageStore.branch(endingIn: branch[9].id, of: id, database).count == 10)
            #expect(try MessageStore.branch(endingIn: "none", of: id, database).isEmpty)

            let messages = JSONObject(
                uniqueKeysWithValues: [("a", "c"), ("b", "a"), ("c", "b"), ("d", "c"), ("e", "e"), ("f", "gone")].map {
                    key,
                    parent in
                    (key, Sample.message("user", key, id: key, parent: parent))
                }
            )
            let chat: JSONValue = ["history": ["messages": .object(messages), "currentId": "d"], "messages": []]
            let cyclic = try me.ok(.post, "\(path)/new", ["chat": chat])["id"]?.string ?? ""
            let ids = { (end: String) in try MessageStore.branch(endingIn: end, of: cyclic, database).map(\.id) }
            #expect(
                try ids("d") == ["a", "b", "c", "d"] && ids("b") == ["c", "a", "b"] && ids("e") == ["e"]
                    && ids("f") == ["f"]
            )
            #expect(try me.messages(cyclic).count == 6 && me.ok(.get, "\(path)/search?text=abc") == [])
        }
    }
}
