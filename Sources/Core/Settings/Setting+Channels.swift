/// Channels, notes and what is saved while an answer is written.
extension Setting {
    package static let enableChannels = SettingKey<Bool>(
        "ENABLE_CHANNELS",
        stored: "channels.enable",
        default: false,
        "Whether there are channels."
    )
    package static let enableNotes = SettingKey<Bool>(
        "ENABLE_NOTES",
        stored: "notes.enable",
        default: true,
        "Whether there are notes."
    )
    package static let enableRealtimeChatSave = SettingKey<Bool>(
        "ENABLE_REALTIME_CHAT_SAVE",
        default: false,
        "Accepted for older deployments; answers are always saved while they are written."
    )
    package static let chatResponseStreamDeltaChunkSize = SettingKey<Int>(
        "CHAT_RESPONSE_STREAM_DELTA_CHUNK_SIZE",
        default: 1,
        "Pieces of an answer that are sent together."
    )
    package static let chatResponseMaxToolCallRetries = SettingKey<Int>(
        "CHAT_RESPONSE_MAX_TOOL_CALL_RETRIES",
        default: 30,
        "Rounds of tool calls in one answer."
    )

    package static let channels: [any AnySettingKey] = [
        enableChannels, enableNotes, enableRealtimeChatSave, chatResponseStreamDeltaChunkSize,
        chatResponseMaxToolCallRetries,
    ]
}
