package import Core
package import Postgres

/// A message to another service, by a POST to an address that somebody gave us for it.
package struct Webhook: Sendable, Equatable {
    /// Who chose the address.
    package enum Origin: String, Sendable {
        case administrator, user
    }

    package let url: String
    package let origin: Origin
    /// The installation's name.
    package let sender: String
    /// For services that show text.
    package let text: String
    /// For all others: `{action, message, …}`.
    package let event: JSONObject

    /// The most bytes of an address.
    package static let maximumURL = 2048

    package init(url: String, origin: Origin, sender: String, text: String, event: JSONObject) {
        self.url = url
        self.origin = origin
        self.sender = sender
        self.text = text
        self.event = event
    }

    /// Has them sent once the caller's transaction is committed. Each address has a lane, so that one that does not answer is asked by
    /// one thread at a time. What is no address at all is left out.
    package static func send(_ webhooks: [Webhook], _ database: Connection) throws {
        let jobs = webhooks.filter(\.isPossible).map { (payload: $0.payload, lane: String?.some("webhook \($0.url)")) }
        try JobStore.enqueue(kindName, jobs, database)
    }

    static let kindName = "webhook"

    private var isPossible: Bool {
        (url.hasPrefix("http://") || url.hasPrefix("https://")) && url.utf8.count <= Self.maximumURL
    }

    var payload: JSONValue {
        [
            "url": .string(url), "origin": .string(origin.rawValue), "sender": .string(sender), "text": .string(text),
            "event": .object(event),
        ]
    }

    /// - Throws: `JobRefusal` for what is no webhook.
    init(payload: JSONValue) throws {
        guard let url = payload["url"]?.string, let origin = payload["origin"]?.string.flatMap(Origin.init) else {
            throw JobRefusal("the job is no webhook")
        }
        self.init(
            url: url,
            origin: origin,
            sender: payload["sender"]?.string ?? "",
            text: payload["text"]?.string ?? "",
            event: payload["event"]?.object ?? [:]
        )
    }
}

// MARK: - What the receivers read

extension Webhook {
    private static let discordLimit = 2000
    private static let discordEnd = "... (truncated)"

    /// The body for the service that the address belongs to.
    var body: JSONValue {
        if url.hasPrefix("https://hooks.slack.com/") || url.hasPrefix("https://chat.googleapis.com/") {
            return ["text": .string(text)]
        }
        if url.hasPrefix("https://discord.com/api/webhooks/") { return ["content": .string(discordText)] }
        if isTeams { return card }
        return .object(event)
    }

    private var isTeams: Bool {
        let host = url.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2).first ?? ""
        return host == "webhook.office.com" || host.hasSuffix(".webhook.office.com")
    }

    /// Discord refuses what is longer than 2000 characters.
    private var discordText: String {
        let scalars = text.unicodeScalars
        guard scalars.count >= Self.discordLimit else { return text }
        return String(scalars.prefix(Self.discordLimit - 20)) + Self.discordEnd
    }

    /// A message card of Microsoft Teams. Its facts are the account that the event is about, or else the event's own values.
    private var card: JSONValue {
        let account = event["user"]?.string.flatMap { try? JSONValue(parsing: $0) }?.object
        let facts = (account ?? event.filter { $0.key != "message" }).map { name, value in
            ["name": .string(name), "value": .string(value.string ?? value.text)] as JSONValue
        }
        return [
            "@type": "MessageCard", "@context": "http://schema.org/extensions", "themeColor": "0076D7",
            "summary": .string(text),
            "sections": [
                [
                    "activityTitle": .string(text),
                    "activitySubtitle": .string(
                        "\(sender) (\(Build.clientVersion)) - \(event["action"]?.string ?? "undefined")"
                    ),
                    "facts": .array(facts), "markdown": true,
                ]
            ],
        ]
    }
}
