import Core
import Outbound
import Postgres
import Testing

@testable import Jobs

@Suite("Webhooks")
struct WebhookTests {
    private func webhook(
        _ url: String,
        _ text: String = "Hello",
        _ event: JSONObject = ["action": "channel", "message": "Hi"]
    ) -> Webhook {
        Webhook(url: url, origin: .user, sender: "Test (Open WebUI)", text: text, event: event)
    }

    @Test("each service gets what it reads")
    func bodies() throws {
        for url in ["https://hooks.slack.com/services/T/B/x", "https://chat.googleapis.com/v1/spaces/x"] {
            #expect(webhook(url).body == ["text": "Hello"])
        }
        #expect(webhook("https://discord.com/api/webhooks/1/x").body == ["content": "Hello"])
        for url in [
            "https://example.com/?x=https://hooks.slack.com/", "http://hooks.slack.com/x",
            "https://webhook.office.com.example.com/x",
        ] {
            #expect(webhook(url).body == ["action": "channel", "message": "Hi"])
        }
    }

    @Test("Discord gets no more than it takes")
    func discord() {
        let url = "https://discord.com/api/webhooks/1/x"
        let fits = String(repeating: "é", count: 1999)
        #expect(webhook(url, fits).body["content"]?.string == fits)
        let cut = webhook(url, fits + "é").body["content"]?.string ?? ""
        #expect(cut == String(repeating: "é", count: 1980) + "... (truncated)")
    }

    @Test("Teams gets a card, with the account's facts or else the event's")
    func teams() {
        let url = "https://firm.webhook.office.com/webhookb2/x"
        let user: JSONValue = ["name": "Ada", "role": "user", "age": 36]
        let signup = webhook(
            url,
            "New user signed up: Ada",
            ["action": "signup", "message": "x", "user": .string(user.text)]
        ).body
        let section = signup["sections"]?[0]
        #expect(signup["@type"] == "MessageCard" && signup["summary"] == "New user signed up: Ada")
        #expect(section?["activitySubtitle"]?.string?.hasPrefix("Test (Open WebUI) (") == true)
        #expect(section?["activitySubtitle"]?.string?.hasSuffix(") - signup") == true)
        #expect(
            section?["facts"] == [
                ["name": "name", "value": "Ada"], ["name": "role", "value": "user"], ["name": "age", "value": "36"],
            ]
        )
        let channel = webhook(url, "#room", ["action": "channel", "message": "Hi", "title": "room"]).body["sections"]?[
            0
        ]
        #expect(channel?["facts"] == [["name": "action", "value": "channel"], ["name": "title", "value": "room"]])
    }
}

@Suite("Posting webhooks", .database)
struct WebhookDeliveryTests {
    private func send(_ urls: [String], _ origin: Webhook.Origin, _ queue: JobsSurroundings) throws {
        let webhooks = urls.map {
            Webhook(url: $0, origin: origin, sender: "Test", text: "Hello", event: ["action": "test"])
        }
        try Webhook.send(webhooks, queue.database)
    }

    private func kind(allowPrivate: Bool) -> JobKind {
        WebhookDelivery.kind { _ in .guarded(allowPrivate: allowPrivate) }
    }

    @Test("arrive, and are refused, tried again or dropped as the answer says")
    func answers() throws {
        try JobsSurroundings.run { queue in
            let receiver = try Receiver()
            let process = queue.process([kind(allowPrivate: true)])
            try send([receiver.url(), receiver.url("/404"), receiver.url("/503")], .user, queue)
            try send(
                [
                    receiver.url("/admin"), "ftp://example.com/", "/etc/passwd",
                    "http://" + String(repeating: "x", count: 3000),
                ],
                .administrator,
                queue
            )
            for path in ["/", "/404", "/503", "/admin"] { receiver.wait(at: path) }
            #expect(try queue.await([1, 0, 1]))
            let calls = receiver.wait()
            #expect(
                Set(calls.map(\.path)) == ["/", "/404", "/503", "/admin"]
                    && calls.allSatisfy { $0.body == ["action": "test"] }
            )
            process.stop()
        }
    }

    @Test("of users do not reach inside, those of administrators do")
    func egress() throws {
        try JobsSurroundings.run { queue in
            let receiver = try Receiver()
            let process = queue.process([kind(allowPrivate: false)])
            try send([receiver.url("/users")], .user, queue)
            try send([receiver.url("/admins")], .administrator, queue)
            #expect(try queue.await([0, 0, 1]))
            #expect(receiver.wait(at: "/admins").map(\.path) == ["/admins"])
            process.stop()
        }
    }

    @Test("to somebody who never answers hold up nobody else")
    func silence() throws {
        try JobsSurroundings.run { queue in
            let receiver = try Receiver()
            let process = queue.process([kind(allowPrivate: true)])
            try send(Array(repeating: receiver.url("/silence"), count: 20), .user, queue)
            receiver.wait(at: "/silence")
            try send([receiver.url("/good")], .user, queue)
            let calls = receiver.wait(at: "/good")
            #expect(calls.map(\.path) == ["/silence", "/good"])
            #expect(try queue.await([19, 1, 0]))
            process.stop()
        }
    }
}
