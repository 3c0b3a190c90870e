/// Taking the text out of documents.
extension Setting {
    package static let contentExtractionEngine = SettingKey<String>(
        "CONTENT_EXTRACTION_ENGINE",
        stored: "rag.CONTENT_EXTRACTION_ENGINE",
        default: "",
        "What extracts texts: empty for our own, or external, tika, docling, datalab_marker, document_intelligence, mistral_ocr."
    )
    package static let pdfExtractImages = SettingKey<Bool>(
        "PDF_EXTRACT_IMAGES",
        stored: "rag.pdf_extract_images",
        default: false,
        "Whether texts in the images of PDF files are recognised."
    )
    package static let externalDocumentLoaderURL = SettingKey<String>(
        "EXTERNAL_DOCUMENT_LOADER_URL",
        stored: "rag.external_document_loader_url",
        default: "",
        "Address of an external extractor."
    )
    package static let externalDocumentLoaderAPIKey = SettingKey<String>(
        "EXTERNAL_DOCUMENT_LOADER_API_KEY",
        stored: "rag.external_document_loader_api_key",
        default: "",
        secret: true,
        "API key of the external extractor."
    )
    package static let tikaServerURL = SettingKey<String>(
        "TIKA_SERVER_URL",
        stored: "rag.tika_server_url",
        default: "http://tika:9998",
        "Address of the Tika server."
    )
    package static let doclingServerURL = SettingKey<String>(
        "DOCLING_SERVER_URL",
        stored: "rag.docling_server_url",
        default: "http://docling:5001",
        "Address of the Docling server."
    )
    package static let doclingDoOCR = SettingKey<Bool>(
        "DOCLING_DO_OCR",
        stored: "rag.docling_do_ocr",
        default: true,
        "Whether Docling recognises texts in images."
    )
    package static let doclingForceOCR = SettingKey<Bool>(
        "DOCLING_FORCE_OCR",
        stored: "rag.docling_force_ocr",
        default: false,
        "Whether Docling recognises texts even where there is text."
    )
    package static let doclingOCREngine = SettingKey<String>(
        "DOCLING_OCR_ENGINE",
        stored: "rag.docling_ocr_engine",
        default: "tesseract",
        "What Docling recognises texts with."
    )
    package static let doclingOCRLang = SettingKey<String>(
        "DOCLING_OCR_LANG",
        stored: "rag.docling_ocr_lang",
        default: "eng,fra,deu,spa",
        "Languages in which Docling recognises texts, separated by commas."
    )
    package static let doclingPDFBackend = SettingKey<String>(
        "DOCLING_PDF_BACKEND",
        stored: "rag.docling_pdf_backend",
        default: "dlparse_v4",
        "What Docling reads PDF files with."
    )
    package static let doclingTableMode = SettingKey<String>(
        "DOCLING_TABLE_MODE",
        stored: "rag.docling_table_mode",
        default: "accurate",
        "How Docling reads tables: fast or accurate."
    )
    package static let doclingPipeline = SettingKey<String>(
        "DOCLING_PIPELINE",
        stored: "rag.docling_pipeline",
        default: "standard",
        "Docling's way of working: standard or vlm."
    )
    package static let doclingDoPictureDescription = SettingKey<Bool>(
        "DOCLING_DO_PICTURE_DESCRIPTION",
        stored: "rag.docling_do_picture_description",
        default: false,
        "Whether Docling describes pictures."
    )
    package static let doclingPictureDescriptionMode = SettingKey<String>(
        "DOCLING_PICTURE_DESCRIPTION_MODE",
        stored: "rag.docling_picture_description_mode",
        default: "",
        "Who describes pictures for Docling: local or api."
    )
    package static let doclingPictureDescriptionLocal = SettingKey<JSONValue>(
        "DOCLING_PICTURE_DESCRIPTION_LOCAL",
        stored: "rag.docling_picture_description_local",
        default: [:],
        "Docling's options for a local model that describes pictures."
    )
    package static let doclingPictureDescriptionAPI = SettingKey<JSONValue>(
        "DOCLING_PICTURE_DESCRIPTION_API",
        stored: "rag.docling_picture_description_api",
        default: [:],
        "Docling's options for a service that describes pictures."
    )
    package static let datalabMarkerAPIKey = SettingKey<String>(
        "DATALAB_MARKER_API_KEY",
        stored: "rag.datalab_marker_api_key",
        default: "",
        secret: true,
        "API key of Datalab Marker."
    )
    package static let datalabMarkerAPIBaseURL = SettingKey<String>(
        "DATALAB_MARKER_API_BASE_URL",
        stored: "rag.datalab_marker_api_base_url",
        default: "",
        "Address of Datalab Marker; empty for the public one."
    )
    package static let datalabMarkerAdditionalConfig = SettingKey<String>(
        "DATALAB_MARKER_ADDITIONAL_CONFIG",
        stored: "rag.datalab_marker_additional_config",
        default: "",
        "Further options for Marker, as JSON text."
    )
    package static let datalabMarkerUseLLM = SettingKey<Bool>(
        "DATALAB_MARKER_USE_LLM",
        stored: "rag.DATALAB_MARKER_USE_LLM",
        default: false,
        "Whether Marker asks a language model."
    )
    package static let datalabMarkerSkipCache = SettingKey<Bool>(
        "DATALAB_MARKER_SKIP_CACHE",
        stored: "rag.datalab_marker_skip_cache",
        default: false,
        "Whether Marker reads a document again that it knows."
    )
    package static let datalabMarkerForceOCR = SettingKey<Bool>(
        "DATALAB_MARKER_FORCE_OCR",
        stored: "rag.datalab_marker_force_ocr",
        default: false,
        "Whether Marker recognises texts even where there is text."
    )
    package static let datalabMarkerPaginate = SettingKey<Bool>(
        "DATALAB_MARKER_PAGINATE",
        stored: "rag.datalab_marker_paginate",
        default: false,
        "Whether Marker keeps the pages apart."
    )
    package static let datalabMarkerStripExistingOCR = SettingKey<Bool>(
        "DATALAB_MARKER_STRIP_EXISTING_OCR",
        stored: "rag.datalab_marker_strip_existing_ocr",
        default: false,
        "Whether Marker ignores text that was recognised before."
    )
    package static let datalabMarkerDisableImageExtraction = SettingKey<Bool>(
        "DATALAB_MARKER_DISABLE_IMAGE_EXTRACTION",
        stored: "rag.datalab_marker_disable_image_extraction",
        default: false,
        "Whether Marker leaves images out."
    )
    package static let datalabMarkerFormatLines = SettingKey<Bool>(
        "DATALAB_MARKER_FORMAT_LINES",
        stored: "rag.datalab_marker_format_lines",
        default: false,
        "Whether Marker formats lines, formulas among them."
    )
    package static let datalabMarkerOutputFormat = SettingKey<String>(
        "DATALAB_MARKER_OUTPUT_FORMAT",
        stored: "rag.datalab_marker_output_format",
        default: "markdown",
        "What Marker gives: markdown, json or html."
    )
    package static let documentIntelligenceEndpoint = SettingKey<String>(
        "DOCUMENT_INTELLIGENCE_ENDPOINT",
        stored: "rag.document_intelligence_endpoint",
        default: "",
        "Address of Azure's Document Intelligence."
    )
    package static let documentIntelligenceKey = SettingKey<String>(
        "DOCUMENT_INTELLIGENCE_KEY",
        stored: "rag.document_intelligence_key",
        default: "",
        secret: true,
        "Key of Azure's Document Intelligence."
    )
    package static let mistralOCRAPIKey = SettingKey<String>(
        "MISTRAL_OCR_API_KEY",
        stored: "rag.mistral_ocr_api_key",
        default: "",
        secret: true,
        "API key of Mistral's OCR."
    )
    package static let youTubeLoaderLanguage = SettingKey<[String]>(
        "YOUTUBE_LOADER_LANGUAGE",
        stored: "rag.youtube_loader_language",
        default: ["en"],
        "Languages of transcripts, the preferred one first."
    )
    package static let youTubeLoaderProxyURL = SettingKey<String>(
        "YOUTUBE_LOADER_PROXY_URL",
        stored: "rag.youtube_loader_proxy_url",
        default: "",
        secret: true,
        "Proxy through which transcripts are fetched."
    )

    package static let extraction: [any AnySettingKey] = [
        contentExtractionEngine, pdfExtractImages, externalDocumentLoaderURL, externalDocumentLoaderAPIKey,
        tikaServerURL, doclingServerURL, doclingDoOCR, doclingForceOCR, doclingOCREngine, doclingOCRLang,
        doclingPDFBackend, doclingTableMode, doclingPipeline, doclingDoPictureDescription,
        doclingPictureDescriptionMode, doclingPictureDescriptionLocal, doclingPictureDescriptionAPI,
        datalabMarkerAPIKey, datalabMarkerAPIBaseURL, datalabMarkerAdditionalConfig, datalabMarkerUseLLM,
        datalabMarkerSkipCache, datalabMarkerForceOCR, datalabMarkerPaginate, datalabMarkerStripExistingOCR,
        datalabMarkerDisableImageExtraction, datalabMarkerFormatLines, datalabMarkerOutputFormat,
        documentIntelligenceEndpoint, documentIntelligenceKey, mistralOCRAPIKey, youTubeLoaderLanguage,
        youTubeLoaderProxyURL,
    ]
}
