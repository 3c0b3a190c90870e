import Core
import Postgres
import Synchronization
import Testing

@testable import Inference

/// Turns with attachments: what the provider gets, what the client is told, and what is kept.
@Suite(.database)
struct ContextTurnTests {
    private static let text: JSONValue = [
        "type": "text", "id": "t1", "name": "notes.txt", "content": "The password is swordfish.", "context": "full",
    ]

    /// A provider that says "Fine", and the last question it was asked.
    private final class Provider: Sendable {
        let asked = Mutex<JSONValue>(.null)

        func serve() throws -> TestServer {
            try TestServer.answering { [self] request in
                let body = (try? JSONValue(parsing: request.body)) ?? .null
                asked.withLock { $0 = body }
                guard body["stream"]?.isTruthy ?? false else {
                    return ok(
                        "{\"choices\":[{\"message\":{\"content\":\"Fine\"}}]}",
                        headers: ["Content-Type: application/json"]
                    )
                }
                let chunk = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Fine\"}}]}\n\ndata: [DONE]\n\n"
                return ok(chunk, headers: ["Content-Type: text/event-stream"])
            }
        }

        var question: String {
            asked.withLock { Messages.lastUserText($0["messages"]?.array ?? []) ?? "" }
        }
    }

    private func run(_ body: (TasksSurroundings, Provider) throws -> Void) throws {
        let provider = Provider()
        let server = try provider.serve()
        try TasksSurroundings.run(role: .admin) { site in
            try site.save(TasksSurroundings.provider(server))
            try body(site, provider)
        }
    }

    @Test func `a text is put before the question, told as a source and kept`() throws {
        try run { site, provider in
            let chat = try site.chat(["Hi", ""])
            try site.answer(["model": "near", "files": [Self.text, Self.text]], in: chat)
            #expect(
                provider.question.contains("<source id=\"1\" name=\"notes.txt\">The password is swordfish.</source>")
            )
            #expect(provider.question.hasSuffix("\nHi"))
            #expect(provider.asked.withLock { $0["files"] } == nil)
            let stored = try site.stored(in: chat)
            let told = try site.told()
            let completions = TasksSurroundings.data(told, "chat:completion")
            let sources = try #require(completions.first?["sources"], "before the text")
            #expect(sources[0]?["document"] == ["The password is swordfish."] && sources.array?.count == 1)
            #expect(stored.body["sources"]?[0]?["document"] == sources[0]?["document"] && stored.content == "Fine")
            #expect(stored.body["sources"]?[0]?["source"]?["name"] == "notes.txt")
            let status: JSONValue = ["action": "sources_retrieved", "count": 1, "done": true]
            #expect(TasksSurroundings.data(told, "status") == [status])
            let history = try #require(stored.body["statusHistory"]?.array)
            #expect(history.count == 1 && history[0]["action"] == "sources_retrieved" && history[0]["count"] == 1)
        }
    }

    @Test func `what can not be read is told as nothing found`() throws {
        try run { site, provider in
            let chat = try site.chat(["Hi", ""])
            try site.answer(["model": "near", "files": [["type": "file", "id": "f", "name": "f.pdf"]]], in: chat)
            #expect(provider.question == "Hi")
            let told = try site.told()
            #expect(TasksSurroundings.data(told, "status").first?["count"] == 0)
            #expect(TasksSurroundings.data(told, "chat:completion").allSatisfy { $0["sources"] == nil })
        }
    }

    @Test func `notes and chats are read by those who may`() throws {
        try run { site, provider in
            try site.database.execute("update account set role = 'user'")
            try site.database.execute(
                """
                insert into account (id, email, name, role, last_active_at, created_at, updated_at)
                values ('somebody', 'bob@example.com', 'Bob', 'user', 0, 0, 0)
                """
            )
            let own = try site.chat(["An earlier question", "An earlier answer"])
            for (id, owner, word) in [("n1", site.accountID, "lantern"), ("n2", "somebody", "secret")] {
                try site.database.execute(
                    """
                    insert into note (id, account_id, title, data, access_control, created_at, updated_at)
                    values (\(id), \(owner), 'Title', \(RawJSON(["content": ["md": .string(word)]])), '{}', 0, 0)
                    """
                )
            }
            let other = try site.chat(["Somebody else's secret"])
            try site.database.execute("update chat set account_id = 'somebody' where id = \(other)")
            try site.answer([
                "model": "near",
                "files": [
                    ["type": "note", "id": "n1"], ["type": "note", "id": "n2"], ["type": "chat", "id": .string(own)],
                    ["type": "chat", "id": .string(other)],
                ],
            ])
            #expect(provider.question.contains("lantern") && !provider.question.contains("secret"))
            #expect(provider.question.contains("#### User\nAn earlier question\n\n#### Assistant\nAn earlier answer\n"))
        }
    }

    @Test func `a folder's texts go with each of its chats`() throws {
        try run { site, provider in
            let chat = try site.chat(["Hi", ""])
            try site.database.execute(
                """
                insert into folder (id, account_id, name, data, created_at, updated_at)
                values ('f', \(site.accountID), 'F', \(RawJSON(["files": [Self.text]])), 0, 0)
                """
            )
            try site.database.execute("update chat set folder_id = 'f' where id = \(chat)")
            try site.answer(["model": "near"], in: chat)
            #expect(provider.question.contains("swordfish"))
        }
    }

    @Test(arguments: [true, false])
    func `a response begins with its sources`(isStreamed: Bool) throws {
        try run { site, provider in
            let response = try site.respond(to: [
                "model": "near", "stream": .bool(isStreamed), "files": [Self.text],
                "messages": [["role": "user", "content": "Hi"]],
            ])
            let sources = isStreamed ? response.events.first?["sources"] : response.json["sources"]
            #expect(response.status == 200 && sources?[0]?["document"] == ["The password is swordfish."])
            #expect(response.text.contains("Fine") && provider.question.contains("swordfish"))
        }
    }

    @Test func `too much is refused`() throws {
        try run { site, provider in
            let items = (0...ContextReader.maximumItems).map {
                ["type": "text", "id": JSONValue($0), "content": "x"] as JSONValue
            }
            try site.answer(["model": "near", "files": .array(items)])
            let error = TasksSurroundings.data(try site.told(), "chat:message:error").first?["error"]?["content"]?
                .string
            #expect(error?.contains("attachments") == true && provider.asked.withLock { $0.isNull })
        }
    }
}
