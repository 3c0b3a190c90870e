/// What models do besides answering: titles, tags, queries and the like.
extension Setting {
    package static let taskModel = SettingKey<String>(
        "TASK_MODEL",
        stored: "task.model.default",
        default: "",
        "Model for tasks of chats with a local model; empty for the chat's own."
    )
    package static let taskModelExternal = SettingKey<String>(
        "TASK_MODEL_EXTERNAL",
        stored: "task.model.external",
        default: "",
        "Model for tasks of chats with an external model; empty for the chat's own."
    )
    package static let enableTitleGeneration = SettingKey<Bool>(
        "ENABLE_TITLE_GENERATION",
        stored: "task.title.enable",
        default: true,
        "Whether chats get a title."
    )
    package static let titleGenerationPromptTemplate = SettingKey<String>(
        "TITLE_GENERATION_PROMPT_TEMPLATE",
        stored: "task.title.prompt_template",
        default: "",
        "Prompt that asks for a title; empty for the usual one."
    )
    package static let enableTagsGeneration = SettingKey<Bool>(
        "ENABLE_TAGS_GENERATION",
        stored: "task.tags.enable",
        default: true,
        "Whether chats get tags."
    )
    package static let tagsGenerationPromptTemplate = SettingKey<String>(
        "TAGS_GENERATION_PROMPT_TEMPLATE",
        stored: "task.tags.prompt_template",
        default: "",
        "Prompt that asks for tags; empty for the usual one."
    )
    package static let imagePromptGenerationPromptTemplate = SettingKey<String>(
        "IMAGE_PROMPT_GENERATION_PROMPT_TEMPLATE",
        stored: "task.image.prompt_template",
        default: "",
        "Prompt that asks for the description of an image; empty for the usual one."
    )
    package static let enableFollowUpGeneration = SettingKey<Bool>(
        "ENABLE_FOLLOW_UP_GENERATION",
        stored: "task.follow_up.enable",
        default: true,
        "Whether answers come with questions to ask next."
    )
    package static let followUpGenerationPromptTemplate = SettingKey<String>(
        "FOLLOW_UP_GENERATION_PROMPT_TEMPLATE",
        stored: "task.follow_up.prompt_template",
        default: "",
        "Prompt that asks for questions to ask next; empty for the usual one."
    )
    package static let enableSearchQueryGeneration = SettingKey<Bool>(
        "ENABLE_SEARCH_QUERY_GENERATION",
        stored: "task.query.search.enable",
        default: true,
        "Whether a model words the queries of web searches."
    )
    package static let enableRetrievalQueryGeneration = SettingKey<Bool>(
        "ENABLE_RETRIEVAL_QUERY_GENERATION",
        stored: "task.query.retrieval.enable",
        default: true,
        "Whether a model words the queries of searches in documents."
    )
    package static let queryGenerationPromptTemplate = SettingKey<String>(
        "QUERY_GENERATION_PROMPT_TEMPLATE",
        stored: "task.query.prompt_template",
        default: "",
        "Prompt that asks for queries; empty for the usual one."
    )
    package static let enableAutocompleteGeneration = SettingKey<Bool>(
        "ENABLE_AUTOCOMPLETE_GENERATION",
        stored: "task.autocomplete.enable",
        default: false,
        "Whether a model completes what is being typed."
    )
    package static let autocompleteGenerationInputMaxLength = SettingKey<Int>(
        "AUTOCOMPLETE_GENERATION_INPUT_MAX_LENGTH",
        stored: "task.autocomplete.input_max_length",
        default: -1,
        "Length of a text that is still completed; -1 for any."
    )
    package static let autocompleteGenerationPromptTemplate = SettingKey<String>(
        "AUTOCOMPLETE_GENERATION_PROMPT_TEMPLATE",
        stored: "task.autocomplete.prompt_template",
        default: "",
        "Prompt that asks for a completion; empty for the usual one."
    )
    package static let toolsFunctionCallingPromptTemplate = SettingKey<String>(
        "TOOLS_FUNCTION_CALLING_PROMPT_TEMPLATE",
        stored: "task.tools.prompt_template",
        default: "",
        "Prompt that asks which tools to call, for models that know no tool calls; empty for the usual one."
    )

    package static let tasks: [any AnySettingKey] = [
        taskModel, taskModelExternal, enableTitleGeneration, titleGenerationPromptTemplate, enableTagsGeneration,
        tagsGenerationPromptTemplate, imagePromptGenerationPromptTemplate, enableFollowUpGeneration,
        followUpGenerationPromptTemplate, enableSearchQueryGeneration, enableRetrievalQueryGeneration,
        queryGenerationPromptTemplate, enableAutocompleteGeneration, autocompleteGenerationInputMaxLength,
        autocompleteGenerationPromptTemplate, toolsFunctionCallingPromptTemplate,
    ]
}
