/// One leaf of the tree of permissions that everybody has, and the variable that sets it.
package struct PermissionLeaf: Sendable {
    /// `workspace`, `sharing`, `chat` or `features`.
    package let area: String
    package let name: String
    package let key: SettingKey<Bool>

    init(_ area: String, _ name: String, _ variable: String, _ value: Bool, _ meaning: String) {
        self.area = area
        self.name = name
        key = SettingKey<Bool>("USER_PERMISSIONS_\(variable)", default: value, "Whether accounts may \(meaning).")
    }
}

/// What accounts may do as long as no administrator has decided otherwise.
extension Setting {
    /// In the order of the reference's tree.
    package static let permissions: [PermissionLeaf] = [
        PermissionLeaf("workspace", "models", "WORKSPACE_MODELS_ACCESS", false, "make models"),
        PermissionLeaf("workspace", "knowledge", "WORKSPACE_KNOWLEDGE_ACCESS", false, "make knowledge bases"),
        PermissionLeaf("workspace", "prompts", "WORKSPACE_PROMPTS_ACCESS", false, "make prompts"),
        PermissionLeaf("workspace", "tools", "WORKSPACE_TOOLS_ACCESS", false, "make tools"),
        PermissionLeaf(
            "sharing",
            "public_models",
            "WORKSPACE_MODELS_ALLOW_PUBLIC_SHARING",
            false,
            "share models with all"
        ),
        PermissionLeaf(
            "sharing",
            "public_knowledge",
            "WORKSPACE_KNOWLEDGE_ALLOW_PUBLIC_SHARING",
            false,
            "share knowledge bases with all"
        ),
        PermissionLeaf(
            "sharing",
            "public_prompts",
            "WORKSPACE_PROMPTS_ALLOW_PUBLIC_SHARING",
            false,
            "share prompts with all"
        ),
        PermissionLeaf(
            "sharing",
            "public_tools",
            "WORKSPACE_TOOLS_ALLOW_PUBLIC_SHARING",
            false,
            "share tools with all"
        ),
        PermissionLeaf("sharing", "public_notes", "NOTES_ALLOW_PUBLIC_SHARING", false, "share notes with all"),
        PermissionLeaf("chat", "controls", "CHAT_CONTROLS", true, "open a chat's controls"),
        PermissionLeaf("chat", "valves", "CHAT_VALVES", true, "set the valves of tools in a chat"),
        PermissionLeaf("chat", "system_prompt", "CHAT_SYSTEM_PROMPT", true, "set a chat's system prompt"),
        PermissionLeaf("chat", "params", "CHAT_PARAMS", true, "set a chat's parameters"),
        PermissionLeaf("chat", "file_upload", "CHAT_FILE_UPLOAD", true, "upload files"),
        PermissionLeaf("chat", "delete", "CHAT_DELETE", true, "delete chats"),
        PermissionLeaf("chat", "delete_message", "CHAT_DELETE_MESSAGE", true, "delete messages"),
        PermissionLeaf("chat", "continue_response", "CHAT_CONTINUE_RESPONSE", true, "have an answer continued"),
        PermissionLeaf("chat", "regenerate_response", "CHAT_REGENERATE_RESPONSE", true, "ask for another answer"),
        PermissionLeaf("chat", "rate_response", "CHAT_RATE_RESPONSE", true, "rate answers"),
        PermissionLeaf("chat", "edit", "CHAT_EDIT", true, "edit messages"),
        PermissionLeaf("chat", "share", "CHAT_SHARE", true, "share chats"),
        PermissionLeaf("chat", "export", "CHAT_EXPORT", true, "export chats"),
        PermissionLeaf("chat", "stt", "CHAT_STT", true, "dictate"),
        PermissionLeaf("chat", "tts", "CHAT_TTS", true, "have answers read out"),
        PermissionLeaf("chat", "call", "CHAT_CALL", true, "talk with a model"),
        PermissionLeaf("chat", "multiple_models", "CHAT_MULTIPLE_MODELS", true, "ask several models at once"),
        PermissionLeaf("chat", "temporary", "CHAT_TEMPORARY", true, "have chats that are not kept"),
        PermissionLeaf(
            "chat",
            "temporary_enforced",
            "CHAT_TEMPORARY_ENFORCED",
            false,
            "have no chats but those that are not kept"
        ),
        PermissionLeaf(
            "features",
            "direct_tool_servers",
            "FEATURES_DIRECT_TOOL_SERVERS",
            false,
            "connect to tool servers of their own"
        ),
        PermissionLeaf("features", "web_search", "FEATURES_WEB_SEARCH", true, "search the web"),
        PermissionLeaf("features", "image_generation", "FEATURES_IMAGE_GENERATION", true, "make images"),
        PermissionLeaf("features", "code_interpreter", "FEATURES_CODE_INTERPRETER", true, "let models run code"),
        PermissionLeaf("features", "notes", "FEATURES_NOTES", true, "have notes"),
    ]
}

extension Settings {
    /// `{workspace: {models, …}, sharing: {…}, chat: {…}, features: {…}}`.
    static func permissions(isSet: (String) -> Bool) -> JSONValue {
        var tree: JSONValue = [:]
        for leaf in Setting.permissions {
            var area = tree[leaf.area] ?? [:]
            area[leaf.name] = .bool(isSet(leaf.key.name))
            tree[leaf.area] = area
        }
        return tree
    }
}
