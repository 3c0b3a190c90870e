/// The table of settings: what an administrator can set, in one place.
///
/// The names, paths and defaults are those of Open WebUI 0.6.32. Some of its variables have no entry, as they speak of what Swiftlet
/// is not made of; they are ignored:
///
/// | variables | instead |
/// | --- | --- |
/// | `UVICORN_WORKERS`, `THREAD_POOL_SIZE`, `DATABASE_POOL_*`, `DATABASE_ENABLE_SQLITE_WAL` | processes and threads of the pools; one connection each |
/// | `REDIS_*`, `WEBSOCKET_MANAGER`, `WEBSOCKET_REDIS_*`, `WEBSOCKET_SENTINEL_*` | Postgres is the only shared state |
/// | `VECTOR_DB`, `CHROMA_*`, `MILVUS_*`, `QDRANT_*`, `OPENSEARCH_*`, `ELASTICSEARCH_*`, `PGVECTOR_*`, `PINECONE_*`, `ORACLE_*`, `S3_VECTOR_*` | vectors are in Postgres |
/// | `GCS_BUCKET_NAME`, `GOOGLE_APPLICATION_CREDENTIALS_JSON`, `AZURE_STORAGE_*` | local files or S3 |
/// | `ENABLE_COMPRESSION_MIDDLEWARE` | nginx compresses |
/// | `STATIC_DIR`, `FONTS_DIR`, `CUSTOM_NAME`, `WEBUI_BUILD_HASH`, `INSTANCE_ID`, `FROM_INIT_PY` | the client's files are served as they are |
/// | `DOCKER`, `K8S_FLAG`, `USE_OLLAMA_DOCKER`, `USE_CUDA_DOCKER`, `PIP_*`, `HF_HUB_OFFLINE` | no containers or Python packages are assumed |
/// | `SENTENCE_TRANSFORMERS_*`, `RAG_*_MODEL_AUTO_UPDATE`, `RAG_*_MODEL_TRUST_REMOTE_CODE`, `TIKTOKEN_CACHE_DIR`, `WHISPER_MODEL_DIR`, `WHISPER_MODEL_AUTO_UPDATE` | models are installed, not fetched |
/// | `ENABLE_OTEL*`, `OTEL_*`, `AUDIT_UVICORN_LOGGER_NAMES` | a status page, and logs in JSON |
/// | `AUDIO_LOG_LEVEL` and the other `*_LOG_LEVEL` of one source | `GLOBAL_LOG_LEVEL` |
/// | `LICENSE_*`, `TRUSTED_SIGNATURE_KEY` | there are no licences |
package enum Setting {
    package static let all: [any AnySettingKey] =
        server + pools + status + accounts + limits + oauth + ldap + permissions.map(\.key) + interface + channels
        + openAI
        + ollama
        + tasks
        + code + files
        + extraction + retrieval + webSearch + images + audio

    package static let byName: [String: any AnySettingKey] = Dictionary(
        all.map { ($0.name, $0) },
        uniquingKeysWith: { first, _ in first }
    )

    /// By the path of the reference's nested configuration.
    package static let byPath: [String: any AnySettingKey] = Dictionary(
        all.compactMap { key in key.storedPath.map { ($0, key) } },
        uniquingKeysWith: { first, _ in first }
    )
}
