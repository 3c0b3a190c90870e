import Core
import Events
import HTTP
import Postgres
import Testing

@testable import Conversations

@Suite("Mentions")
struct MentionTests {
    @Test("are found in a text, and read aloud by their labels")
    func reading() {
        let text = "Hi <@U:1-2|Ada L.>, ask <@M:llama3:8b> or <@M:a/b|The B> <@X:q|?>."
        let mentions = Mention.all(in: text)
        #expect(
            mentions.map(\.kind) == [.user, .model, .model, nil]
                && mentions.map(\.id) == ["1-2", "llama3:8b", "a/b", "q"]
        )
        #expect(mentions.map(\.label) == ["Ada L.", nil, "The B", "?"])
        #expect(Mention.plain(text) == "Hi Ada L., ask llama3:8b or The B ?.")
    }

    @Test(
        "that are none stay text",
        arguments: ["<@m:x>", "<@M:x", "<@M:>", "<@M|x>", "<@>", "< @M:x>", "<@M:|x>", "x<@", "a <@1:x> b"]
    )
    func none(text: String) {
        #expect(Mention.all(in: text).isEmpty && Mention.plain(text) == text)
    }

    @Test("inside of broken ones are found")
    func nesting() {
        #expect(Mention.all(in: "<@<@M:x|y> <@M:<@M:z>").map(\.id) == ["x", "z"])
    }
}

@Suite("Models in channels", .database)
struct ChannelAnswerTests {
    private func jobs(_ server: TestServer) throws -> [(answer: ChannelAnswer, lane: String)] {
        try server.connect().query(
            "select payload::text, lane from job where kind = \(ChannelAnswer.jobKind) order by id"
        ).map {
            (try #require(ChannelAnswer(payload: JSONValue(parsing: $0.text(0)))), try $0.text(1))
        }
    }

    @Test("are set to work by a mention or by a reply to them, once each")
    func queueing() throws {
        try TestServer.run { server in
            let (admin, user) = (try server.client(role: .admin), try server.client())
            let channel = try admin.newChannel()
            try user.post("Hello <@U:\(admin.id)|Admin>", to: channel)
            #expect(try jobs(server).isEmpty)
            let message = try user.post("<@M:b|B>, <@M:a> and <@M:b>", to: channel)
            let queued = try jobs(server)
            #expect(queued.map(\.answer.modelID) == ["b", "a"] && Set(queued.map(\.lane)).count == 1)
            #expect(
                queued.allSatisfy {
                    $0.answer.messageID == message.id && $0.answer.accountID == user.id
                        && $0.answer.channelID == channel
                }
            )
            let model = try user.post(
                "I am a model",
                to: channel,
                ["meta": ["model_id": "c"], "parent_id": .string(message.id)]
            )
            try user.post("<@M:a>?", to: channel, ["reply_to_id": .string(model.id), "parent_id": .string(message.id)])
            let more = try jobs(server).dropFirst(2)
            #expect(more.map(\.answer.modelID) == ["c", "a"] && more.allSatisfy { $0.lane == queued[0].lane })
            try user.post((0..<20).map { "<@M:m\($0)>" }.joined(), to: channel)
            #expect(try jobs(server).count == 12)
            #expect(
                try user.call(
                    .post,
                    "\(channelsPath)/\(channel)/messages/post",
                    ["content": "<@M:a>", "parent_id": "none"]
                ).status == 400
            )
            #expect(try jobs(server).count == 12)
        }
    }

    @Test("answer in the thread: first a place for the answer, then its text")
    func answering() throws {
        try TestServer.run { server in
            let listener = try EventsListener()
            defer { listener.close() }
            let publisher = Publisher(socketPath: listener.path)
            let (admin, user) = (try server.client(role: .admin), try server.client("Ada"))
            let channel = try admin.newChannel()
            let picture: JSONValue = [
                "files": [
                    ["type": "image", "url": "data:image/png;base64,x"], ["type": "image", "url": "/api/v1/files/x"],
                    ["type": "doc"],
                ]
            ]
            let root = try user.post("Look, <@U:x|Bob>", to: channel, ["data": picture])
            let question = try user.post("<@M:a|Alpha>, what is it?", to: channel, ["parent_id": .string(root.id)])
            let database = server.connect()
            let answer = try jobs(server)[0].answer
            let thread = try #require(try answer.begin("Alpha One", account: user.account(), publisher, database))
            #expect(
                thread.lines == ["Ada: Look, Bob", "Ada: Alpha, what is it?"]
                    && thread.question == "Ada: Alpha, what is it?"
            )
            #expect(thread.pictures == ["data:image/png;base64,x"])
            var shown = try user.message(answer.answerID, in: channel)
            #expect(
                shown["content"] == "" && shown["parent_id"] == .string(root.id) && shown["user_id"] == .string(user.id)
            )
            #expect(shown["meta"]?.sorted == ["model_id": "a", "model_name": "Alpha One"])
            // A second try goes on with the same message.
            #expect(try answer.begin("Alpha One", account: user.account(), publisher, database)?.lines == thread.lines)
            try answer.end("A cat.", account: user.account(), publisher, database)
            shown = try user.message(answer.answerID, in: channel)
            #expect(
                shown["content"] == "A cat."
                    && shown["meta"]?.sorted == ["done": true, "model_id": "a", "model_name": "Alpha One"]
            )
            #expect(try answer.begin("Alpha One", account: user.account(), publisher, database)?.lines == nil)
            let told = try listener.all(of: publisher)
            #expect(told.map { $0.payload["data"]?["type"] } == ["message", "message:reply", "message:update"])
            #expect(told.map { $0.payload["message_id"]?.string } == [answer.answerID, root.id, answer.answerID])
            #expect(told[1].payload["data"]?["data"]?["reply_count"] == 2)
            // The next model reads what this one said.
            try user.post("<@M:b>, agreed?", to: channel, ["parent_id": .string(root.id)])
            let next = try jobs(server)[1].answer
            #expect(
                try next.begin("B", account: user.account(), publisher, database)?.lines.suffix(2) == [
                    "Alpha One: A cat.", "Ada: b, agreed?",
                ]
            )
            try next.end("It is away", isError: true, account: user.account(), publisher, database)
            let failed = try user.message(next.answerID, in: channel)
            #expect(
                failed["content"] == "It is away" && failed["meta"]?["error"] == ["content": "It is away"]
                    && failed["meta"]?["done"] == true
            )
            #expect(question.id != root.id)
        }
    }

    @Test("say nothing where nobody may write any more, or where there is nothing to answer")
    func silence() throws {
        try TestServer.run { server in
            let publisher = Publisher(socketPath: "/nonexistent")
            let (admin, user) = (try server.client(role: .admin), try server.client())
            let channel = try admin.newChannel()
            let message = try user.post("<@M:a>", to: channel)
            let answer = try jobs(server)[0].answer
            let database = server.connect()
            let begin = { try answer.begin("A", account: user.account(), publisher, database) }
            try admin.ok(.post, "\(channelsPath)/\(channel)/update", ["name": "x", "access_control": .readers(user)])
            #expect(try begin()?.lines == nil)
            try admin.ok(.post, "\(channelsPath)/\(channel)/update", ["name": "x", "access_control": nil])
            #expect(try begin()?.lines != nil)
            try user.ok(.delete, "\(channelsPath)/\(channel)/messages/\(message.id)/delete")
            #expect(try begin()?.lines == nil)
            try admin.ok(.delete, "\(channelsPath)/\(channel)/delete")
            #expect(try begin()?.lines == nil)
            try answer.end("Too late", account: user.account(), publisher, database)
        }
    }
}

@Suite("Webhooks of channels", .database)
struct ChannelNoticeTests {
    private func webhooks(_ server: TestServer) throws -> [JSONValue] {
        try server.connect().query("select payload::text from job where kind = 'webhook' order by payload ->> 'url'")
            .map {
                try JSONValue(parsing: $0.text(0))
            }
    }

    private func want(_ url: String, _ client: TestClient) throws {
        let settings: JSONValue = ["ui": ["notifications": ["webhook_url": .string(url)]]]
        try client.server.connect().execute(
            "update account set settings = \(RawJSON(settings)) where id = \(client.id)"
        )
    }

    @Test("go to those who read the channel and are away")
    func recipients() throws {
        try TestServer.run(["WEBUI_URL": "https://chat.example.com"]) { server in
            let (admin, author) = (try server.client(role: .admin), try server.client())
            let (away, here, stranger, silent) = (
                try server.client(), try server.client(), try server.client(), try server.client()
            )
            let pending = try server.client(role: .pending)
            for (index, client) in [author, away, here, stranger, pending].enumerated() {
                try want("https://example.com/\(index)", client)
            }
            try want("", silent)
            _ = try here.openSocket()
            let channel = try admin.newChannel(
                "Plans",
                access: .readers(author, away, here, silent, pending, writers: [author])
            )
            try author.post("Hi <@U:x|Bob>", to: channel)
            let webhooks = try webhooks(server)
            #expect(
                webhooks.map { $0["url"] } == ["https://example.com/1"] && webhooks.map { $0["origin"] } == ["user"]
            )
            let link = "https://chat.example.com/channels/\(channel)"
            #expect(webhooks.first?["text"]?.string == "#plans - \(link)\n\nHi Bob")
            #expect(
                webhooks.first?["event"] == [
                    "action": "channel", "message": "Hi <@U:x|Bob>", "title": "plans", "url": .string(link),
                ]
            )
            let open = try admin.newChannel("Open")
            try author.post("Hi", to: open)
            #expect(
                try self.webhooks(server).map { $0["url"] } == [
                    "https://example.com/1", "https://example.com/1", "https://example.com/3",
                ]
            )
        }
    }

    @Test("are sent to nobody when administrators have switched them off")
    func switchedOff() throws {
        try TestServer.run(["ENABLE_USER_WEBHOOKS": "false"]) { server in
            let (admin, away) = (try server.client(role: .admin), try server.client())
            try want("https://example.com/", away)
            try admin.post("Hi", to: try admin.newChannel())
            #expect(try webhooks(server).isEmpty)
        }
    }
}
