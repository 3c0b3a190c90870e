import Core
package import HTTP

/// The admin's settings of the directory that people may sign in by.
package enum LDAPSettingsRoutes {
    package static let all: [Route<Context>] = [
        Route(.get, "/api/v1/auths/admin/config/ldap", .admin, show),
        Route(.post, "/api/v1/auths/admin/config/ldap", .admin, update),
        Route(.get, "/api/v1/auths/admin/config/ldap/server", .admin, showServer),
        Route(.post, "/api/v1/auths/admin/config/ldap/server", .admin, updateServer),
    ]

    /// Field of the form, its setting, and what stands for a field that is left out; nil where it may not be.
    private static let texts: [(field: String, key: SettingKey<String>, standard: String?)] = [
        ("label", Setting.ldapServerLabel, nil), ("host", Setting.ldapServerHost, nil),
        ("attribute_for_mail", Setting.ldapAttributeForMail, "mail"),
        ("attribute_for_username", Setting.ldapAttributeForUsername, "uid"),
        ("app_dn", Setting.ldapAppDN, nil), ("app_dn_password", Setting.ldapAppPassword, nil),
        ("search_base", Setting.ldapSearchBase, nil), ("search_filters", Setting.ldapSearchFilters, ""),
        ("certificate_path", Setting.ldapCACertFile, ""), ("ciphers", Setting.ldapCiphers, "ALL"),
    ]
    private static let switches: [(field: String, key: SettingKey<Bool>)] = [
        ("use_tls", Setting.ldapUseTLS), ("validate_cert", Setting.ldapValidateCert),
    ]
    private static let required = [
        "label", "host", "attribute_for_mail", "attribute_for_username", "app_dn", "app_dn_password", "search_base",
    ]

    static func show(_ context: Context) throws -> Response {
        .json([Setting.enableLDAP.name: .bool(try context.settings[Setting.enableLDAP])])
    }

    static func update(_ context: Context) throws -> Response {
        let isEnabled = try Form(context.request).optionalBool("enable_ldap") ?? false
        try context.save([(Setting.enableLDAP, .bool(isEnabled))])
        return try show(context)
    }

    static func showServer(_ context: Context) throws -> Response {
        let settings = try context.settings
        var answer: JSONObject = ["port": JSONValue(settings[Setting.ldapServerPort])]
        for text in texts { answer[text.field] = .string(settings[text.key]) }
        for flag in switches { answer[flag.field] = .bool(settings[flag.key]) }
        return .json(.object(answer))
    }

    static func updateServer(_ context: Context) throws -> Response {
        let form = try Form(secret: context.request)
        var values: [(key: any AnySettingKey, value: JSONValue)] = []
        for (field, key, standard) in texts {
            let text = try standard == nil ? form.string(field) : form.optionalString(field) ?? standard ?? ""
            if text.isEmpty, required.contains(field) { throw APIError.badRequest("Required field \(field) is empty") }
            values.append((key, .string(text)))
        }
        for (field, key) in switches { values.append((key, .bool(try form.optionalBool(field) ?? true))) }
        if let port = try form.optionalInt("port") {
            guard (1...65535).contains(port) else { throw APIError.badRequest("The port must be between 1 and 65535") }
            values.append((Setting.ldapServerPort, JSONValue(port)))
        }
        try context.save(values)
        return try showServer(context)
    }
}
