import Accounts
import Core

/// What a page learns before it shows anything; more of it the more the visitor is trusted with.
struct ClientConfig {
    /// Who asks. An API key is no visitor of pages and counts as nobody.
    let visitor: Account?
    let settings: Settings
    /// How many accounts there are; of a visitor who is not signed in, only whether it is zero counts.
    let accountCount: Int

    func write(_ json: inout JSONWriter) {
        json.object {
            if visitor == nil, accountCount == 0 { $0.field("onboarding", true) }
            $0.field("status", true)
            $0.field("name", settings[Setting.webUIName])
            $0.field("version", Build.clientVersion)
            $0.field("default_locale", settings[Setting.defaultLocale])
            $0.key("oauth")
            $0.object { $0.field("providers", OAuthProviders.shown(settings)) }
            $0.key("features")
            $0.object { writeFeatures(&$0) }
            switch visitor?.role {
            case .admin: writePage(&$0, isAdmin: true)
            case .user: writePage(&$0, isAdmin: false)
            case .pending:
                $0.key("ui")
                $0.object { writeOverlay(&$0) }
            case nil: break
            }
        }
    }

    private func writeFeatures(_ json: inout JSONWriter) {
        json.field("auth", settings[Setting.webUIAuth])
        json.field("auth_trusted_header", !settings[Setting.webUIAuthTrustedEmailHeader].isEmpty)
        write(Self.publicFeatures, &json)
        guard visitor != nil else { return }
        write(Self.features, &json)
        if settings[Setting.enableOneDriveIntegration] { write(Self.oneDriveFeatures, &json) }
    }

    private func write(_ features: [Feature], _ json: inout JSONWriter) {
        for feature in features { json.field(feature.name, settings[feature.key]) }
    }

    private func writePage(_ json: inout JSONWriter, isAdmin: Bool) {
        json.field("default_models", settings[Setting.defaultModels])
        json.field("default_prompt_suggestions", settings.json(Setting.defaultPromptSuggestions))
        json.field("user_count", accountCount)
        json.key("code")
        json.object { $0.field("engine", settings[Setting.codeExecutionEngine]) }
        json.key("audio")
        json.object { writeAudio(&$0) }
        json.key("file")
        json.object { writeFileLimits(&$0) }
        json.field("permissions", settings[Setting.userPermissions])
        json.key("google_drive")
        json.object {
            $0.field("client_id", settings[Setting.googleDriveClientID])
            $0.field("api_key", settings[Setting.googleDriveAPIKey])
        }
        json.key("onedrive")
        json.object {
            $0.field("client_id_personal", settings[Setting.oneDriveClientIDPersonal])
            $0.field("client_id_business", settings[Setting.oneDriveClientIDBusiness])
            $0.field("sharepoint_url", settings[Setting.oneDriveSharePointURL])
            $0.field("sharepoint_tenant_id", settings[Setting.oneDriveSharePointTenantID])
        }
        json.key("ui")
        json.object {
            writeOverlay(&$0)
            $0.field("response_watermark", settings[Setting.responseWatermark])
        }
        // There are no licences; the client looks for these members all the same.
        json.field("license_metadata", .null)
        if isAdmin { json.field("active_entries", .null) }
    }

    private func writeAudio(_ json: inout JSONWriter) {
        json.key("tts")
        json.object {
            $0.field("engine", settings[Setting.audioTTSEngine])
            $0.field("voice", settings[Setting.audioTTSVoice])
            $0.field("split_on", settings[Setting.audioTTSSplitOn])
        }
        json.key("stt")
        json.object { $0.field("engine", settings[Setting.audioSTTEngine]) }
    }

    private func writeFileLimits(_ json: inout JSONWriter) {
        json.field("max_size", settings[Setting.ragFileMaxSize])
        json.field("max_count", settings[Setting.ragFileMaxCount])
        json.key("image_compression")
        json.object {
            $0.field("width", settings[Setting.fileImageCompressionWidth])
            $0.field("height", settings[Setting.fileImageCompressionHeight])
        }
    }

    private func writeOverlay(_ json: inout JSONWriter) {
        json.field("pending_user_overlay_title", settings[Setting.pendingUserOverlayTitle])
        json.field("pending_user_overlay_content", settings[Setting.pendingUserOverlayContent])
    }
}

extension ClientConfig {
    /// A switch under the name that the client knows it by.
    private typealias Feature = (name: StaticString, key: SettingKey<Bool>)

    private static let publicFeatures: [Feature] = [
        ("enable_signup_password_confirmation", Setting.enableSignupPasswordConfirmation),
        ("enable_ldap", Setting.enableLDAP),
        ("enable_api_key", Setting.enableAPIKey),
        ("enable_signup", Setting.enableSignup),
        ("enable_login_form", Setting.enableLoginForm),
        ("enable_websocket", Setting.enableWebsocketSupport),
        ("enable_version_update_check", Setting.enableVersionUpdateCheck),
    ]

    private static let features: [Feature] = [
        ("enable_direct_connections", Setting.enableDirectConnections),
        ("enable_channels", Setting.enableChannels),
        ("enable_notes", Setting.enableNotes),
        ("enable_web_search", Setting.enableWebSearch),
        ("enable_code_execution", Setting.enableCodeExecution),
        ("enable_code_interpreter", Setting.enableCodeInterpreter),
        ("enable_image_generation", Setting.enableImageGeneration),
        ("enable_autocomplete_generation", Setting.enableAutocompleteGeneration),
        ("enable_community_sharing", Setting.enableCommunitySharing),
        ("enable_message_rating", Setting.enableMessageRating),
        ("enable_user_webhooks", Setting.enableUserWebhooks),
        ("enable_admin_export", Setting.enableAdminExport),
        ("enable_admin_chat_access", Setting.enableAdminChatAccess),
        ("enable_google_drive_integration", Setting.enableGoogleDriveIntegration),
        ("enable_onedrive_integration", Setting.enableOneDriveIntegration),
    ]

    private static let oneDriveFeatures: [Feature] = [
        ("enable_onedrive_personal", Setting.enableOneDrivePersonal),
        ("enable_onedrive_business", Setting.enableOneDriveBusiness),
    ]
}
