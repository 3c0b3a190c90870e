import Core
import Glibc

/// An LDAP directory and how it is reached and searched, as the administrator set it up.
struct Directory: Sendable, Equatable {
    enum Encryption: Sendable {
        case none, startTLS, wholeConnection
    }

    /// What can not be right in the settings; the message names no secret.
    struct Misconfiguration: Error, Equatable {
        let message: String
        /// True where the fault lies with the certificates' file.
        var isAboutTLS = false
    }

    let uri: String
    let encryption: Encryption
    /// A file with the authorities that may vouch for the directory; empty where no certificate is checked.
    let authorityFile: String
    let checksCertificate: Bool
    /// In GnuTLS's or OpenSSL's notation, whichever the library takes; empty for its own choice.
    let ciphers: String
    /// The service's own account; empty for anonymous searches.
    let bindName: String
    let bindPassword: String
    let base: String
    let filter: String
    let nameAttribute: String
    let mailAttribute: String
    /// Nil where groups are not the directory's business.
    let groupsAttribute: String?

    private static let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"
    private static let plainPort = 389

    init(_ settings: Settings) throws {
        let (scheme, host) = try Self.host(settings[Setting.ldapServerHost])
        let port = settings[Setting.ldapServerPort]
        guard (1...65535).contains(port) else { throw Misconfiguration(message: "the port is none") }
        encryption = Self.encryption(settings[Setting.ldapUseTLS], scheme, port)
        checksCertificate = settings[Setting.ldapValidateCert]
        let isChecked = encryption != .none && checksCertificate
        // The library takes "localhost" for the machine's own name when it looks at a certificate.
        let name = isChecked && host.lowercased() == "localhost" ? "127.0.0.1" : host
        uri = (encryption == .wholeConnection ? "ldaps://" : "ldap://") + "\(name):\(port)"
        authorityFile = isChecked ? try Self.readable(settings[Setting.ldapCACertFile]) : ""
        ciphers = settings[Setting.ldapCiphers]
        bindName = settings[Setting.ldapAppDN]
        bindPassword = settings[Setting.ldapAppPassword]
        guard bindName.isEmpty || !bindPassword.isEmpty else {
            // A bind without a password succeeds as nobody.
            throw Misconfiguration(message: "the service account has no password")
        }
        base = settings[Setting.ldapSearchBase]
        filter = settings[Setting.ldapSearchFilters]
        nameAttribute = try Self.attribute(settings[Setting.ldapAttributeForUsername])
        mailAttribute = try Self.attribute(settings[Setting.ldapAttributeForMail])
        groupsAttribute =
            settings[Setting.enableLDAPGroupManagement]
            ? try Self.attribute(settings[Setting.ldapAttributeForGroups]) : nil
    }

    /// TLS from the first byte, as the reference has it, except where the plain protocol must be spoken first: on its own port, and
    /// where the host is written `ldap://…`.
    private static func encryption(_ isEncrypted: Bool, _ scheme: String?, _ port: Int) -> Encryption {
        if scheme == "ldaps" { return .wholeConnection }
        if !isEncrypted { return .none }
        return scheme == "ldap" || port == plainPort ? .startTLS : .wholeConnection
    }

    /// A host with or without a scheme before it; an IPv6 address with or without brackets.
    private static func host(_ text: String) throws -> (scheme: String?, host: String) {
        var host = text[...]
        var scheme: String?
        if let separator = text.range(of: "://") {
            scheme = text[..<separator.lowerBound].lowercased()
            host = text[separator.upperBound...]
        }
        while host.last == "/" { host.removeLast() }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        let isHost = host.utf8.allSatisfy { byte in
            Character(Unicode.Scalar(byte)).isASCII
                && (Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber
                    || ".-_:".utf8.contains(byte))
        }
        guard isHost, !host.isEmpty, host.utf8.count <= 255, [nil, "ldap", "ldaps"].contains(scheme) else {
            throw Misconfiguration(message: "the host is none")
        }
        return (scheme, host.contains(":") ? "[\(host)]" : String(host))
    }

    private static func attribute(_ name: String) throws -> String {
        guard DirectoryFilter.isAttribute(name) else { throw Misconfiguration(message: "an attribute's name is none") }
        return name
    }

    private static func readable(_ file: String) throws -> String {
        let path = file.isEmpty ? systemAuthorities : file
        guard access(path, R_OK) == 0 else {
            throw Misconfiguration(message: "the file of certificate authorities can not be read", isAboutTLS: true)
        }
        return path
    }
}
