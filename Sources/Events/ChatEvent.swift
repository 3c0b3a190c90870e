package import Core

/// What happens to a chat's message, as the event `chat-events` tells the client:
/// `{"chat_id":…,"message_id":…,"data":{"type":…,"data":…}}`.
package struct ChatEvent: Sendable {
    /// The Socket.IO event that carries it.
    package static let name = "chat-events"

    package let type: String
    /// JSON text; nil where the client expects no `data` at all.
    package let data: [UInt8]?

    package init(type: String, data: [UInt8]?) {
        self.type = type
        self.data = data
    }

    /// An event as it came from a plug-in or the API.
    package init(type: String, data: JSONValue) {
        self.init(type: type, data: data.bytes)
    }

    private init(type: String, capacity: Int = 256, _ members: (inout JSONWriter) -> Void) {
        var json = JSONWriter(capacity: capacity)
        json.object(members)
        self.init(type: type, data: json.bytes)
    }

    /// The argument of the `chat-events` event.
    package func payload(chatID: String?, messageID: String?) -> [UInt8] {
        var json = JSONWriter(capacity: (data?.count ?? 0) + 192)
        json.object {
            $0.field("chat_id", chatID)
            $0.field("message_id", messageID)
            $0.key("data")
            $0.object {
                $0.field("type", type)
                if let data {
                    $0.key("data")
                    $0.raw(data)
                }
            }
        }
        return json.bytes
    }
}

// MARK: - The answer's text

extension ChatEvent {
    private static let completion = "chat:completion"

    /// A provider's chunk, handed on: the client appends its `delta`.
    package static func chunk(_ json: [UInt8]) -> ChatEvent {
        ChatEvent(type: completion, data: json)
    }

    /// More text, which the client appends to what it has.
    package static func delta(_ text: String) -> ChatEvent {
        ChatEvent(type: completion, capacity: text.utf8.count + 96) {
            $0.key("choices")
            $0.array {
                $0.object {
                    $0.field("index", 0)
                    $0.key("delta")
                    $0.object { $0.field("content", text) }
                }
            }
        }
    }

    /// The whole text so far, which replaces what the client has.
    package static func content(_ text: String) -> ChatEvent {
        ChatEvent(type: completion, capacity: text.utf8.count + 32) { $0.field("content", text) }
    }

    /// The end of the answer. The title is the chat's; nil where it has none.
    package static func done(content: String, title: String?) -> ChatEvent {
        ChatEvent(type: completion, capacity: content.utf8.count + 96) {
            $0.field("done", true)
            $0.field("content", content)
            $0.field("title", title)
        }
    }

    package static func usage(_ usage: JSONValue) -> ChatEvent {
        ChatEvent(type: completion) { $0.field("usage", usage) }
    }

    package static func sources(_ sources: JSONValue) -> ChatEvent {
        ChatEvent(type: completion) { $0.field("sources", sources) }
    }

    /// The model that an arena has chosen.
    package static func selectedModel(_ id: String) -> ChatEvent {
        ChatEvent(type: completion) { $0.field("selected_model_id", id) }
    }

    /// An error object inside a provider's stream.
    package static func completionError(_ error: JSONValue) -> ChatEvent {
        ChatEvent(type: completion) { $0.field("error", error) }
    }
}

// MARK: - What goes with it

extension ChatEvent {
    /// `{action?, description?, done, …}`. The client translates the description, which must match literally.
    package static func status(_ status: JSONValue) -> ChatEvent {
        ChatEvent(type: "status", data: status)
    }

    /// The content is text, or the provider's error object.
    package static func error(_ content: JSONValue) -> ChatEvent {
        ChatEvent(type: "chat:message:error") {
            $0.key("error")
            $0.object { $0.field("content", content) }
        }
    }

    /// The answer was stopped: the client marks it as done.
    package static let cancelled = ChatEvent(type: "chat:tasks:cancel", data: nil as [UInt8]?)

    package static func followUps(_ questions: [String]) -> ChatEvent {
        ChatEvent(type: "chat:message:follow_ups") {
            $0.key("follow_ups")
            $0.array(of: questions) { $0.string($1) }
        }
    }

    package static func title(_ title: String) -> ChatEvent {
        ChatEvent(type: "chat:title", data: .string(title))
    }

    package static func tags(_ names: [String]) -> ChatEvent {
        ChatEvent(type: "chat:tags", data: JSONValue(names))
    }

    /// A list of `{type, url}` or `{type, content}`; only the new ones.
    package static func files(_ files: JSONValue) -> ChatEvent {
        ChatEvent(type: "files") { $0.field("files", files) }
    }

    /// HTML or addresses; only the new ones.
    package static func embeds(_ embeds: [String]) -> ChatEvent {
        ChatEvent(type: "embeds") {
            $0.key("embeds")
            $0.array(of: embeds) { $0.string($1) }
        }
    }

    /// A message whose text was changed from elsewhere.
    package static func message(chatID: String, messageID: String, content: String) -> ChatEvent {
        ChatEvent(type: "chat:message", capacity: content.utf8.count + 128) {
            $0.field("chat_id", chatID)
            $0.field("message_id", messageID)
            $0.field("content", content)
        }
    }
}
