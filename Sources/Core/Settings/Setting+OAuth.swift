/// Signing in through other services.
extension Setting {
    package static let enableOAuthSignup = SettingKey<Bool>(
        "ENABLE_OAUTH_SIGNUP",
        stored: "oauth.enable_signup",
        default: false,
        "Whether a first sign-in through another service creates an account."
    )
    package static let oauthMergeAccountsByEmail = SettingKey<Bool>(
        "OAUTH_MERGE_ACCOUNTS_BY_EMAIL",
        stored: "oauth.merge_accounts_by_email",
        default: false,
        "Whether an account with the same e-mail is taken over by the other service's identity."
    )
    package static let googleClientID = SettingKey<String>(
        "GOOGLE_CLIENT_ID",
        stored: "oauth.google.client_id",
        default: "",
        "Client id at Google; with its secret it switches Google on."
    )
    package static let googleClientSecret = SettingKey<String>(
        "GOOGLE_CLIENT_SECRET",
        stored: "oauth.google.client_secret",
        default: "",
        secret: true,
        "Client secret at Google."
    )
    package static let googleOAuthScope = SettingKey<String>(
        "GOOGLE_OAUTH_SCOPE",
        stored: "oauth.google.scope",
        default: "openid email profile",
        "Scopes that are asked of Google."
    )
    package static let googleRedirectURI = SettingKey<String>(
        "GOOGLE_REDIRECT_URI",
        stored: "oauth.google.redirect_uri",
        default: "",
        "Callback address for Google, when it is not the usual one."
    )
    package static let microsoftClientID = SettingKey<String>(
        "MICROSOFT_CLIENT_ID",
        stored: "oauth.microsoft.client_id",
        default: "",
        "Client id at Microsoft; with secret and tenant it switches Microsoft on."
    )
    package static let microsoftClientSecret = SettingKey<String>(
        "MICROSOFT_CLIENT_SECRET",
        stored: "oauth.microsoft.client_secret",
        default: "",
        secret: true,
        "Client secret at Microsoft."
    )
    package static let microsoftClientTenantID = SettingKey<String>(
        "MICROSOFT_CLIENT_TENANT_ID",
        stored: "oauth.microsoft.tenant_id",
        default: "",
        "Tenant at Microsoft."
    )
    package static let microsoftClientLoginBaseURL = SettingKey<String>(
        "MICROSOFT_CLIENT_LOGIN_BASE_URL",
        stored: "oauth.microsoft.login_base_url",
        default: "https://login.microsoftonline.com",
        "Where Microsoft's sign-in pages are."
    )
    package static let microsoftClientPictureURL = SettingKey<String>(
        "MICROSOFT_CLIENT_PICTURE_URL",
        stored: "oauth.microsoft.picture_url",
        default: "https://graph.microsoft.com/v1.0/me/photo/$value",
        "Where Microsoft has the picture of an account."
    )
    package static let microsoftOAuthScope = SettingKey<String>(
        "MICROSOFT_OAUTH_SCOPE",
        stored: "oauth.microsoft.scope",
        default: "openid email profile",
        "Scopes that are asked of Microsoft."
    )
    package static let microsoftRedirectURI = SettingKey<String>(
        "MICROSOFT_REDIRECT_URI",
        stored: "oauth.microsoft.redirect_uri",
        default: "",
        "Callback address for Microsoft, when it is not the usual one."
    )
    package static let githubClientID = SettingKey<String>(
        "GITHUB_CLIENT_ID",
        stored: "oauth.github.client_id",
        default: "",
        "Client id at GitHub; with its secret it switches GitHub on."
    )
    package static let githubClientSecret = SettingKey<String>(
        "GITHUB_CLIENT_SECRET",
        stored: "oauth.github.client_secret",
        default: "",
        secret: true,
        "Client secret at GitHub."
    )
    package static let githubClientScope = SettingKey<String>(
        "GITHUB_CLIENT_SCOPE",
        stored: "oauth.github.scope",
        default: "user:email",
        "Scopes that are asked of GitHub."
    )
    package static let githubClientRedirectURI = SettingKey<String>(
        "GITHUB_CLIENT_REDIRECT_URI",
        stored: "oauth.github.redirect_uri",
        default: "",
        "Callback address for GitHub, when it is not the usual one."
    )
    package static let oauthClientID = SettingKey<String>(
        "OAUTH_CLIENT_ID",
        stored: "oauth.oidc.client_id",
        default: "",
        "Client id at the OpenID Connect provider."
    )
    package static let oauthClientSecret = SettingKey<String>(
        "OAUTH_CLIENT_SECRET",
        stored: "oauth.oidc.client_secret",
        default: "",
        secret: true,
        "Client secret at the OpenID Connect provider; not needed with PKCE."
    )
    package static let openIDProviderURL = SettingKey<String>(
        "OPENID_PROVIDER_URL",
        stored: "oauth.oidc.provider_url",
        default: "",
        "Address of the provider's discovery document; signing out uses it as well."
    )
    package static let openIDRedirectURI = SettingKey<String>(
        "OPENID_REDIRECT_URI",
        stored: "oauth.oidc.redirect_uri",
        default: "",
        "Callback address for the provider, when it is not the usual one."
    )
    package static let oauthScopes = SettingKey<String>(
        "OAUTH_SCOPES",
        stored: "oauth.oidc.scopes",
        default: "openid email profile",
        "Scopes that are asked of the provider."
    )
    package static let oauthTimeout = SettingKey<String>(
        "OAUTH_TIMEOUT",
        stored: "oauth.oidc.oauth_timeout",
        default: "",
        "Seconds to wait for a provider's answer; empty for the usual time."
    )
    package static let oauthTokenEndpointAuthMethod = SettingKey<String>(
        "OAUTH_TOKEN_ENDPOINT_AUTH_METHOD",
        stored: "oauth.oidc.token_endpoint_auth_method",
        default: "",
        "How we identify ourselves at the token endpoint, such as client_secret_post."
    )
    package static let oauthCodeChallengeMethod = SettingKey<String>(
        "OAUTH_CODE_CHALLENGE_METHOD",
        stored: "oauth.oidc.code_challenge_method",
        default: "",
        "S256 to use PKCE, or empty."
    )
    package static let oauthProviderName = SettingKey<String>(
        "OAUTH_PROVIDER_NAME",
        stored: "oauth.oidc.provider_name",
        default: "SSO",
        "Name of the provider on the sign-in button."
    )
    package static let oauthSubClaim = SettingKey<String>(
        "OAUTH_SUB_CLAIM",
        stored: "oauth.oidc.sub_claim",
        default: "",
        "Claim that identifies the account; empty for the provider's usual one."
    )
    package static let oauthUsernameClaim = SettingKey<String>(
        "OAUTH_USERNAME_CLAIM",
        stored: "oauth.oidc.username_claim",
        default: "name",
        "Claim with the account's name."
    )
    package static let oauthPictureClaim = SettingKey<String>(
        "OAUTH_PICTURE_CLAIM",
        stored: "oauth.oidc.avatar_claim",
        default: "picture",
        "Claim with the address of the account's picture; empty for no picture."
    )
    package static let oauthEmailClaim = SettingKey<String>(
        "OAUTH_EMAIL_CLAIM",
        stored: "oauth.oidc.email_claim",
        default: "email",
        "Claim with the account's e-mail."
    )
    package static let oauthGroupsClaim = SettingKey<String>(
        "OAUTH_GROUPS_CLAIM",
        stored: "oauth.oidc.group_claim",
        default: "groups",
        aliases: ["OAUTH_GROUP_CLAIM"],
        "Claim with the account's groups; dots lead into objects."
    )
    package static let feishuClientID = SettingKey<String>(
        "FEISHU_CLIENT_ID",
        stored: "oauth.feishu.client_id",
        default: "",
        "Client id at Feishu; with its secret it switches Feishu on."
    )
    package static let feishuClientSecret = SettingKey<String>(
        "FEISHU_CLIENT_SECRET",
        stored: "oauth.feishu.client_secret",
        default: "",
        secret: true,
        "Client secret at Feishu."
    )
    package static let feishuOAuthScope = SettingKey<String>(
        "FEISHU_OAUTH_SCOPE",
        stored: "oauth.feishu.scope",
        default: "contact:user.base:readonly",
        "Scopes that are asked of Feishu."
    )
    package static let feishuRedirectURI = SettingKey<String>(
        "FEISHU_REDIRECT_URI",
        stored: "oauth.feishu.redirect_uri",
        default: "",
        "Callback address for Feishu, when it is not the usual one."
    )
    package static let enableOAuthRoleManagement = SettingKey<Bool>(
        "ENABLE_OAUTH_ROLE_MANAGEMENT",
        stored: "oauth.enable_role_mapping",
        default: false,
        "Whether the provider decides the account's role."
    )
    package static let enableOAuthGroupManagement = SettingKey<Bool>(
        "ENABLE_OAUTH_GROUP_MANAGEMENT",
        stored: "oauth.enable_group_mapping",
        default: false,
        "Whether the provider decides the account's groups."
    )
    package static let enableOAuthGroupCreation = SettingKey<Bool>(
        "ENABLE_OAUTH_GROUP_CREATION",
        stored: "oauth.enable_group_creation",
        default: false,
        "Whether groups that the provider names are created."
    )
    package static let oauthBlockedGroups = SettingKey<String>(
        "OAUTH_BLOCKED_GROUPS",
        stored: "oauth.blocked_groups",
        default: "[]",
        "JSON list, as text, of names and patterns of groups that the provider does not decide."
    )
    package static let oauthRolesClaim = SettingKey<String>(
        "OAUTH_ROLES_CLAIM",
        stored: "oauth.roles_claim",
        default: "roles",
        "Claim with the account's roles; dots lead into objects."
    )
    package static let oauthAllowedRoles = SettingKey<[String]>(
        "OAUTH_ALLOWED_ROLES",
        stored: "oauth.allowed_roles",
        default: ["user", "admin"],
        "Roles at the provider that make a user."
    )
    package static let oauthAdminRoles = SettingKey<[String]>(
        "OAUTH_ADMIN_ROLES",
        stored: "oauth.admin_roles",
        default: ["admin"],
        "Roles at the provider that make an administrator."
    )
    package static let oauthAllowedDomains = SettingKey<[String]>(
        "OAUTH_ALLOWED_DOMAINS",
        stored: "oauth.allowed_domains",
        default: ["*"],
        "Domains of e-mail addresses that may sign in; * for all."
    )
    package static let oauthUpdatePictureOnLogin = SettingKey<Bool>(
        "OAUTH_UPDATE_PICTURE_ON_LOGIN",
        stored: "oauth.update_picture_on_login",
        default: false,
        "Whether each sign-in brings the picture up to date."
    )
    package static let enableOAuthIDTokenCookie = SettingKey<Bool>(
        "ENABLE_OAUTH_ID_TOKEN_COOKIE",
        default: true,
        "Whether the provider's id token is kept in a cookie, as older clients expect."
    )
    package static let oauthClientInfoEncryptionKey = SettingKey<String>(
        "OAUTH_CLIENT_INFO_ENCRYPTION_KEY",
        default: "",
        secret: true,
        inherits: "WEBUI_SECRET_KEY",
        "Key that seals registrations at tool servers; usually the server's own."
    )
    package static let oauthSessionTokenEncryptionKey = SettingKey<String>(
        "OAUTH_SESSION_TOKEN_ENCRYPTION_KEY",
        default: "",
        secret: true,
        inherits: "WEBUI_SECRET_KEY",
        "Key that seals tokens of other services; usually the server's own."
    )

    package static let oauth: [any AnySettingKey] = [
        enableOAuthSignup, oauthMergeAccountsByEmail, googleClientID, googleClientSecret, googleOAuthScope,
        googleRedirectURI, microsoftClientID, microsoftClientSecret, microsoftClientTenantID,
        microsoftClientLoginBaseURL, microsoftClientPictureURL, microsoftOAuthScope, microsoftRedirectURI,
        githubClientID, githubClientSecret, githubClientScope, githubClientRedirectURI, oauthClientID,
        oauthClientSecret, openIDProviderURL, openIDRedirectURI, oauthScopes, oauthTimeout,
        oauthTokenEndpointAuthMethod, oauthCodeChallengeMethod, oauthProviderName, oauthSubClaim, oauthUsernameClaim,
        oauthPictureClaim, oauthEmailClaim, oauthGroupsClaim, feishuClientID, feishuClientSecret, feishuOAuthScope,
        feishuRedirectURI, enableOAuthRoleManagement, enableOAuthGroupManagement, enableOAuthGroupCreation,
        oauthBlockedGroups, oauthRolesClaim, oauthAllowedRoles, oauthAdminRoles, oauthAllowedDomains,
        oauthUpdatePictureOnLogin, enableOAuthIDTokenCookie, oauthClientInfoEncryptionKey,
        oauthSessionTokenEncryptionKey,
    ]
}
