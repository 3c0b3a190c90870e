/// The process, its files, its database and what it says of itself.
extension Setting {
    package static let dataDirectory = SettingKey<String>(
        "DATA_DIR",
        default: "/var/lib/swiftlet",
        "Directory of uploads, caches and the audit log."
    )
    package static let frontendDirectory = SettingKey<String>(
        "FRONTEND_BUILD_DIR",
        default: "",
        "Directory of the web client's files; empty when another server has them."
    )
    package static let databaseURL = SettingKey<String>(
        "DATABASE_URL",
        default: "",
        secret: true,
        "Address of the Postgres database, postgresql://user:password@host:port/name."
    )
    package static let databaseType = SettingKey<String>(
        "DATABASE_TYPE",
        default: "",
        "Scheme of the database's address, when it is given in parts."
    )
    package static let databaseUser = SettingKey<String>(
        "DATABASE_USER",
        default: "",
        "User of the database, when its address is given in parts."
    )
    package static let databasePassword = SettingKey<String>(
        "DATABASE_PASSWORD",
        default: "",
        secret: true,
        "Password of the database, when its address is given in parts."
    )
    package static let databaseHost = SettingKey<String>(
        "DATABASE_HOST",
        default: "",
        "Host of the database, when its address is given in parts."
    )
    package static let databasePort = SettingKey<String>(
        "DATABASE_PORT",
        default: "",
        "Port of the database, when its address is given in parts."
    )
    package static let databaseName = SettingKey<String>(
        "DATABASE_NAME",
        default: "",
        "Name of the database, when its address is given in parts."
    )
    package static let databaseSchema = SettingKey<String>(
        "DATABASE_SCHEMA",
        default: "",
        "Schema of the tables; empty for the search path of the database's user."
    )
    package static let databaseUserActiveStatusUpdateInterval = SettingKey<Double?>(
        "DATABASE_USER_ACTIVE_STATUS_UPDATE_INTERVAL",
        default: nil,
        "Seconds between two notes of when a user was last active; empty for every request."
    )
    package static let enablePersistentConfig = SettingKey<Bool>(
        "ENABLE_PERSISTENT_CONFIG",
        default: true,
        "Whether settings that administrators saved count at all."
    )
    package static let enableOAuthPersistentConfig = SettingKey<Bool>(
        "ENABLE_OAUTH_PERSISTENT_CONFIG",
        default: true,
        "Whether saved settings of OAuth count where the environment says nothing."
    )
    package static let resetConfigOnStart = SettingKey<Bool>(
        "RESET_CONFIG_ON_START",
        default: false,
        "Whether saved settings are deleted when the server starts."
    )
    package static let deployment = SettingKey<String>(
        "ENV",
        default: "dev",
        "Kind of deployment, dev or prod."
    )
    package static let webUIName = SettingKey<String>(
        "WEBUI_NAME",
        default: "Open WebUI",
        "Name of the service; another name than the standard one is shown with “(Open WebUI)” after it."
    )
    package static let webUIURL = SettingKey<String>(
        "WEBUI_URL",
        stored: "webui.url",
        default: "",
        "Address under which browsers reach the service, for redirects, webhooks and links."
    )
    package static let externalPWAManifestURL = SettingKey<String>(
        "EXTERNAL_PWA_MANIFEST_URL",
        default: "",
        "Address of a web app manifest that is served instead of ours."
    )
    package static let offlineMode = SettingKey<Bool>(
        "OFFLINE_MODE",
        default: false,
        "Whether the server asks nobody on the internet on its own behalf."
    )
    package static let enableVersionUpdateCheck = SettingKey<Bool>(
        "ENABLE_VERSION_UPDATE_CHECK",
        default: true,
        "Whether the client looks for newer releases."
    )
    package static let safeMode = SettingKey<Bool>(
        "SAFE_MODE",
        default: false,
        "Whether all functions are switched off when the server starts."
    )
    package static let globalLogLevel = SettingKey<String>(
        "GLOBAL_LOG_LEVEL",
        default: "INFO",
        "Least severe level that is logged: DEBUG, INFO, WARNING, ERROR or CRITICAL."
    )
    package static let auditLogLevel = SettingKey<String>(
        "AUDIT_LOG_LEVEL",
        default: "NONE",
        "What the audit log keeps of a request: NONE, METADATA, REQUEST or REQUEST_RESPONSE."
    )
    package static let auditLogFileRotationSize = SettingKey<String>(
        "AUDIT_LOG_FILE_ROTATION_SIZE",
        default: "10MB",
        "Size at which the audit log begins a new file."
    )
    package static let auditExcludedPaths = SettingKey<[String]>(
        "AUDIT_EXCLUDED_PATHS",
        default: ["/chats", "/chat", "/folders"],
        "Parts of the API that the audit log leaves out."
    )
    package static let maxBodyLogSize = SettingKey<Int>(
        "MAX_BODY_LOG_SIZE",
        default: 2048,
        "Bytes of a body that the audit log keeps."
    )
    package static let corsAllowOrigin = SettingKey<[String]>(
        "CORS_ALLOW_ORIGIN",
        default: ["*"],
        separator: ";",
        "Origins whose pages may use the API from a browser."
    )
    package static let corsAllowCustomScheme = SettingKey<[String]>(
        "CORS_ALLOW_CUSTOM_SCHEME",
        default: [],
        separator: ";",
        "Schemes besides http and https that an allowed origin may have."
    )
    package static let enableWebsocketSupport = SettingKey<Bool>(
        "ENABLE_WEBSOCKET_SUPPORT",
        default: true,
        "Whether clients connect by WebSocket; otherwise they poll."
    )
    package static let strictTransportSecurity = SettingKey<String>(
        "HSTS",
        default: "",
        "Value of the header Strict-Transport-Security."
    )
    package static let xFrameOptions = SettingKey<String>(
        "XFRAME_OPTIONS",
        default: "",
        "Value of the header X-Frame-Options, DENY or SAMEORIGIN."
    )
    package static let permissionsPolicy = SettingKey<String>(
        "PERMISSIONS_POLICY",
        default: "",
        "Value of the header Permissions-Policy."
    )
    package static let referrerPolicy = SettingKey<String>(
        "REFERRER_POLICY",
        default: "",
        "Value of the header Referrer-Policy."
    )
    package static let cacheControl = SettingKey<String>(
        "CACHE_CONTROL",
        default: "",
        "Value of the header Cache-Control."
    )
    package static let xDownloadOptions = SettingKey<String>(
        "XDOWNLOAD_OPTIONS",
        default: "",
        "Value of the header X-Download-Options."
    )
    package static let xContentType = SettingKey<String>(
        "XCONTENT_TYPE",
        default: "",
        "Value of the header X-Content-Type-Options."
    )
    package static let xPermittedCrossDomainPolicies = SettingKey<String>(
        "XPERMITTED_CROSS_DOMAIN_POLICIES",
        default: "",
        "Value of the header X-Permitted-Cross-Domain-Policies."
    )
    package static let contentSecurityPolicy = SettingKey<String>(
        "CONTENT_SECURITY_POLICY",
        default: "",
        "Value of the header Content-Security-Policy."
    )

    package static let eventsSocket = SettingKey<String>(
        "SWIFTLET_EVENTS_SOCKET",
        default: "/run/swiftlet/events.sock",
        "The unix socket on which the daemon that holds clients' connections takes events."
    )

    package static let server: [any AnySettingKey] = [
        eventsSocket, dataDirectory, frontendDirectory, databaseURL, databaseType, databaseUser, databasePassword,
        databaseHost,
        databasePort, databaseName, databaseSchema, databaseUserActiveStatusUpdateInterval, enablePersistentConfig,
        enableOAuthPersistentConfig, resetConfigOnStart, deployment, webUIName, webUIURL, externalPWAManifestURL,
        offlineMode, enableVersionUpdateCheck, safeMode, globalLogLevel, auditLogLevel, auditLogFileRotationSize,
        auditExcludedPaths, maxBodyLogSize, corsAllowOrigin, corsAllowCustomScheme, enableWebsocketSupport,
        strictTransportSecurity, xFrameOptions, permissionsPolicy, referrerPolicy, cacheControl, xDownloadOptions,
        xContentType, xPermittedCrossDomainPolicies, contentSecurityPolicy,
    ]
}
