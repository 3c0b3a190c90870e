import Accounts
import Conversations
import Core
import Events
import Jobs
import Logging
import Outbound
import Postgres
import Testing

@testable import Inference

@Suite("Answers in channels", .database)
struct ChannelAnswersTests {
    /// A channel with one message, which the account wrote.
    private func ask(_ text: String, _ surroundings: TasksSurroundings, access: JSONValue? = nil) throws {
        try surroundings.database.execute(
            """
            insert into channel (id, account_id, name, access_control, created_at, updated_at)
            values ('c', 'somebody', 'room', \(access.map { RawJSON($0) }), 0, 0)
            """
        )
        try surroundings.database.execute(
            """
            insert into channel_message (id, channel_id, account_id, content, created_at, updated_at)
            values ('m', 'c', \(surroundings.accountID), \(text), 0, 0)
            """
        )
    }

    private func job(_ model: String, _ surroundings: TasksSurroundings) -> Job {
        Job(
            id: "1",
            kind: "channel.answer",
            payload: [
                "channel_id": "c", "message_id": "m", "model_id": .string(model), "answer_id": "a",
                "user_id": .string(surroundings.accountID),
            ]
        )
    }

    private func kind(_ surroundings: TasksSurroundings) -> JobKind {
        ChannelAnswers(
            settings: surroundings.settings,
            publisher: Publisher(socketPath: "/nonexistent"),
            log: Logger(label: "inference-tests")
        ).kind
    }

    private func tools(_ surroundings: TasksSurroundings, _ cancellation: Cancellation = Cancellation()) throws
        -> JobTools
    {
        let schema = try surroundings.database.query("select current_schema()")[0].text(0)
        return JobTools(
            pool: ConnectionPool(limit: 2) {
                Connection(url: TestDatabase.url, name: "swiftlet-tests", options: "-c search_path=\(schema),public")
            },
            cancellation: cancellation
        )
    }

    private func answer(_ surroundings: TasksSurroundings) throws -> (
        content: String, meta: JSONValue, parent: String?
    )? {
        try surroundings.database.query("select content, meta::text, parent_id from channel_message where id = 'a'")
            .first.map {
                (try $0.text(0), try JSONValue(parsing: $0.text(1)), $0.textOrNull(2))
            }
    }

    @Test("are made once, by the model that is named")
    func answering() throws {
        try TasksSurroundings.run { surroundings in
            try ask("Hello", surroundings)
            let job = job(DemonstrationModel.id, surroundings)
            for _ in 0..<2 { try kind(surroundings).run(job, tools(surroundings)) }
            let answer = try #require(try answer(surroundings))
            #expect(!answer.content.isEmpty && answer.parent == "m")
            #expect(
                answer.meta["done"] == true && answer.meta["model_id"] == .string(DemonstrationModel.id)
                    && answer.meta["error"] == nil
            )
            #expect(try surroundings.database.query("select count(*) from channel_message")[0].int(0) == 2)
        }
    }

    @Test("do not come from models that are not there, nor to accounts that are not")
    func nobody() throws {
        try TasksSurroundings.run { surroundings in
            try ask("Hello", surroundings, access: ["read": ["user_ids": [.string(surroundings.accountID)]]])
            try kind(surroundings).run(job("unknown", surroundings), tools(surroundings))
            // Reading the channel is not enough.
            try kind(surroundings).run(job(DemonstrationModel.id, surroundings), tools(surroundings))
            try surroundings.database.execute("update channel set access_control = null")
            try surroundings.database.execute("update account set role = 'pending'")
            try kind(surroundings).run(job(DemonstrationModel.id, surroundings), tools(surroundings))
            try surroundings.database.execute("delete from account")
            try kind(surroundings).run(job(DemonstrationModel.id, surroundings), tools(surroundings))
            try kind(surroundings).abandon(job(DemonstrationModel.id, surroundings), tools(surroundings))
            #expect(try answer(surroundings) == nil)
            #expect(throws: JobRefusal.self) {
                try kind(surroundings).run(Job(id: "1", kind: "x", payload: [:]), tools(surroundings))
            }
        }
    }

    @Test("say why there is none")
    func failure() throws {
        try TasksSurroundings.run(role: .admin) { surroundings in
            try surroundings.save(TasksSurroundings.deadProvider)
            try ask("Hello", surroundings)
            try kind(surroundings).run(job("far", surroundings), tools(surroundings))
            let answer = try #require(try answer(surroundings))
            #expect(answer.content.hasPrefix("The model could not be reached: ") && answer.meta["done"] == true)
            #expect(answer.meta["error"]?["content"]?.string == answer.content)
        }
    }

    @Test("that are interrupted are begun again, and in the end told as such")
    func interruption() throws {
        try TasksSurroundings.run(role: .admin) { surroundings in
            try surroundings.save(TasksSurroundings.deadProvider)
            try ask("Hello", surroundings)
            let cancelled = Cancellation()
            cancelled.cancel()
            let job = job("far", surroundings)
            #expect(throws: OutboundError.self) { try kind(surroundings).run(job, tools(surroundings, cancelled)) }
            #expect(try answer(surroundings)?.content == "" && answer(surroundings)?.meta["done"] == nil)
            try kind(surroundings).abandon(job, tools(surroundings))
            #expect(
                try answer(surroundings)?.content == "The answer was interrupted."
                    && answer(surroundings)?.meta["done"] == true
            )
        }
    }

    @Test("ask with the thread's words and pictures")
    func prompt() throws {
        try TasksSurroundings.run { surroundings in
            try ask("Look", surroundings)
            try surroundings.database.execute(
                "update channel_message set data = '{\"files\": [{\"type\": \"image\", \"url\": \"data:image/png;base64,x\"}]}'"
            )
            let answer = try #require(ChannelAnswer(payload: job(DemonstrationModel.id, surroundings).payload))
            let account = try #require(try Account.find(surroundings.accountID, surroundings.database))
            let thread = try #require(
                try answer.begin("Demo", account: account, Publisher(socketPath: "/nonexistent"), surroundings.database)
            )
            let body = ChannelPrompt(thread, DemonstrationModel.catalogModel).body
            let messages = body["messages"]
            #expect(
                body["stream"] == false && body["model"] == .string(DemonstrationModel.id)
                    && messages?.array?.count == 2
            )
            #expect(
                messages?[0]?["role"] == "system"
                    && messages?[0]?["content"]?.string?.contains("\n\nAda: Look\n\n") == true
            )
            #expect(
                messages?[1]?["content"] == [
                    ["type": "text", "text": "Ada: Look"],
                    ["type": "image_url", "image_url": ["url": "data:image/png;base64,x"]],
                ]
            )
        }
    }
}
