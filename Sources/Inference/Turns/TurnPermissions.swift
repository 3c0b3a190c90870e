import Accounts
import Core
import HTTP
import Postgres

/// What an account's permissions leave of its requests for answers. The web client only hides the buttons; here the request is refused, or loses
/// what a client sends by itself, out of a chat or of settings that are older than the permission's end.
struct TurnPermissions {
    /// What the panel of a chat's parameters sets, under a provider's own names.
    private static let parameters: Set<String> = [
        "params", "temperature", "top_p", "top_k", "min_p", "frequency_penalty", "presence_penalty", "repeat_penalty",
        "repeat_last_n", "tfs_z", "mirostat", "mirostat_eta", "mirostat_tau", "seed", "stop", "logit_bias",
        "max_tokens", "max_completion_tokens", "num_ctx", "num_batch", "num_keep", "num_gpu", "num_thread",
        "reasoning_effort", "think", "format", "keep_alive", "options",
    ]
    private static let switches = ["web_search", "image_generation", "code_interpreter"]

    /// Nil for admins, who may do everything.
    private let permissions: Permissions?

    init(_ account: Account, _ settings: Settings) {
        permissions = account.isAdmin ? nil : Permissions(of: account, settings)
    }

    var maySetSystemPrompt: Bool {
        allows("chat.controls") && allows("chat.system_prompt")
    }

    private func allows(_ permission: String) -> Bool {
        permissions?.allows(permission) ?? true
    }

    /// The request without the parameters, system prompts, switches and tool servers that the account may not use.
    func trim(_ body: JSONObject) -> JSONObject {
        guard permissions != nil else { return body }
        var out = body
        if !allows("chat.controls") || !allows("chat.params") {
            out = out.filter { !Self.parameters.contains($0.key) }
        }
        if !maySetSystemPrompt {
            // The last three are Ollama's.
            for key in ["instructions", "system", "template", "raw"] { out[key] = nil }
            for key in ["messages", "input"] {
                guard let messages = body[key]?.array else { continue }
                out[key] = .array(messages.filter { !["system", "developer"].contains($0["role"]?.string) })
            }
        }
        for name in Self.switches where !allows("features.\(name)") && out["features"]?[name] != nil {
            out["features"]?[name] = false
        }
        if !allows("features.direct_tool_servers") { out["tool_servers"] = nil }
        return out
    }

    /// - Throws: 403.
    func check(_ body: JSONObject, _ place: Turn.Place?, _ database: Connection) throws {
        guard permissions != nil else { return }
        let messages = body["messages"]?.array ?? []
        let isTemporary = place.map { !$0.isStored } ?? (body["chat_id"]?.string == Turn.Place.temporaryChat)
        if isTemporary { try require("chat.temporary", or: "chat.temporary_enforced") }
        if messages.last?["role"] == "assistant" { try require("chat.continue_response") }
        if body["images"]?.isTruthy ?? false || messages.contains(where: Self.hasAttachment) {
            try require("chat.file_upload")
        }
        guard let place, place.isStored, !allows("chat.regenerate_response") || !allows("chat.multiple_models") else {
            return
        }
        let siblings = try Siblings(of: place, database)
        if siblings.areOfThisModel { try require("chat.regenerate_response") }
        if siblings.areOfOthers { try require("chat.multiple_models") }
    }

    private func require(_ permission: String, or other: String? = nil) throws {
        if allows(permission) { return }
        if let other, allows(other) { return }
        throw APIError.forbidden(Detail.accessProhibited)
    }

    /// A picture or a file beside the text; Ollama has pictures in a list of their own.
    private static func hasAttachment(_ message: JSONValue) -> Bool {
        message["images"]?.isTruthy ?? false || message["content"]?.array?.contains { $0["type"] != "text" } ?? false
    }

    /// The other answers to a question. Pages number the models that they ask at once by `modelIdx`.
    private struct Siblings {
        let areOfThisModel: Bool
        let areOfOthers: Bool

        init(of place: Turn.Place, _ database: Connection) throws {
            let row = try database.query(
                """
                select coalesce(bool_or(other.place = own.place and other.text <> ''), false),
                    coalesce(bool_or(other.place <> own.place), false)
                from (select parent_id, coalesce(body ->> 'modelIdx', '0') as place from chat_message
                      where chat_id = \(place.chatID) and id = \(place.messageID)) as own
                join (select id, parent_id, coalesce(content, '') as text, coalesce(body ->> 'modelIdx', '0') as place
                      from chat_message where chat_id = \(place.chatID) and role = 'assistant') as other
                    on other.parent_id = own.parent_id and other.id <> \(place.messageID)
                """
            )[0]
            areOfThisModel = try row.bool(0)
            areOfOthers = try row.bool(1)
        }
    }
}
