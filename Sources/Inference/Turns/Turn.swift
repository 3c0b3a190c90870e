package import Core
import Postgres

/// One answer to be made: what a client asked for, and where the answer goes.
package struct Turn: Sendable {
    package enum Reply: Sendable, Equatable {
        /// To all sockets of the account; the answer is saved in a chat, unless that is temporary.
        case events(Place)
        /// To the one client whose response the daemon holds under this key.
        case stream(key: String)
    }

    /// Where an answer belongs. The chat `local` is temporary: its answers are told, and not stored.
    package struct Place: Sendable, Equatable {
        package let chatID: String
        package let messageID: String
        package let sessionID: String

        package init(chatID: String, messageID: String, sessionID: String) {
            self.chatID = chatID
            self.messageID = messageID
            self.sessionID = sessionID
        }

        package static let temporaryChat = "local"
        package var isStored: Bool { chatID != Self.temporaryChat && !chatID.hasPrefix("\(Self.temporaryChat):") }
    }

    /// By which surface the request came, which decides what is done besides asking the provider.
    package enum Kind: String, Sendable {
        /// `/api/chat/completions`: with everything a chat has.
        case chat
        /// `/openai/chat/completions`: the provider's own API with the workspace's models.
        case provider
        /// A route of Ollama's own API, whose answer is passed on as it comes.
        case ollama
    }

    package let id: String
    package let accountID: String
    package let reply: Reply
    package let kind: Kind
    /// The client's request.
    package let body: JSONObject
    /// The client's own token, where a connection passes it on.
    package let token: String?
    /// The id of the client's request, under which it stands in every log.
    package let requestID: String
    /// Whether its client has asked for its end already.
    package var isStopped = false
    /// Whether a part of the answer is known to have been shown, or all of it.
    package var isShown = false

    package init(
        id: String,
        accountID: String,
        reply: Reply,
        kind: Kind,
        body: JSONObject,
        token: String? = nil,
        requestID: String = ""
    ) {
        self.requestID = requestID
        self.id = id
        self.accountID = accountID
        self.reply = reply
        self.kind = kind
        self.body = body
        self.token = token
    }

    /// As the client names it.
    var model: String { body["model"]?.string ?? "" }

    package var place: Place? {
        if case .events(let place) = reply { place } else { nil }
    }

    package var storedPlace: Place? {
        place.flatMap { $0.isStored ? $0 : nil }
    }

    /// What `init(row:)` reads, of the table `turn`.
    static let columns: SQL =
        "turn.id, turn.account_id, turn.reply, turn.chat_id, turn.message_id, turn.session_id, turn.stream_key, turn.request::text, turn.stopped, turn.shown"

    init(row: Row) throws {
        id = try row.text(0)
        accountID = try row.text(1)
        if try row.text(2) == "events" {
            reply = .events(
                Place(
                    chatID: row.textOrNull(3) ?? Place.temporaryChat,
                    messageID: row.textOrNull(4) ?? "",
                    sessionID: row.textOrNull(5) ?? ""
                )
            )
        } else {
            reply = .stream(key: row.textOrNull(6) ?? "")
        }
        let request = try JSONValue(parsing: row.text(7))
        kind = request["kind"]?.string.flatMap(Kind.init) ?? .chat
        body = request["body"]?.object ?? [:]
        token = request["token"]?.string
        requestID = request["request_id"]?.string ?? ""
        isStopped = try row.bool(8)
        isShown = try row.bool(9)
    }

    var request: JSONObject {
        var request: JSONObject = ["kind": .string(kind.rawValue), "body": .object(body)]
        if let token { request["token"] = .string(token) }
        if !requestID.isEmpty { request["request_id"] = .string(requestID) }
        return request
    }
}
