import Core
import Postgres
import Testing

@testable import Inference

/// Telling of a finished answer by a webhook.
@Suite(.database)
struct AnswerNoticeTests {
    private func jobs(_ site: TasksSurroundings) throws -> [JSONValue] {
        try site.database.query("select payload::text from job where kind = 'webhook'").map {
            try JSONValue(parsing: $0.text(0))
        }
    }

    private func answer(_ site: TasksSurroundings, url: String = "https://hooks.example/x") throws {
        let settings: JSONValue = ["ui": ["notifications": ["webhook_url": .string(url)]]]
        try site.database.execute("update account set settings = \(RawJSON(settings))")
        let chat = try site.chat(["Hi", ""])
        try site.answer(["model": .string(DemonstrationModel.id)], in: chat)
    }

    @Test func `somebody without an open page is told, if he wishes`() throws {
        try TasksSurroundings.run(["ENABLE_USER_WEBHOOKS": "true", "WEBUI_URL": "https://chat.example"]) { site in
            try answer(site, url: "")
            #expect(try jobs(site).isEmpty)
            try answer(site)
            let job = try #require(try jobs(site).first)
            #expect(job["url"] == "https://hooks.example/x" && job["origin"] == "user")
            let event = job["event"]
            #expect(event?["action"] == "chat" && event?["title"] == "New Chat")
            #expect(event?["message"]?.string?.contains("demonstration") == true)
            #expect(event?["url"]?.string?.hasPrefix("https://chat.example/c/") == true)
        }
    }

    @Test func `somebody with an open page is not`() throws {
        try TasksSurroundings.run(["ENABLE_USER_WEBHOOKS": "true"]) { site in
            try site.database.execute(
                """
                insert into socket_session (sid, daemon, epoch, account_id, session_id)
                values ('s', 'd', 'e', \(site.accountID), null)
                """
            )
            try answer(site)
            #expect(try jobs(site).isEmpty)
        }
    }

    @Test func `nobody is told where administrators have switched it off`() throws {
        try TasksSurroundings.run(["ENABLE_USER_WEBHOOKS": "false"]) { site in
            try answer(site)
            #expect(try jobs(site).isEmpty)
        }
    }
}
