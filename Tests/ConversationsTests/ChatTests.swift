import Accounts
import Core
import HTTP
import Testing

private let path = Sample.chats

@Suite("One chat", .database)
struct ChatTests {
    @Test("is kept as the client sent it")
    func roundTrip() throws {
        try TestServer.run { server in
            let me = try server.client()
            let sent = Sample.chat(
                ["Question", "Answer", "Again", "Yes"],
                title: "Title",
                ["note": ["a": 1, "b": [1.0, nil, "é 👋"]]]
            )
            let row = try me.ok(.post, "\(path)/new", ["chat": sent])
            #expect(row["chat"]?.sorted == sent.sorted)
            let keys = [
                "id", "user_id", "title", "chat", "updated_at", "created_at", "share_id", "archived", "pinned", "meta",
                "folder_id",
            ]
            #expect(row.object.map { Array($0.keys) } == keys)
            #expect(
                row["title"] == "Title" && row["user_id"] == .string(me.id) && row["share_id"] == .null
                    && row["meta"] == [:]
            )
            #expect(try me.chat(row["id"]?.string ?? "") == row)
            let order = sent["history"]?["messages"]?.object.map { Array($0.keys) }
            #expect(try Array(me.messages(row["id"]?.string ?? "").keys) == order)
        }
    }

    @Test("without a title is a new chat; without a history it is kept too")
    func bareChats() throws {
        try TestServer.run { server in
            let me = try server.client()
            for chat in [[:], ["title": nil], ["history": ["messages": [:], "currentId": nil]]] as [JSONValue] {
                #expect(try me.ok(.post, "\(path)/new", ["chat": chat])["title"] == "New Chat")
            }
            let bare: JSONValue = ["title": "Bare", "messages": [["role": "user", "content": "text"]]]
            #expect(try me.ok(.post, "\(path)/new", ["chat": bare])["chat"]?.sorted == bare.sorted)
        }
    }

    @Test(
        "of another form is refused",
        arguments: [
            "", "null", "[]", "{", "{}", #"{"chat": null}"#, #"{"chat": "text"}"#, #"{"chat": {"history": []}}"#,
            #"{"chat": {"history": {"messages": []}}}"#, #"{"chat": {"history": {"messages": {"a": 1}}}}"#,
            #"{"chat": {}, "folder_id": 1}"#, "{\"chat\":" + String(repeating: "[", count: 5000),
        ]
    )
    func malformed(body: String) throws {
        try TestServer.run { server in
            let me = try server.client()
            #expect(try me.call(.post, "\(path)/new", text: body).status == 422)
            #expect(try me.ok(.get, "\(path)/") == [])
        }
    }

    @Test("with a number or an id that the database can not hold is refused")
    func unstorable() throws {
        try TestServer.run { server in
            let me = try server.client()
            #expect(try me.call(.post, "\(path)/new", text: #"{"chat": {"a": 1e999999}}"#).status == 400)
            let id = String(repeating: "x", count: 300)
            let answer = try me.call(
                .post,
                "\(path)/new",
                ["chat": ["history": ["messages": .object([id: ["content": "x"]])]]]
            )
            #expect(answer.status == 422)
            let chat = try me.newChatID()
            #expect(try me.call(.post, "\(path)/\(chat)/messages/\(id)", ["content": "x"]).status == 422)
        }
    }

    @Test("is updated key by key")
    func update() throws {
        try TestServer.run { server in
            let me = try server.client()
            let row = try me.newChat(title: "Before", ["note": ["a": 1]])
            let id = row["id"]?.string ?? ""
            let change: JSONObject = ["models": ["beta"], "params": ["seed": 7], "note": ["b": 2]]
            let after = try me.ok(.post, "\(path)/\(id)", ["chat": .object(change)])
            var expected = row["chat"] ?? .null
            for (key, value) in change { expected[key] = value }
            #expect(after["chat"]?.sorted == expected.sorted && after["title"] == "Before")
            #expect(try me.ok(.post, "\(path)/\(id)", ["chat": ["title": "After"]])["title"] == "After")
            #expect(try me.chat(id)["chat"]?["title"] == "After")
        }
    }

    @Test("is its owner's only")
    func access() throws {
        try TestServer.run { server in
            let me = try server.client()
            let id = try me.newChatID("Private")
            let before = try me.chat(id)
            let calls: [(HTTP.Method, String, JSONValue?)] = [
                (.get, "", nil), (.post, "", ["chat": ["title": "Mine now"]]), (.get, "/pinned", nil),
                (.post, "/pin", nil),
                (.post, "/archive", nil), (.post, "/share", nil), (.delete, "/share", nil), (.post, "/clone", [:]),
                (.post, "/folder", ["folder_id": nil]), (.get, "/tags", nil), (.post, "/tags", ["name": "x"]),
                (.delete, "/tags", ["name": "x"]), (.delete, "/tags/all", nil),
            ]
            for client in [
                try server.client(), try server.client(role: .admin), .anonymous(server),
                try server.client(role: .pending),
            ] {
                for (method, place, body) in calls {
                    let answer = try client.call(method, "\(path)/\(id)\(place)", body)
                    #expect(answer.status == 401 && answer.detail != nil, "\(method) \(place)")
                }
            }
            #expect(try me.chat(id) == before)
            let unknown = try me.call(.get, "\(path)/\(Sample.id())")
            #expect(unknown.status == 401 && unknown.detail == Detail.notFound)
            #expect(try me.call(.get, "\(path)/a%00b").status == 401)
        }
    }

    @Test("is deleted by its owner or an admin, with its copy and its last tags")
    func deletion() throws {
        try TestServer.run { server in
            let (me, other, admin) = (try server.client(), try server.client(), try server.client(role: .admin))
            let id = try me.newChatID()
            try me.ok(.post, "\(path)/\(id)/tags", ["name": "Lonely"])
            let share = try me.ok(.post, "\(path)/\(id)/share")["id"]?.string ?? ""
            #expect(try other.call(.delete, "\(path)/\(id)").status == 404)
            #expect(try other.call(.get, "\(path)/share/\(share)").status == 200)
            #expect(try me.ok(.delete, "\(path)/\(id)") == true)
            #expect(try me.call(.get, "\(path)/\(id)").status == 401)
            #expect(try other.call(.get, "\(path)/share/\(share)").status == 401)
            #expect(try me.ok(.get, "\(path)/all/tags") == [])
            #expect(
                try me.call(.delete, "\(path)/\(id)").status == 404
                    && admin.call(.delete, "\(path)/\(id)").status == 404
            )
            let second = try me.newChatID()
            #expect(try admin.ok(.delete, "\(path)/\(second)") == true)
            #expect(try me.call(.get, "\(path)/\(second)").status == 401)
        }
    }

    @Test("can not be deleted without the permission")
    func deletionNeedsPermission() throws {
        try TestServer.run(["USER_PERMISSIONS_CHAT_DELETE": "false"]) { server in
            let (me, admin) = (try server.client(), try server.client(role: .admin))
            let id = try me.newChatID()
            #expect(try me.call(.delete, "\(path)/\(id)").status == 401 && me.call(.delete, "\(path)/").status == 401)
            #expect(try me.chat(id)["id"] == .string(id))
            #expect(try admin.ok(.delete, "\(path)/\(id)") == true)
        }
    }

    @Test("all of one account are deleted, and nobody else's")
    func deleteAll() throws {
        try TestServer.run { server in
            let (me, other) = (try server.client(), try server.client())
            let (id, theirs) = (try me.newChatID(), try other.newChatID())
            try me.ok(.post, "\(path)/\(id)/archive")
            try me.newChat()
            #expect(try me.ok(.delete, "\(path)/") == true)
            #expect(try me.ok(.get, "\(path)/all") == [])
            #expect(try other.ids("\(path)/") == [theirs])
        }
    }

    @Test("NUL characters and halves of emojis harm nothing")
    func oddCharacters() throws {
        try TestServer.run { server in
            let (me, admin) = (try server.client(), try server.client(role: .admin))
            let half = "\\ud83d"
            let body = """
                {"chat": {"title": "Half \(half)", "a\\u0000b": "\\u0000", "history": {"messages": {"m\\u0000": {"id": "m", \
                "role": "user", "content": "cut \(half) here\\u0000"}}, "currentId": "m"}, "messages": [{"content": "cut \(half)\\u0000"}]}}
                """
            let row = try me.call(.post, "\(path)/new", text: body)
            #expect(row.status == 200 && row.json["title"] == "Half \u{FFFD}")
            #expect(row.json["chat"]?["history"]?["messages"]?["m"]?["content"] == "cut \u{FFFD} here")
            try me.newChat(title: "Whole")
            #expect(try me.ok(.get, "\(path)/search?text=whole").ids.count == 1)
            #expect(try me.ok(.get, "\(path)/search?text=cut%20%00").ids.count == 1)
            #expect(try me.ok(.get, "\(path)/all").ids.count == 2 && admin.ok(.get, "\(path)/all/db").ids.count == 2)
        }
    }

    @Test("of twenty megabytes is kept")
    func large() throws {
        try TestServer.run { server in
            let me = try server.client()
            let row = try me.newChat((0..<200).map { "\($0) " + String(repeating: "y", count: 100_000) })
            let id = row["id"]?.string ?? ""
            let stored = try me.chat(id)
            #expect(stored == row && stored["chat"]?["messages"]?.array?.count == 200)
            let last = stored["chat"]?["history"]?["currentId"]?.string ?? ""
            try me.ok(.post, "\(path)/\(id)/messages/\(last)/event", ["type": "replace", "data": ["content": "short"]])
            #expect(try me.messages(id)[last]?["content"] == "short")
        }
    }
}
