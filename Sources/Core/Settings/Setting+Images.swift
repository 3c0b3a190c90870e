/// Making images.
extension Setting {
    package static let enableImageGeneration = SettingKey<Bool>(
        "ENABLE_IMAGE_GENERATION",
        stored: "image_generation.enable",
        default: false,
        "Whether images can be made."
    )
    package static let enableImagePromptGeneration = SettingKey<Bool>(
        "ENABLE_IMAGE_PROMPT_GENERATION",
        stored: "image_generation.prompt.enable",
        default: true,
        "Whether a model words the description of an image first."
    )
    package static let imageGenerationEngine = SettingKey<String>(
        "IMAGE_GENERATION_ENGINE",
        stored: "image_generation.engine",
        default: "openai",
        "Who makes images: openai, gemini, comfyui or automatic1111."
    )
    package static let imageGenerationModel = SettingKey<String>(
        "IMAGE_GENERATION_MODEL",
        stored: "image_generation.model",
        default: "",
        "Model that makes images; empty for the engine's usual one."
    )
    package static let imageSize = SettingKey<String>(
        "IMAGE_SIZE",
        stored: "image_generation.size",
        default: "512x512",
        "Size of images, such as 512x512, or auto."
    )
    package static let imageSteps = SettingKey<Int>(
        "IMAGE_STEPS",
        stored: "image_generation.steps",
        default: 50,
        "Steps in which an image is made."
    )
    package static let imagesOpenAIAPIBaseURL = SettingKey<String>(
        "IMAGES_OPENAI_API_BASE_URL",
        stored: "image_generation.openai.api_base_url",
        default: "https://api.openai.com/v1",
        "Address of the image provider that speaks like OpenAI."
    )
    package static let imagesOpenAIAPIVersion = SettingKey<String>(
        "IMAGES_OPENAI_API_VERSION",
        stored: "image_generation.openai.api_version",
        default: "",
        "API version, for Azure."
    )
    package static let imagesOpenAIAPIKey = SettingKey<String>(
        "IMAGES_OPENAI_API_KEY",
        stored: "image_generation.openai.api_key",
        default: "",
        secret: true,
        "Its key; usually the one for api.openai.com."
    )
    package static let imagesGeminiAPIBaseURL = SettingKey<String>(
        "IMAGES_GEMINI_API_BASE_URL",
        stored: "image_generation.gemini.api_base_url",
        default: "",
        aliases: ["GEMINI_API_BASE_URL"],
        "Address of Gemini."
    )
    package static let imagesGeminiAPIKey = SettingKey<String>(
        "IMAGES_GEMINI_API_KEY",
        stored: "image_generation.gemini.api_key",
        default: "",
        secret: true,
        aliases: ["GEMINI_API_KEY"],
        "API key of Gemini."
    )
    package static let automatic1111BaseURL = SettingKey<String>(
        "AUTOMATIC1111_BASE_URL",
        stored: "image_generation.automatic1111.base_url",
        default: "",
        "Address of the AUTOMATIC1111 server."
    )
    package static let automatic1111APIAuth = SettingKey<String>(
        "AUTOMATIC1111_API_AUTH",
        stored: "image_generation.automatic1111.api_auth",
        default: "",
        secret: true,
        "User name and password there, with a colon between them."
    )
    package static let automatic1111CFGScale = SettingKey<Double?>(
        "AUTOMATIC1111_CFG_SCALE",
        stored: "image_generation.automatic1111.cfg_scale",
        default: nil,
        "How closely AUTOMATIC1111 follows the description; empty for its own default."
    )
    package static let automatic1111Sampler = SettingKey<String?>(
        "AUTOMATIC1111_SAMPLER",
        stored: "image_generation.automatic1111.sampler",
        default: nil,
        "Sampler of AUTOMATIC1111; empty for its own default."
    )
    package static let automatic1111Scheduler = SettingKey<String?>(
        "AUTOMATIC1111_SCHEDULER",
        stored: "image_generation.automatic1111.scheduler",
        default: nil,
        "Scheduler of AUTOMATIC1111; empty for its own default."
    )
    package static let comfyUIBaseURL = SettingKey<String>(
        "COMFYUI_BASE_URL",
        stored: "image_generation.comfyui.base_url",
        default: "",
        "Address of the ComfyUI server."
    )
    package static let comfyUIAPIKey = SettingKey<String>(
        "COMFYUI_API_KEY",
        stored: "image_generation.comfyui.api_key",
        default: "",
        secret: true,
        "API key of the ComfyUI server."
    )
    package static let comfyUIWorkflow = SettingKey<String>(
        "COMFYUI_WORKFLOW",
        stored: "image_generation.comfyui.workflow",
        default: SettingText.comfyUIWorkflow,
        "Workflow that ComfyUI runs, as JSON text."
    )
    package static let comfyUIWorkflowNodes = SettingKey<[JSONValue]>(
        "COMFYUI_WORKFLOW_NODES",
        stored: "image_generation.comfyui.nodes",
        default: [],
        "Nodes of the workflow that take the description, the size and so on: type, key, node_ids."
    )

    package static let images: [any AnySettingKey] = [
        enableImageGeneration, enableImagePromptGeneration, imageGenerationEngine, imageGenerationModel, imageSize,
        imageSteps, imagesOpenAIAPIBaseURL, imagesOpenAIAPIVersion, imagesOpenAIAPIKey, imagesGeminiAPIBaseURL,
        imagesGeminiAPIKey, automatic1111BaseURL, automatic1111APIAuth, automatic1111CFGScale, automatic1111Sampler,
        automatic1111Scheduler, comfyUIBaseURL, comfyUIAPIKey, comfyUIWorkflow, comfyUIWorkflowNodes,
    ]
}
