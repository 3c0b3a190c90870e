import Conversations
import Core
import Postgres
import Testing

@testable import Inference

/// What is done after an answer, with a real database and the built-in model.
@Suite(.database)
struct TasksHousekeepingTests {
    private static let all: JSONObject = [
        "title_generation": true, "tags_generation": true, "follow_up_generation": true,
    ]

    private struct Stored {
        let title: String
        let bodyTitle: String?
        let tags: [String]
        let rows: [String]
        let followUps: JSONValue?

        init(_ id: String, message: String = "m1", _ database: Connection) throws {
            let row = try database.query(
                "select title, body ->> 'title', (meta -> 'tags')::text from chat where id = \(id)"
            )[0]
            title = try row.text(0)
            bodyTitle = row.textOrNull(1)
            tags = try JSONValue(parsing: row.textOrNull(2) ?? "[]").array?.compactMap(\.string) ?? []
            rows = try database.query("select id || ':' || name from tag order by id").map { try $0.text(0) }
            followUps = try JSONValue(
                parsing: database.query(
                    "select body::text from chat_message where chat_id = \(id) and id = \(message)"
                )[0].text(0)
            )["followUps"]
        }
    }

    @Test func `follow-ups, title and tags are kept, then told, in this order`() throws {
        try TasksSurroundings.run { server in
            let chat = try server.chat(["Tell me about space", "<details type=\"reasoning\">secret</details>Fine."])
            try server.keepHouse(chat, message: "m1", Self.all)
            let stored = try Stored(chat, server.database)
            #expect(stored.title == "Tell me about space" && stored.bodyTitle == stored.title)
            #expect(stored.tags == ["demonstration"] && stored.rows == ["demonstration:Demonstration"])
            #expect(stored.followUps?.array?.count == 2)
            let told = try server.told()
            #expect(told.map { $0["type"] } == ["chat:message:follow_ups", "chat:title", "chat:tags"])
            #expect(
                told.map { $0["data"] } == [
                    ["follow_ups": stored.followUps ?? .null], "Tell me about space", ["Demonstration"],
                ]
            )
        }
    }

    @Test func `tags replace those of the chat, and unused ones cease to be`() throws {
        try TasksSurroundings.run { server in
            let chat = try server.chat(["Hi", "Hello"])
            let other = try server.chat(["Hi", "Hello"])
            _ = try TagStore.replace(["Old one", "Shared"], ofChat: chat, owner: server.accountID, server.database)
            _ = try TagStore.replace(["Shared"], ofChat: other, owner: server.accountID, server.database)
            try server.keepHouse(chat, message: "m1", ["tags_generation": true])
            let stored = try Stored(chat, server.database)
            #expect(stored.tags == ["demonstration"])
            #expect(stored.rows == ["demonstration:Demonstration", "shared:Shared"])
            #expect(stored.title == "New Chat" && stored.followUps == nil, "nothing else was asked for")
        }
    }

    @Test func `an unusable reply makes the first question the title and leaves the rest alone`() throws {
        let templates = [
            "TITLE_GENERATION_PROMPT_TEMPLATE": "Say something.", "TAGS_GENERATION_PROMPT_TEMPLATE": "Say something.",
            "FOLLOW_UP_GENERATION_PROMPT_TEMPLATE": "Say something.",
        ]
        try TasksSurroundings.run(templates) { server in
            let chat = try server.chat(["What is rain?", "Water.", "Why?", "Gravity."])
            _ = try TagStore.replace(["Weather"], ofChat: chat, owner: server.accountID, server.database)
            try server.keepHouse(chat, message: "m3", Self.all)
            let stored = try Stored(chat, message: "m3", server.database)
            #expect(stored.title == "What is rain?" && stored.tags == ["weather"] && stored.followUps == nil)
            #expect(try server.told() == [["type": "chat:title", "data": "What is rain?"]])
        }
    }

    @Test func `without generation the first exchange alone gives the title`() throws {
        try TasksSurroundings.run { server in
            let first = try server.chat(["What is snow?", "Frozen water."])
            try server.keepHouse(first, message: "m1", ["title_generation": false])
            let later = try server.chat(["What is snow?", "Frozen water.", "Why?", "It is cold."])
            try server.keepHouse(later, message: "m3", ["title_generation": false])
            #expect(try Stored(first, server.database).title == "What is snow?")
            #expect(try Stored(later, server.database).title == "New Chat")
            #expect(
                try server.told() == [["type": "chat:title", "data": "What is snow?"]],
                "the title that was saved is told"
            )
        }
    }

    @Test func `a picture alone gives no title`() throws {
        try TasksSurroundings.run { server in
            let chat = try server.chat(["![photo](data:image/png;base64,AAAA)", "A cat."])
            try server.keepHouse(chat, message: "m1", ["title_generation": false])
            #expect(try Stored(chat, server.database).title == "New Chat")
            #expect(try server.told().isEmpty)
        }
    }

    @Test func `what administrators switched off is skipped`() throws {
        let switches = [
            "ENABLE_TAGS_GENERATION": "false", "ENABLE_FOLLOW_UP_GENERATION": "false",
            "ENABLE_TITLE_GENERATION": "false",
        ]
        try TasksSurroundings.run(switches) { server in
            let chat = try server.chat(["Hi", "Hello"])
            try server.keepHouse(chat, message: "m1", Self.all)
            let stored = try Stored(chat, server.database)
            #expect(stored.title == "New Chat" && stored.tags.isEmpty && stored.rows.isEmpty && stored.followUps == nil)
            #expect(try server.told().isEmpty)
        }
    }

    @Test func `a stopped turn leaves everything as it is`() throws {
        try TasksSurroundings.run { server in
            let chat = try server.chat(["Hi", "Hello"])
            try server.keepHouse(chat, message: "m1", Self.all, isStopped: true)
            #expect(try Stored(chat, server.database).title == "New Chat")
            #expect(try server.told().isEmpty)
        }
    }

    @Test func `a temporary chat has follow-ups that are told alone`() throws {
        try TasksSurroundings.run { server in
            try server.keepHouse(
                Turn.Place.temporaryChat,
                message: "m1",
                Self.all,
                body: ["messages": [["role": "user", "content": "Hi"]]],
                answer: "Hello"
            )
            #expect(try server.told().map { $0["type"] } == ["chat:message:follow_ups"])
            #expect(try server.database.query("select from chat").isEmpty)
        }
    }

    @Test func `a provider that is away gives a title all the same`() throws {
        try TasksSurroundings.run { server in
            try server.save(TasksSurroundings.deadProvider)
            let chat = try server.chat(["What is hail?", "Ice."])
            try server.keepHouse(chat, message: "m1", Self.all, body: ["model": "far"])
            #expect(try server.told() == [["type": "chat:title", "data": "What is hail?"]])
        }
    }

    @Test(arguments: ["gone", "m9"])
    func `an answer that is not there any more needs nothing`(message: String) throws {
        try TasksSurroundings.run { server in
            let chat = message == "gone" ? "no-such-chat" : try server.chat(["Hi", "Hello"])
            try server.keepHouse(chat, message: message, Self.all)
            #expect(try server.told().isEmpty)
        }
    }
}
