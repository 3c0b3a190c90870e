/// OpenAI, what speaks like it, and how other servers are called.
extension Setting {
    package static let enableOpenAIAPI = SettingKey<Bool>(
        "ENABLE_OPENAI_API",
        stored: "openai.enable",
        default: true,
        "Whether providers that speak like OpenAI are used."
    )
    package static let openAIAPIBaseURLs = SettingKey<[String]>(
        "OPENAI_API_BASE_URLS",
        stored: "openai.api_base_urls",
        default: ["https://api.openai.com/v1"],
        separator: ";",
        aliases: ["OPENAI_API_BASE_URL"],
        "Addresses of the providers."
    )
    package static let openAIAPIKeys = SettingKey<[String]>(
        "OPENAI_API_KEYS",
        stored: "openai.api_keys",
        default: [""],
        secret: true,
        separator: ";",
        aliases: ["OPENAI_API_KEY"],
        "Keys of the providers, in the order of their addresses."
    )
    package static let openAIAPIConfigs = SettingKey<JSONValue>(
        "OPENAI_API_CONFIGS",
        stored: "openai.api_configs",
        default: [:],
        secret: true,
        "What else is configured for each provider, by its place in the list."
    )
    package static let enableBaseModelsCache = SettingKey<Bool>(
        "ENABLE_BASE_MODELS_CACHE",
        stored: "models.base_models_cache",
        default: false,
        "Whether lists of models are kept until somebody asks for fresh ones."
    )
    package static let modelsCacheTTL = SettingKey<Int?>(
        "MODELS_CACHE_TTL",
        default: 1,
        "Seconds for which a provider's list of models is good; empty for ever."
    )
    package static let enableForwardUserInfoHeaders = SettingKey<Bool>(
        "ENABLE_FORWARD_USER_INFO_HEADERS",
        default: false,
        "Whether providers are told who asks."
    )
    package static let aiohttpClientTimeout = SettingKey<Int?>(
        "AIOHTTP_CLIENT_TIMEOUT",
        default: nil,
        "Seconds that a provider's whole answer may take; empty for no limit."
    )
    package static let providerSilenceLimit = SettingKey<Int?>(
        "PROVIDER_SILENCE_LIMIT",
        default: 900,
        "Seconds for which a provider may send nothing at all in the middle of an answer; empty for no limit."
    )
    package static let aiohttpClientTimeoutModelList = SettingKey<Int?>(
        "AIOHTTP_CLIENT_TIMEOUT_MODEL_LIST",
        default: 10,
        aliases: ["AIOHTTP_CLIENT_TIMEOUT_OPENAI_MODEL_LIST"],
        "Seconds that a provider's list of models may take; empty for no limit."
    )
    package static let aiohttpClientSessionSSL = SettingKey<Bool>(
        "AIOHTTP_CLIENT_SESSION_SSL",
        default: true,
        "Whether the certificates of providers are checked."
    )
    package static let toolServerConnections = SettingKey<[JSONValue]>(
        "TOOL_SERVER_CONNECTIONS",
        stored: "tool_server.connections",
        default: [],
        secret: true,
        "Tool servers for everybody: url, path, key, configuration."
    )
    package static let aiohttpClientTimeoutToolServerData = SettingKey<Int?>(
        "AIOHTTP_CLIENT_TIMEOUT_TOOL_SERVER_DATA",
        default: 10,
        "Seconds that a tool server's description may take; empty for no limit."
    )
    package static let aiohttpClientSessionToolServerSSL = SettingKey<Bool>(
        "AIOHTTP_CLIENT_SESSION_TOOL_SERVER_SSL",
        default: true,
        "Whether the certificates of tool servers are checked."
    )

    package static let openAI: [any AnySettingKey] = [
        enableOpenAIAPI, openAIAPIBaseURLs, openAIAPIKeys, openAIAPIConfigs, enableBaseModelsCache, modelsCacheTTL,
        enableForwardUserInfoHeaders, aiohttpClientTimeout, providerSilenceLimit, aiohttpClientTimeoutModelList,
        aiohttpClientSessionSSL,
        toolServerConnections, aiohttpClientTimeoutToolServerData, aiohttpClientSessionToolServerSSL,
    ]
}
