/// Finding what is in documents.
extension Setting {
    package static let bypassEmbeddingAndRetrieval = SettingKey<Bool>(
        "BYPASS_EMBEDDING_AND_RETRIEVAL",
        stored: "rag.bypass_embedding_and_retrieval",
        default: false,
        "Whether models get whole documents, which are then not embedded."
    )
    package static let ragFullContext = SettingKey<Bool>(
        "RAG_FULL_CONTEXT",
        stored: "rag.full_context",
        default: false,
        "Whether models get whole documents, which are embedded all the same."
    )
    package static let ragTopK = SettingKey<Int>(
        "RAG_TOP_K",
        stored: "rag.top_k",
        default: 3,
        "Passages that are found for a query."
    )
    package static let ragTopKReranker = SettingKey<Int>(
        "RAG_TOP_K_RERANKER",
        stored: "rag.top_k_reranker",
        default: 3,
        "Passages that are left after ranking again."
    )
    package static let ragRelevanceThreshold = SettingKey<Double>(
        "RAG_RELEVANCE_THRESHOLD",
        stored: "rag.relevance_threshold",
        default: 0.0,
        "Least score of a passage in a hybrid search."
    )
    package static let enableRAGHybridSearch = SettingKey<Bool>(
        "ENABLE_RAG_HYBRID_SEARCH",
        stored: "rag.enable_hybrid_search",
        default: false,
        "Whether words count besides meaning."
    )
    package static let ragHybridBM25Weight = SettingKey<Double>(
        "RAG_HYBRID_BM25_WEIGHT",
        stored: "rag.hybrid_bm25_weight",
        default: 0.5,
        "Weight of words in a hybrid search, from 0 to 1."
    )
    package static let ragTemplate = SettingKey<String>(
        "RAG_TEMPLATE",
        stored: "rag.template",
        default: SettingText.retrievalTemplate,
        "Prompt around the passages that were found, with {{CONTEXT}} and {{QUERY}}."
    )
    package static let ragTextSplitter = SettingKey<String>(
        "RAG_TEXT_SPLITTER",
        stored: "rag.text_splitter",
        default: "",
        "How texts are cut: empty or character, token, markdown_header."
    )
    package static let tiktokenEncodingName = SettingKey<String>(
        "TIKTOKEN_ENCODING_NAME",
        stored: "rag.tiktoken_encoding_name",
        default: "cl100k_base",
        secret: true,
        "Encoding whose tokens are counted when texts are cut by tokens."
    )
    package static let chunkSize = SettingKey<Int>(
        "CHUNK_SIZE",
        stored: "rag.chunk_size",
        default: 1000,
        "Length of a passage, in characters or tokens."
    )
    package static let chunkOverlap = SettingKey<Int>(
        "CHUNK_OVERLAP",
        stored: "rag.chunk_overlap",
        default: 100,
        "What passages have in common with their neighbours, in characters or tokens."
    )
    package static let ragEmbeddingEngine = SettingKey<String>(
        "RAG_EMBEDDING_ENGINE",
        stored: "rag.embedding_engine",
        default: "",
        "Who computes embeddings: empty for our own, or ollama, openai, azure_openai."
    )
    package static let ragEmbeddingModel = SettingKey<String>(
        "RAG_EMBEDDING_MODEL",
        stored: "rag.embedding_model",
        default: "sentence-transformers/all-MiniLM-L6-v2",
        "Model that computes embeddings."
    )
    package static let ragEmbeddingBatchSize = SettingKey<Int>(
        "RAG_EMBEDDING_BATCH_SIZE",
        stored: "rag.embedding_batch_size",
        default: 1,
        aliases: ["RAG_EMBEDDING_OPENAI_BATCH_SIZE"],
        "Texts that are sent to the embedding model at once."
    )
    package static let ragEmbeddingQueryPrefix = SettingKey<String>(
        "RAG_EMBEDDING_QUERY_PREFIX",
        default: "",
        "What is put before a query that is embedded."
    )
    package static let ragEmbeddingContentPrefix = SettingKey<String>(
        "RAG_EMBEDDING_CONTENT_PREFIX",
        default: "",
        "What is put before a passage that is embedded."
    )
    package static let ragEmbeddingPrefixFieldName = SettingKey<String>(
        "RAG_EMBEDDING_PREFIX_FIELD_NAME",
        default: "",
        "Field of the request that takes the prefix instead of the text."
    )
    package static let ragOpenAIAPIBaseURL = SettingKey<String>(
        "RAG_OPENAI_API_BASE_URL",
        stored: "rag.openai_api_base_url",
        default: "https://api.openai.com/v1",
        "Address of the provider of embeddings that speaks like OpenAI."
    )
    package static let ragOpenAIAPIKey = SettingKey<String>(
        "RAG_OPENAI_API_KEY",
        stored: "rag.openai_api_key",
        default: "",
        secret: true,
        "Its key; usually the one for api.openai.com."
    )
    package static let ragAzureOpenAIBaseURL = SettingKey<String>(
        "RAG_AZURE_OPENAI_BASE_URL",
        stored: "rag.azure_openai.base_url",
        default: "",
        "Address of Azure OpenAI for embeddings."
    )
    package static let ragAzureOpenAIAPIKey = SettingKey<String>(
        "RAG_AZURE_OPENAI_API_KEY",
        stored: "rag.azure_openai.api_key",
        default: "",
        secret: true,
        "Key of Azure OpenAI for embeddings."
    )
    package static let ragAzureOpenAIAPIVersion = SettingKey<String>(
        "RAG_AZURE_OPENAI_API_VERSION",
        stored: "rag.azure_openai.api_version",
        default: "",
        "API version of Azure OpenAI for embeddings."
    )
    package static let ragOllamaBaseURL = SettingKey<String>(
        "RAG_OLLAMA_BASE_URL",
        stored: "rag.ollama.url",
        default: "http://localhost:11434",
        "Address of the Ollama server for embeddings; usually the first of all."
    )
    package static let ragOllamaAPIKey = SettingKey<String>(
        "RAG_OLLAMA_API_KEY",
        stored: "rag.ollama.key",
        default: "",
        secret: true,
        "Key of the Ollama server for embeddings."
    )
    package static let ragRerankingEngine = SettingKey<String>(
        "RAG_RERANKING_ENGINE",
        stored: "rag.reranking_engine",
        default: "",
        "Who ranks passages again: empty for our own, or external."
    )
    package static let ragRerankingModel = SettingKey<String>(
        "RAG_RERANKING_MODEL",
        stored: "rag.reranking_model",
        default: "",
        "Model that ranks passages again; empty for none."
    )
    package static let ragExternalRerankerURL = SettingKey<String>(
        "RAG_EXTERNAL_RERANKER_URL",
        stored: "rag.external_reranker_url",
        default: "",
        "Address of an external ranking service."
    )
    package static let ragExternalRerankerAPIKey = SettingKey<String>(
        "RAG_EXTERNAL_RERANKER_API_KEY",
        stored: "rag.external_reranker_api_key",
        default: "",
        secret: true,
        "API key of the external ranking service."
    )

    package static let retrieval: [any AnySettingKey] = [
        bypassEmbeddingAndRetrieval, ragFullContext, ragTopK, ragTopKReranker, ragRelevanceThreshold,
        enableRAGHybridSearch, ragHybridBM25Weight, ragTemplate, ragTextSplitter, tiktokenEncodingName, chunkSize,
        chunkOverlap, ragEmbeddingEngine, ragEmbeddingModel, ragEmbeddingBatchSize, ragEmbeddingQueryPrefix,
        ragEmbeddingContentPrefix, ragEmbeddingPrefixFieldName, ragOpenAIAPIBaseURL, ragOpenAIAPIKey,
        ragAzureOpenAIBaseURL, ragAzureOpenAIAPIKey, ragAzureOpenAIAPIVersion, ragOllamaBaseURL, ragOllamaAPIKey,
        ragRerankingEngine, ragRerankingModel, ragExternalRerankerURL, ragExternalRerankerAPIKey,
    ]
}
