/// Searching and reading the web.
extension Setting {
    package static let enableWebSearch = SettingKey<Bool>(
        "ENABLE_WEB_SEARCH",
        stored: "rag.web.search.enable",
        default: false,
        "Whether the web can be searched."
    )
    package static let webSearchEngine = SettingKey<String>(
        "WEB_SEARCH_ENGINE",
        stored: "rag.web.search.engine",
        default: "",
        "Engine that searches the web."
    )
    package static let webSearchResultCount = SettingKey<Int>(
        "WEB_SEARCH_RESULT_COUNT",
        stored: "rag.web.search.result_count",
        default: 3,
        "Results of a search that are used."
    )
    package static let webSearchConcurrentRequests = SettingKey<Int>(
        "WEB_SEARCH_CONCURRENT_REQUESTS",
        stored: "rag.web.search.concurrent_requests",
        default: 10,
        "Searches at the same time."
    )
    package static let webSearchDomainFilterList = SettingKey<[String]>(
        "WEB_SEARCH_DOMAIN_FILTER_LIST",
        stored: "rag.web.search.domain.filter_list",
        default: [],
        "Hosts that results may come from; empty for all."
    )
    package static let bypassWebSearchEmbeddingAndRetrieval = SettingKey<Bool>(
        "BYPASS_WEB_SEARCH_EMBEDDING_AND_RETRIEVAL",
        stored: "rag.web.search.bypass_embedding_and_retrieval",
        default: false,
        "Whether models get whole pages, which are then not embedded."
    )
    package static let bypassWebSearchWebLoader = SettingKey<Bool>(
        "BYPASS_WEB_SEARCH_WEB_LOADER",
        stored: "rag.web.search.bypass_web_loader",
        default: false,
        "Whether models get what the engine says of pages instead of the pages."
    )
    package static let webSearchTrustEnv = SettingKey<Bool>(
        "WEB_SEARCH_TRUST_ENV",
        stored: "rag.web.search.trust_env",
        default: false,
        "Whether pages are fetched through the proxy that the environment names."
    )
    package static let enableQueriesCache = SettingKey<Bool>(
        "ENABLE_QUERIES_CACHE",
        default: false,
        "Whether the queries of a web search also serve the search in documents of the same request."
    )
    package static let webLoaderEngine = SettingKey<String>(
        "WEB_LOADER_ENGINE",
        stored: "rag.web.loader.engine",
        default: "",
        "What reads pages: empty or safe_web, playwright, firecrawl, tavily, external."
    )
    package static let webLoaderConcurrentRequests = SettingKey<Int>(
        "WEB_LOADER_CONCURRENT_REQUESTS",
        stored: "rag.web.loader.concurrent_requests",
        default: 10,
        "Pages that are read at the same time."
    )
    package static let enableWebLoaderSSLVerification = SettingKey<Bool>(
        "ENABLE_WEB_LOADER_SSL_VERIFICATION",
        stored: "rag.web.loader.ssl_verification",
        default: true,
        "Whether the certificates of web sites are checked."
    )
    package static let enableRAGLocalWebFetch = SettingKey<Bool>(
        "ENABLE_RAG_LOCAL_WEB_FETCH",
        default: false,
        "Whether pages on private addresses may be read."
    )
    package static let ollamaCloudWebSearchAPIKey = SettingKey<String>(
        "OLLAMA_CLOUD_WEB_SEARCH_API_KEY",
        stored: "rag.web.search.ollama_cloud_api_key",
        default: "",
        secret: true,
        aliases: ["OLLAMA_CLOUD_API_KEY"],
        "API key of Ollama's web search."
    )
    package static let searxngQueryURL = SettingKey<String>(
        "SEARXNG_QUERY_URL",
        stored: "rag.web.search.searxng_query_url",
        default: "",
        "Address of a SearXNG server."
    )
    package static let yacyQueryURL = SettingKey<String>(
        "YACY_QUERY_URL",
        stored: "rag.web.search.yacy_query_url",
        default: "",
        "Address of a YaCy server."
    )
    package static let yacyUsername = SettingKey<String>(
        "YACY_USERNAME",
        stored: "rag.web.search.yacy_username",
        default: "",
        "User name at the YaCy server."
    )
    package static let yacyPassword = SettingKey<String>(
        "YACY_PASSWORD",
        stored: "rag.web.search.yacy_password",
        default: "",
        secret: true,
        "Password at the YaCy server."
    )
    package static let googlePSEAPIKey = SettingKey<String>(
        "GOOGLE_PSE_API_KEY",
        stored: "rag.web.search.google_pse_api_key",
        default: "",
        secret: true,
        "API key of Google's Programmable Search Engine."
    )
    package static let googlePSEEngineID = SettingKey<String>(
        "GOOGLE_PSE_ENGINE_ID",
        stored: "rag.web.search.google_pse_engine_id",
        default: "",
        "Id of the Programmable Search Engine."
    )
    package static let braveSearchAPIKey = SettingKey<String>(
        "BRAVE_SEARCH_API_KEY",
        stored: "rag.web.search.brave_search_api_key",
        default: "",
        secret: true,
        "API key of Brave."
    )
    package static let kagiSearchAPIKey = SettingKey<String>(
        "KAGI_SEARCH_API_KEY",
        stored: "rag.web.search.kagi_search_api_key",
        default: "",
        secret: true,
        "API key of Kagi."
    )
    package static let mojeekSearchAPIKey = SettingKey<String>(
        "MOJEEK_SEARCH_API_KEY",
        stored: "rag.web.search.mojeek_search_api_key",
        default: "",
        secret: true,
        "API key of Mojeek."
    )
    package static let bochaSearchAPIKey = SettingKey<String>(
        "BOCHA_SEARCH_API_KEY",
        stored: "rag.web.search.bocha_search_api_key",
        default: "",
        secret: true,
        "API key of Bocha."
    )
    package static let serpstackAPIKey = SettingKey<String>(
        "SERPSTACK_API_KEY",
        stored: "rag.web.search.serpstack_api_key",
        default: "",
        secret: true,
        "API key of Serpstack."
    )
    package static let serpstackHTTPS = SettingKey<Bool>(
        "SERPSTACK_HTTPS",
        stored: "rag.web.search.serpstack_https",
        default: true,
        "Whether Serpstack is asked over TLS, which its free plan does not have."
    )
    package static let serperAPIKey = SettingKey<String>(
        "SERPER_API_KEY",
        stored: "rag.web.search.serper_api_key",
        default: "",
        secret: true,
        "API key of Serper."
    )
    package static let serplyAPIKey = SettingKey<String>(
        "SERPLY_API_KEY",
        stored: "rag.web.search.serply_api_key",
        default: "",
        secret: true,
        "API key of Serply."
    )
    package static let jinaAPIKey = SettingKey<String>(
        "JINA_API_KEY",
        stored: "rag.web.search.jina_api_key",
        default: "",
        secret: true,
        "API key of Jina."
    )
    package static let searchapiAPIKey = SettingKey<String>(
        "SEARCHAPI_API_KEY",
        stored: "rag.web.search.searchapi_api_key",
        default: "",
        secret: true,
        "API key of SearchApi."
    )
    package static let searchapiEngine = SettingKey<String>(
        "SEARCHAPI_ENGINE",
        stored: "rag.web.search.searchapi_engine",
        default: "",
        "Engine that SearchApi asks; empty for Google."
    )
    package static let serpapiAPIKey = SettingKey<String>(
        "SERPAPI_API_KEY",
        stored: "rag.web.search.serpapi_api_key",
        default: "",
        secret: true,
        "API key of SerpApi."
    )
    package static let serpapiEngine = SettingKey<String>(
        "SERPAPI_ENGINE",
        stored: "rag.web.search.serpapi_engine",
        default: "",
        "Engine that SerpApi asks; empty for Google."
    )
    package static let bingSearchV7Endpoint = SettingKey<String>(
        "BING_SEARCH_V7_ENDPOINT",
        stored: "rag.web.search.bing_search_v7_endpoint",
        default: "https://api.bing.microsoft.com/v7.0/search",
        "Address of Bing's search."
    )
    package static let bingSearchV7SubscriptionKey = SettingKey<String>(
        "BING_SEARCH_V7_SUBSCRIPTION_KEY",
        stored: "rag.web.search.bing_search_v7_subscription_key",
        default: "",
        secret: true,
        "Key of Bing's search."
    )
    package static let exaAPIKey = SettingKey<String>(
        "EXA_API_KEY",
        stored: "rag.web.search.exa_api_key",
        default: "",
        secret: true,
        "API key of Exa."
    )
    package static let perplexityAPIKey = SettingKey<String>(
        "PERPLEXITY_API_KEY",
        stored: "rag.web.search.perplexity_api_key",
        default: "",
        secret: true,
        "API key of Perplexity."
    )
    package static let perplexityModel = SettingKey<String>(
        "PERPLEXITY_MODEL",
        stored: "rag.web.search.perplexity_model",
        default: "sonar",
        "Model that Perplexity answers with."
    )
    package static let perplexitySearchContextUsage = SettingKey<String>(
        "PERPLEXITY_SEARCH_CONTEXT_USAGE",
        stored: "rag.web.search.perplexity_search_context_usage",
        default: "medium",
        "How much Perplexity reads: low, medium or high."
    )
    package static let sougouAPISID = SettingKey<String>(
        "SOUGOU_API_SID",
        stored: "rag.web.search.sougou_api_sid",
        default: "",
        secret: true,
        "Secret id at Tencent for Sogou."
    )
    package static let sougouAPISK = SettingKey<String>(
        "SOUGOU_API_SK",
        stored: "rag.web.search.sougou_api_sk",
        default: "",
        secret: true,
        "Secret key at Tencent for Sogou."
    )
    package static let tavilyAPIKey = SettingKey<String>(
        "TAVILY_API_KEY",
        stored: "rag.web.search.tavily_api_key",
        default: "",
        secret: true,
        "API key of Tavily, for searching and reading."
    )
    package static let tavilyExtractDepth = SettingKey<String>(
        "TAVILY_EXTRACT_DEPTH",
        stored: "rag.web.search.tavily_extract_depth",
        default: "basic",
        "How thoroughly Tavily reads pages: basic or advanced."
    )
    package static let firecrawlAPIKey = SettingKey<String>(
        "FIRECRAWL_API_KEY",
        stored: "rag.web.loader.firecrawl_api_key",
        default: "",
        secret: true,
        "API key of Firecrawl."
    )
    package static let firecrawlAPIBaseURL = SettingKey<String>(
        "FIRECRAWL_API_BASE_URL",
        stored: "rag.web.loader.firecrawl_api_url",
        default: "https://api.firecrawl.dev",
        "Address of Firecrawl."
    )
    package static let playwrightWSURL = SettingKey<String>(
        "PLAYWRIGHT_WS_URL",
        stored: "rag.web.loader.playwright_ws_url",
        default: "",
        "Address of a remote browser that reads pages."
    )
    package static let playwrightTimeout = SettingKey<Int>(
        "PLAYWRIGHT_TIMEOUT",
        stored: "rag.web.loader.playwright_timeout",
        default: 10000,
        "Milliseconds that the remote browser may take for a page."
    )
    package static let externalWebSearchURL = SettingKey<String>(
        "EXTERNAL_WEB_SEARCH_URL",
        stored: "rag.web.search.external_web_search_url",
        default: "",
        "Address of an external search service."
    )
    package static let externalWebSearchAPIKey = SettingKey<String>(
        "EXTERNAL_WEB_SEARCH_API_KEY",
        stored: "rag.web.search.external_web_search_api_key",
        default: "",
        secret: true,
        "API key of the external search service."
    )
    package static let externalWebLoaderURL = SettingKey<String>(
        "EXTERNAL_WEB_LOADER_URL",
        stored: "rag.web.loader.external_web_loader_url",
        default: "",
        "Address of an external page reader."
    )
    package static let externalWebLoaderAPIKey = SettingKey<String>(
        "EXTERNAL_WEB_LOADER_API_KEY",
        stored: "rag.web.loader.external_web_loader_api_key",
        default: "",
        secret: true,
        "API key of the external page reader."
    )

    package static let webSearch: [any AnySettingKey] = [
        enableWebSearch, webSearchEngine, webSearchResultCount, webSearchConcurrentRequests,
        webSearchDomainFilterList, bypassWebSearchEmbeddingAndRetrieval, bypassWebSearchWebLoader, webSearchTrustEnv,
        enableQueriesCache, webLoaderEngine, webLoaderConcurrentRequests, enableWebLoaderSSLVerification,
        enableRAGLocalWebFetch, ollamaCloudWebSearchAPIKey, searxngQueryURL, yacyQueryURL, yacyUsername, yacyPassword,
        googlePSEAPIKey, googlePSEEngineID, braveSearchAPIKey, kagiSearchAPIKey, mojeekSearchAPIKey,
        bochaSearchAPIKey, serpstackAPIKey, serpstackHTTPS, serperAPIKey, serplyAPIKey, jinaAPIKey, searchapiAPIKey,
        searchapiEngine, serpapiAPIKey, serpapiEngine, bingSearchV7Endpoint, bingSearchV7SubscriptionKey, exaAPIKey,
        perplexityAPIKey, perplexityModel, perplexitySearchContextUsage, sougouAPISID, sougouAPISK, tavilyAPIKey,
        tavilyExtractDepth, firecrawlAPIKey, firecrawlAPIBaseURL, playwrightWSURL, playwrightTimeout,
        externalWebSearchURL, externalWebSearchAPIKey, externalWebLoaderURL, externalWebLoaderAPIKey,
    ]
}
