/// Signing in with a directory.
extension Setting {
    package static let enableLDAP = SettingKey<Bool>(
        "ENABLE_LDAP",
        stored: "ldap.enable",
        default: false,
        "Whether people may sign in with the directory."
    )
    package static let ldapServerLabel = SettingKey<String>(
        "LDAP_SERVER_LABEL",
        stored: "ldap.server.label",
        default: "LDAP Server",
        "Name of the directory on the sign-in page."
    )
    package static let ldapServerHost = SettingKey<String>(
        "LDAP_SERVER_HOST",
        stored: "ldap.server.host",
        default: "localhost",
        "Host of the directory."
    )
    package static let ldapServerPort = SettingKey<Int>(
        "LDAP_SERVER_PORT",
        stored: "ldap.server.port",
        default: 389,
        "Port of the directory."
    )
    package static let ldapAttributeForMail = SettingKey<String>(
        "LDAP_ATTRIBUTE_FOR_MAIL",
        stored: "ldap.server.attribute_for_mail",
        default: "mail",
        "Attribute with a person's e-mail."
    )
    package static let ldapAttributeForUsername = SettingKey<String>(
        "LDAP_ATTRIBUTE_FOR_USERNAME",
        stored: "ldap.server.attribute_for_username",
        default: "uid",
        "Attribute with the name that people type to sign in."
    )
    package static let ldapAttributeForGroups = SettingKey<String>(
        "LDAP_ATTRIBUTE_FOR_GROUPS",
        stored: "ldap.server.attribute_for_groups",
        default: "memberOf",
        "Attribute with the names of a person's groups."
    )
    package static let ldapAppDN = SettingKey<String>(
        "LDAP_APP_DN",
        stored: "ldap.server.app_dn",
        default: "",
        "Name under which people are searched; empty to search without signing in."
    )
    package static let ldapAppPassword = SettingKey<String>(
        "LDAP_APP_PASSWORD",
        stored: "ldap.server.app_password",
        default: "",
        secret: true,
        "Password under which people are searched."
    )
    package static let ldapSearchBase = SettingKey<String>(
        "LDAP_SEARCH_BASE",
        stored: "ldap.server.users_dn",
        default: "",
        "Where in the directory people are."
    )
    package static let ldapSearchFilters = SettingKey<String>(
        "LDAP_SEARCH_FILTER",
        stored: "ldap.server.search_filter",
        default: "",
        aliases: ["LDAP_SEARCH_FILTERS"],
        "Filter that people must pass besides having the name."
    )
    package static let ldapUseTLS = SettingKey<Bool>(
        "LDAP_USE_TLS",
        stored: "ldap.server.use_tls",
        default: true,
        "Whether the connection is encrypted."
    )
    package static let ldapCACertFile = SettingKey<String>(
        "LDAP_CA_CERT_FILE",
        stored: "ldap.server.ca_cert_file",
        default: "",
        "File with the certificate authority of the directory; empty for those of the system."
    )
    package static let ldapValidateCert = SettingKey<Bool>(
        "LDAP_VALIDATE_CERT",
        stored: "ldap.server.validate_cert",
        default: true,
        "Whether the directory's certificate is checked."
    )
    package static let ldapCiphers = SettingKey<String>(
        "LDAP_CIPHERS",
        stored: "ldap.server.ciphers",
        default: "ALL",
        "Ciphers of the encrypted connection."
    )
    package static let enableLDAPGroupManagement = SettingKey<Bool>(
        "ENABLE_LDAP_GROUP_MANAGEMENT",
        stored: "ldap.group.enable_management",
        default: false,
        "Whether the directory decides the account's groups."
    )
    package static let enableLDAPGroupCreation = SettingKey<Bool>(
        "ENABLE_LDAP_GROUP_CREATION",
        stored: "ldap.group.enable_creation",
        default: false,
        "Whether groups that the directory names are created."
    )

    package static let ldap: [any AnySettingKey] = [
        enableLDAP, ldapServerLabel, ldapServerHost, ldapServerPort, ldapAttributeForMail, ldapAttributeForUsername,
        ldapAttributeForGroups, ldapAppDN, ldapAppPassword, ldapSearchBase, ldapSearchFilters, ldapUseTLS,
        ldapCACertFile, ldapValidateCert, ldapCiphers, enableLDAPGroupManagement, enableLDAPGroupCreation,
    ]
}
