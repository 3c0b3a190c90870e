/// Signing in and up, sessions, API keys and what administrators may see.
extension Setting {
    package static let webUIAuth = SettingKey<Bool>(
        "WEBUI_AUTH",
        default: true,
        "Whether people sign in; otherwise there is one account for everybody."
    )
    package static let webUISecretKey = SettingKey<String>(
        "WEBUI_SECRET_KEY",
        default: "",
        secret: true,
        aliases: ["WEBUI_JWT_SECRET_KEY"],
        "Key that signs session tokens and seals stored secrets; the same as in an installation that was moved in."
    )
    package static let enableSignup = SettingKey<Bool>(
        "ENABLE_SIGNUP",
        stored: "ui.enable_signup",
        default: true,
        "Whether visitors may create an account; switched off after the first one."
    )
    package static let enableLoginForm = SettingKey<Bool>(
        "ENABLE_LOGIN_FORM",
        stored: "ui.ENABLE_LOGIN_FORM",
        default: true,
        "Whether people may sign in with e-mail and password."
    )
    package static let enableInitialAdminSignup = SettingKey<Bool>(
        "ENABLE_INITIAL_ADMIN_SIGNUP",
        default: false,
        "Whether the first account may be created although sign-up is closed."
    )
    package static let enableSignupPasswordConfirmation = SettingKey<Bool>(
        "ENABLE_SIGNUP_PASSWORD_CONFIRMATION",
        default: false,
        "Whether the sign-up form asks for the password twice."
    )
    package static let defaultUserRole = SettingKey<String>(
        "DEFAULT_USER_ROLE",
        stored: "ui.default_user_role",
        default: "pending",
        "Role of new accounts: pending, user or admin."
    )
    package static let pendingUserOverlayTitle = SettingKey<String>(
        "PENDING_USER_OVERLAY_TITLE",
        stored: "ui.pending_user_overlay_title",
        default: "",
        "Title of what accounts see that wait for approval."
    )
    package static let pendingUserOverlayContent = SettingKey<String>(
        "PENDING_USER_OVERLAY_CONTENT",
        stored: "ui.pending_user_overlay_content",
        default: "",
        "Text, in Markdown, of what accounts see that wait for approval."
    )
    package static let showAdminDetails = SettingKey<Bool>(
        "SHOW_ADMIN_DETAILS",
        stored: "auth.admin.show",
        default: true,
        "Whether accounts that wait for approval are told whom to ask."
    )
    package static let adminEmail = SettingKey<String>(
        "ADMIN_EMAIL",
        stored: "auth.admin.email",
        default: "",
        "Address of whom to ask for approval; empty for the first administrator."
    )
    package static let jwtExpiresIn = SettingKey<String>(
        "JWT_EXPIRES_IN",
        stored: "auth.jwt_expiry",
        default: "-1",
        "How long a session lasts, such as 4w or 12h; -1 for ever."
    )
    package static let webUISessionCookieSameSite = SettingKey<String>(
        "WEBUI_SESSION_COOKIE_SAME_SITE",
        default: "lax",
        "SameSite attribute of the cookie that is used while signing in with OAuth."
    )
    package static let webUISessionCookieSecure = SettingKey<Bool>(
        "WEBUI_SESSION_COOKIE_SECURE",
        default: false,
        "Whether that cookie is sent over TLS only."
    )
    package static let webUIAuthCookieSameSite = SettingKey<String>(
        "WEBUI_AUTH_COOKIE_SAME_SITE",
        default: "lax",
        inherits: "WEBUI_SESSION_COOKIE_SAME_SITE",
        "SameSite attribute of the cookie with the session's token."
    )
    package static let webUIAuthCookieSecure = SettingKey<Bool>(
        "WEBUI_AUTH_COOKIE_SECURE",
        default: false,
        inherits: "WEBUI_SESSION_COOKIE_SECURE",
        "Whether the cookie with the session's token is sent over TLS only."
    )
    package static let webUIAuthTrustedEmailHeader = SettingKey<String>(
        "WEBUI_AUTH_TRUSTED_EMAIL_HEADER",
        default: "",
        "Header in which a trusted proxy names the account by e-mail."
    )
    package static let webUIAuthTrustedNameHeader = SettingKey<String>(
        "WEBUI_AUTH_TRUSTED_NAME_HEADER",
        default: "",
        "Header in which a trusted proxy gives the account's name."
    )
    package static let webUIAuthTrustedGroupsHeader = SettingKey<String>(
        "WEBUI_AUTH_TRUSTED_GROUPS_HEADER",
        default: "",
        "Header in which a trusted proxy lists the account's groups, separated by commas."
    )
    package static let webUIAuthSignoutRedirectURL = SettingKey<String>(
        "WEBUI_AUTH_SIGNOUT_REDIRECT_URL",
        default: "",
        "Where browsers go after signing out."
    )
    package static let enableAPIKey = SettingKey<Bool>(
        "ENABLE_API_KEY",
        stored: "auth.api_key.enable",
        default: true,
        "Whether accounts may have and use API keys."
    )
    package static let enableAPIKeyEndpointRestrictions = SettingKey<Bool>(
        "ENABLE_API_KEY_ENDPOINT_RESTRICTIONS",
        stored: "auth.api_key.endpoint_restrictions",
        default: false,
        "Whether API keys reach only the paths that are listed."
    )
    package static let apiKeyAllowedEndpoints = SettingKey<String>(
        "API_KEY_ALLOWED_ENDPOINTS",
        stored: "auth.api_key.allowed_endpoints",
        default: "",
        "Paths that API keys reach, separated by commas; each includes what is below it."
    )
    package static let enableAdminExport = SettingKey<Bool>(
        "ENABLE_ADMIN_EXPORT",
        default: true,
        "Whether administrators may export the database and all chats."
    )
    package static let enableAdminChatAccess = SettingKey<Bool>(
        "ENABLE_ADMIN_CHAT_ACCESS",
        default: true,
        "Whether administrators may read the chats of others."
    )
    package static let enableAdminWorkspaceContentAccess = SettingKey<Bool>(
        "ENABLE_ADMIN_WORKSPACE_CONTENT_ACCESS",
        default: true,
        "Older name of the switch that lets administrators reach everything in the workspace."
    )
    package static let bypassAdminAccessControl = SettingKey<Bool>(
        "BYPASS_ADMIN_ACCESS_CONTROL",
        default: true,
        inherits: "ENABLE_ADMIN_WORKSPACE_CONTENT_ACCESS",
        "Whether administrators reach everything in the workspace, shared with them or not."
    )
    package static let bypassModelAccessControl = SettingKey<Bool>(
        "BYPASS_MODEL_ACCESS_CONTROL",
        default: false,
        "Whether all accounts may use all models."
    )
    package static let scimEnabled = SettingKey<Bool>(
        "SCIM_ENABLED",
        default: false,
        "Whether an identity provider may manage accounts and groups by SCIM."
    )
    package static let scimToken = SettingKey<String>(
        "SCIM_TOKEN",
        default: "",
        secret: true,
        "Bearer token of the identity provider that uses SCIM."
    )

    package static let accounts: [any AnySettingKey] = [
        webUIAuth, webUISecretKey, enableSignup, enableLoginForm, enableInitialAdminSignup,
        enableSignupPasswordConfirmation, defaultUserRole, pendingUserOverlayTitle, pendingUserOverlayContent,
        showAdminDetails, adminEmail, jwtExpiresIn, webUISessionCookieSameSite, webUISessionCookieSecure,
        webUIAuthCookieSameSite, webUIAuthCookieSecure, webUIAuthTrustedEmailHeader, webUIAuthTrustedNameHeader,
        webUIAuthTrustedGroupsHeader, webUIAuthSignoutRedirectURL, enableAPIKey, enableAPIKeyEndpointRestrictions,
        apiKeyAllowedEndpoints, enableAdminExport, enableAdminChatAccess, enableAdminWorkspaceContentAccess,
        bypassAdminAccessControl, bypassModelAccessControl, scimEnabled, scimToken,
    ]
}
