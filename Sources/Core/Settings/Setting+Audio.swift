/// Speech to text and text to speech.
extension Setting {
    package static let audioSTTEngine = SettingKey<String>(
        "AUDIO_STT_ENGINE",
        stored: "audio.stt.engine",
        default: "",
        "Who transcribes speech: empty for our own, or openai, web, deepgram, azure."
    )
    package static let audioSTTModel = SettingKey<String>(
        "AUDIO_STT_MODEL",
        stored: "audio.stt.model",
        default: "",
        "Model that transcribes speech."
    )
    package static let audioSTTSupportedContentTypes = SettingKey<[String]>(
        "AUDIO_STT_SUPPORTED_CONTENT_TYPES",
        stored: "audio.stt.supported_content_types",
        default: [],
        "Media types that are transcribed; empty for all audio and WebM video."
    )
    package static let audioSTTOpenAIAPIBaseURL = SettingKey<String>(
        "AUDIO_STT_OPENAI_API_BASE_URL",
        stored: "audio.stt.openai.api_base_url",
        default: "https://api.openai.com/v1",
        "Address of the transcription provider that speaks like OpenAI."
    )
    package static let audioSTTOpenAIAPIKey = SettingKey<String>(
        "AUDIO_STT_OPENAI_API_KEY",
        stored: "audio.stt.openai.api_key",
        default: "",
        secret: true,
        "Its key; usually the one for api.openai.com."
    )
    package static let whisperModel = SettingKey<String>(
        "WHISPER_MODEL",
        stored: "audio.stt.whisper_model",
        default: "base",
        "Whisper model of our own transcription."
    )
    package static let whisperVADFilter = SettingKey<Bool>(
        "WHISPER_VAD_FILTER",
        stored: "audio.stt.whisper_vad_filter",
        default: false,
        "Whether our own transcription leaves silence out."
    )
    package static let whisperLanguage = SettingKey<String>(
        "WHISPER_LANGUAGE",
        default: "",
        "Language of all speech; empty to recognise it."
    )
    package static let deepgramAPIKey = SettingKey<String>(
        "DEEPGRAM_API_KEY",
        stored: "audio.stt.deepgram.api_key",
        default: "",
        secret: true,
        "API key of Deepgram."
    )
    package static let audioSTTAzureAPIKey = SettingKey<String>(
        "AUDIO_STT_AZURE_API_KEY",
        stored: "audio.stt.azure.api_key",
        default: "",
        secret: true,
        "Key of Azure's transcription."
    )
    package static let audioSTTAzureRegion = SettingKey<String>(
        "AUDIO_STT_AZURE_REGION",
        stored: "audio.stt.azure.region",
        default: "",
        "Region of Azure's transcription; empty for eastus."
    )
    package static let audioSTTAzureLocales = SettingKey<String>(
        "AUDIO_STT_AZURE_LOCALES",
        stored: "audio.stt.azure.locales",
        default: "",
        "Languages of Azure's transcription, separated by commas."
    )
    package static let audioSTTAzureBaseURL = SettingKey<String>(
        "AUDIO_STT_AZURE_BASE_URL",
        stored: "audio.stt.azure.base_url",
        default: "",
        "Address of Azure's transcription; empty for the region's."
    )
    package static let audioSTTAzureMaxSpeakers = SettingKey<String>(
        "AUDIO_STT_AZURE_MAX_SPEAKERS",
        stored: "audio.stt.azure.max_speakers",
        default: "",
        "Speakers that Azure tells apart; empty for three."
    )
    package static let audioTTSEngine = SettingKey<String>(
        "AUDIO_TTS_ENGINE",
        stored: "audio.tts.engine",
        default: "",
        "Who speaks: empty for the browser, or openai, elevenlabs, azure, transformers."
    )
    package static let audioTTSModel = SettingKey<String>(
        "AUDIO_TTS_MODEL",
        stored: "audio.tts.model",
        default: "tts-1",
        "Model that speaks."
    )
    package static let audioTTSVoice = SettingKey<String>(
        "AUDIO_TTS_VOICE",
        stored: "audio.tts.voice",
        default: "alloy",
        "Voice that speaks."
    )
    package static let audioTTSSplitOn = SettingKey<String>(
        "AUDIO_TTS_SPLIT_ON",
        stored: "audio.tts.split_on",
        default: "punctuation",
        "Where texts are cut to be spoken: punctuation, paragraphs or none."
    )
    package static let audioTTSAPIKey = SettingKey<String>(
        "AUDIO_TTS_API_KEY",
        stored: "audio.tts.api_key",
        default: "",
        secret: true,
        "API key of ElevenLabs or Azure."
    )
    package static let audioTTSOpenAIAPIBaseURL = SettingKey<String>(
        "AUDIO_TTS_OPENAI_API_BASE_URL",
        stored: "audio.tts.openai.api_base_url",
        default: "https://api.openai.com/v1",
        "Address of the speech provider that speaks like OpenAI."
    )
    package static let audioTTSOpenAIAPIKey = SettingKey<String>(
        "AUDIO_TTS_OPENAI_API_KEY",
        stored: "audio.tts.openai.api_key",
        default: "",
        secret: true,
        "Its key; usually the one for api.openai.com."
    )
    package static let audioTTSAzureSpeechRegion = SettingKey<String>(
        "AUDIO_TTS_AZURE_SPEECH_REGION",
        stored: "audio.tts.azure.speech_region",
        default: "",
        "Region of Azure's speech; empty for eastus."
    )
    package static let audioTTSAzureSpeechBaseURL = SettingKey<String>(
        "AUDIO_TTS_AZURE_SPEECH_BASE_URL",
        stored: "audio.tts.azure.speech_base_url",
        default: "",
        "Address of Azure's speech; empty for the region's."
    )
    package static let audioTTSAzureSpeechOutputFormat = SettingKey<String>(
        "AUDIO_TTS_AZURE_SPEECH_OUTPUT_FORMAT",
        stored: "audio.tts.azure.speech_output_format",
        default: "audio-24khz-160kbitrate-mono-mp3",
        "Audio format of Azure's speech."
    )

    package static let audio: [any AnySettingKey] = [
        audioSTTEngine, audioSTTModel, audioSTTSupportedContentTypes, audioSTTOpenAIAPIBaseURL, audioSTTOpenAIAPIKey,
        whisperModel, whisperVADFilter, whisperLanguage, deepgramAPIKey, audioSTTAzureAPIKey, audioSTTAzureRegion,
        audioSTTAzureLocales, audioSTTAzureBaseURL, audioSTTAzureMaxSpeakers, audioTTSEngine, audioTTSModel,
        audioTTSVoice, audioTTSSplitOn, audioTTSAPIKey, audioTTSOpenAIAPIBaseURL, audioTTSOpenAIAPIKey,
        audioTTSAzureSpeechRegion, audioTTSAzureSpeechBaseURL, audioTTSAzureSpeechOutputFormat,
    ]
}
