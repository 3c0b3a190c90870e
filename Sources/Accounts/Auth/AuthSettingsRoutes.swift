import Core
package import HTTP

/// The admin's settings of sign-in and of the client, named like the settings themselves.
package enum AuthSettingsRoutes {
    package static let all: [Route<Context>] = [
        Route(.get, "/api/v1/auths/admin/config", .admin, show),
        Route(.post, "/api/v1/auths/admin/config", .admin, update),
    ]

    private static let switches: [SettingKey<Bool>] = [
        Setting.showAdminDetails, Setting.enableSignup, Setting.enableAPIKey, Setting.enableAPIKeyEndpointRestrictions,
        Setting.enableCommunitySharing, Setting.enableMessageRating, Setting.enableChannels, Setting.enableNotes,
        Setting.enableUserWebhooks,
    ]
    private static let texts: [SettingKey<String>] = [
        Setting.webUIURL, Setting.apiKeyAllowedEndpoints, Setting.defaultUserRole, Setting.jwtExpiresIn,
    ]
    private static let optionalTexts: [SettingKey<String>] = [
        Setting.pendingUserOverlayTitle, Setting.pendingUserOverlayContent, Setting.responseWatermark,
    ]

    static func show(_ context: Context) throws -> Response {
        let settings = try context.settings
        return .json { json in
            json.object {
                for key in switches {
                    $0.key(key.name)
                    $0.bool(settings[key])
                }
                for key in texts + optionalTexts {
                    $0.key(key.name)
                    $0.string(settings[key])
                }
            }
        }
    }

    /// An unknown role and a lifetime that is none are left as they were, as the reference does; the answer shows it.
    static func update(_ context: Context) throws -> Response {
        let form = try Form(context.request)
        var values: [(key: any AnySettingKey, value: JSONValue)] = []
        for key in switches { values.append((key, .bool(try form.bool(key.name)))) }
        for key in texts {
            let text = try form.string(key.name)
            if isAcceptable(text, for: key) { values.append((key, .string(text))) }
        }
        for key in optionalTexts { values.append((key, .string(try form.optionalString(key.name) ?? ""))) }
        try context.save(values)
        return try show(context)
    }

    private static func isAcceptable(_ text: String, for key: SettingKey<String>) -> Bool {
        switch key.name {
        case Setting.defaultUserRole.name: Role(rawValue: text) != nil
        case Setting.jwtExpiresIn.name: TokenLifetime.isAcceptable(text)
        default: true
        }
    }
}
