import Accounts
import Core
import Postgres
import Testing

@testable import API

@Suite("The webhook of sign-ups", .database)
struct SignUpNoticeTests {
    private func queue(_ environment: [String: String]) throws -> [JSONValue] {
        var payloads: [JSONValue] = []
        try WorkspaceServer.run { server in
            let database = server.database
            let settings = LiveSettings(base: try Settings(source: Settings.Source(environment: environment)))
            let account = try AccountStore.insert(
                NewAccount(email: "ada@example.com", name: "Ada", role: .pending, passwordHash: "secret hash"),
                database
            )
            try database.transaction { try SignUpNotice(settings: settings).queue(account, database) }
            payloads = try database.query("select payload::text from job where kind = 'webhook'").map {
                try JSONValue(parsing: $0.text(0))
            }
        }
        return payloads
    }

    @Test("tells who came, and no secret")
    func telling() throws {
        let webhooks = try queue(["WEBHOOK_URL": "https://example.com/hook", "WEBUI_NAME": "Site"])
        let event = webhooks.first?["event"]
        #expect(
            webhooks.count == 1 && webhooks.first?["url"] == "https://example.com/hook"
                && webhooks.first?["origin"] == "administrator"
        )
        #expect(
            event?["action"] == "signup" && event?["message"] == "New user signed up: Ada"
                && webhooks.first?["text"] == event?["message"]
        )
        let user = try JSONValue(parsing: event?["user"]?.string ?? "")
        #expect(user["name"] == "Ada" && user["email"] == "ada@example.com" && user["role"] == "pending")
        #expect(!webhooks[0].text.contains("secret hash"))
    }

    @Test("is not there unless an administrator set it")
    func silence() throws {
        #expect(try queue([:]).isEmpty)
    }
}
