/// What the web client shows and offers.
extension Setting {
    package static let defaultLocale = SettingKey<String>(
        "DEFAULT_LOCALE",
        stored: "ui.default_locale",
        default: "",
        "Language of the client; empty for the browser's."
    )
    package static let defaultModels = SettingKey<String?>(
        "DEFAULT_MODELS",
        stored: "ui.default_models",
        default: nil,
        "Models that a new chat begins with, separated by commas."
    )
    package static let defaultPromptSuggestions = SettingKey<[JSONValue]>(
        "DEFAULT_PROMPT_SUGGESTIONS",
        stored: "ui.prompt_suggestions",
        default: SettingText.promptSuggestions,
        "Suggestions on the page of a new chat: title, in two parts, and content."
    )
    package static let modelOrderList = SettingKey<[JSONValue]>(
        "MODEL_ORDER_LIST",
        stored: "ui.model_order_list",
        default: [],
        "Ids of models in the order in which they are listed."
    )
    package static let responseWatermark = SettingKey<String>(
        "RESPONSE_WATERMARK",
        stored: "ui.watermark",
        default: "",
        "Text that is added to answers when they are copied."
    )
    package static let webUIBanners = SettingKey<[JSONValue]>(
        "WEBUI_BANNERS",
        stored: "ui.banners",
        default: [],
        "Banners at the top of the page: id, type, title, content, dismissible, timestamp."
    )
    package static let enableCommunitySharing = SettingKey<Bool>(
        "ENABLE_COMMUNITY_SHARING",
        stored: "ui.enable_community_sharing",
        default: true,
        "Whether chats may be shared with the Open WebUI community."
    )
    package static let enableMessageRating = SettingKey<Bool>(
        "ENABLE_MESSAGE_RATING",
        stored: "ui.enable_message_rating",
        default: true,
        "Whether answers can be rated."
    )
    package static let enableUserWebhooks = SettingKey<Bool>(
        "ENABLE_USER_WEBHOOKS",
        stored: "ui.enable_user_webhooks",
        default: true,
        "Whether accounts may have a webhook of their own."
    )
    package static let webhookURL = SettingKey<String>(
        "WEBHOOK_URL",
        stored: "webhook_url",
        default: "",
        secret: true,
        "Address that is told of new accounts."
    )
    package static let enableDirectConnections = SettingKey<Bool>(
        "ENABLE_DIRECT_CONNECTIONS",
        stored: "direct.enable",
        default: false,
        "Whether browsers may connect to providers of their own."
    )
    package static let enableEvaluationArenaModels = SettingKey<Bool>(
        "ENABLE_EVALUATION_ARENA_MODELS",
        stored: "evaluation.arena.enable",
        default: true,
        "Whether models can be compared without their names being shown."
    )
    package static let evaluationArenaModels = SettingKey<[JSONValue]>(
        "EVALUATION_ARENA_MODELS",
        stored: "evaluation.arena.models",
        default: [],
        "Arena models: id, name and meta with the models among which one is chosen."
    )
    package static let userPermissions = SettingKey<JSONValue>(
        "USER_PERMISSIONS",
        stored: "user.permissions",
        default: [:],
        "What accounts may do when no group says more."
    )

    package static let interface: [any AnySettingKey] = [
        defaultLocale, defaultModels, defaultPromptSuggestions, modelOrderList, responseWatermark, webUIBanners,
        enableCommunitySharing, enableMessageRating, enableUserWebhooks, webhookURL, enableDirectConnections,
        enableEvaluationArenaModels, evaluationArenaModels, userPermissions,
    ]
}
