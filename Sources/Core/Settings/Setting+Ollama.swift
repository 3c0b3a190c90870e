/// Ollama servers.
extension Setting {
    package static let enableOllamaAPI = SettingKey<Bool>(
        "ENABLE_OLLAMA_API",
        stored: "ollama.enable",
        default: true,
        "Whether Ollama servers are used."
    )
    package static let ollamaBaseURLs = SettingKey<[String]>(
        "OLLAMA_BASE_URLS",
        stored: "ollama.base_urls",
        default: ["http://localhost:11434"],
        separator: ";",
        aliases: ["OLLAMA_BASE_URL", "OLLAMA_API_BASE_URL"],
        "Addresses of the Ollama servers."
    )
    package static let ollamaAPIConfigs = SettingKey<JSONValue>(
        "OLLAMA_API_CONFIGS",
        stored: "ollama.api_configs",
        default: [:],
        secret: true,
        "What else is configured for each server, by its place in the list; its key too."
    )

    package static let ollama: [any AnySettingKey] = [
        enableOllamaAPI, ollamaBaseURLs, ollamaAPIConfigs,
    ]
}
