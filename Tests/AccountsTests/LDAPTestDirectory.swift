import Foundation
import Testing

/// A directory of our own on loopback: `slapd` with a service account, three people and a certificate for 127.0.0.1.
///
/// It takes a bind without a password for an anonymous one and says yes to it, as Microsoft's does.
final class LDAPTestDirectory {
    static let slapd = "/usr/sbin/slapd"
    static let isAvailable = [slapd, "/usr/sbin/slapadd", "/usr/bin/openssl"].allSatisfy(
        FileManager.default.isExecutableFile
    )
    static let password = "Pass-word-1"
    private static let base = "dc=example,dc=com"

    let port: Int
    let securePort: Int
    var certificate: String { folder + "/cert.pem" }
    private let folder: String
    private let process = Process()

    struct Failure: Error {
        let program: String
        let output: String
    }

    init() throws {
        folder = NSTemporaryDirectory() + "swiftlet-ldap-\(UInt32.random(in: 0...UInt32.max))"
        port = try Self.freePort()
        securePort = try Self.freePort()
        try FileManager.default.createDirectory(atPath: folder + "/db", withIntermediateDirectories: true)
        try Self.run(
            "/usr/bin/openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout",
            folder + "/key.pem",
            "-out",
            folder + "/cert.pem"
        )
        try configuration.write(toFile: folder + "/slapd.conf", atomically: true, encoding: .utf8)
        try entries.write(toFile: folder + "/entries.ldif", atomically: true, encoding: .utf8)
        try Self.run("/usr/sbin/slapadd", "-f", folder + "/slapd.conf", "-l", folder + "/entries.ldif")
        process.executableURL = URL(filePath: Self.slapd)
        process.arguments = [
            "-f", folder + "/slapd.conf", "-d", "0", "-h", "ldap://127.0.0.1:\(port) ldaps://127.0.0.1:\(securePort)",
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<200 where !Self.answers(port) { usleep(25_000) }
    }

    deinit {
        // The threads that tests run on block SIGTERM, and a child inherits that.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The variables of a server that signs people in by this directory.
    func environment(_ changes: [String: String] = [:]) -> [String: String] {
        [
            "ENABLE_LDAP": "true", "LDAP_SERVER_HOST": "127.0.0.1", "LDAP_SERVER_PORT": String(port),
            "LDAP_USE_TLS": "false",
            "LDAP_APP_DN": "cn=service,\(Self.base)", "LDAP_APP_PASSWORD": "service-word",
            "LDAP_SEARCH_BASE": "ou=people,\(Self.base)",
            "LDAP_ATTRIBUTE_FOR_GROUPS": "seeAlso", "DEFAULT_USER_ROLE": "user",
        ].merging(changes) { $1 }
    }

    private var configuration: String {
        """
        include /etc/ldap/schema/core.schema
        include /etc/ldap/schema/cosine.schema
        include /etc/ldap/schema/inetorgperson.schema
        modulepath /usr/lib/ldap
        moduleload back_mdb
        pidfile \(folder)/pid
        argsfile \(folder)/args
        allow bind_anon_cred
        TLSCertificateFile \(folder)/cert.pem
        TLSCertificateKeyFile \(folder)/key.pem
        database mdb
        suffix "\(Self.base)"
        directory \(folder)/db
        maxsize 10485760

        """
    }

    /// Groups stand in an attribute of the people's own entries, as `memberOf` does elsewhere.
    private var entries: String {
        """
        dn: \(Self.base)
        objectClass: organization
        objectClass: dcObject
        o: Example
        dc: example

        dn: ou=people,\(Self.base)
        objectClass: organizationalUnit
        ou: people

        dn: ou=twins,ou=people,\(Self.base)
        objectClass: organizationalUnit
        ou: twins

        dn: cn=service,\(Self.base)
        objectClass: organizationalRole
        objectClass: simpleSecurityObject
        cn: service
        userPassword: service-word

        """
            + person(
                "ada",
                "mail: Ada@Example.com\nmail: second@example.com\ntitle: staff\nseeAlso: cn=Staff\\, all,\(Self.base)\nseeAlso: cn=crew,\(Self.base)"
            )
            + person("nomail", "title: staff") + person("twin", "mail: one@example.com")
            + person("twin", "mail: two@example.com", under: "ou=twins,")
    }

    private func person(_ uid: String, _ more: String, under: String = "") -> String {
        """

        dn: uid=\(uid),\(under)ou=people,\(Self.base)
        objectClass: inetOrgPerson
        uid: \(uid)
        cn: \(uid) King
        sn: King
        userPassword: \(Self.password)
        \(more)

        """
    }

    private static func run(_ program: String, _ arguments: String...) throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        if process.terminationStatus != 0 {
            throw Failure(program: program, output: String(decoding: said, as: UTF8.self))
        }
    }

    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw Failure(program: "bind", output: "no port is free") }
        return Int(in_port_t(bigEndian: address.sin_port))
    }

    private static func answers(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = address(port)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// The suite needs OpenLDAP's server, and openssl for its certificate.
    static var directory: Self {
        .enabled(if: LDAPTestDirectory.isAvailable, "needs slapd, slapadd and openssl on this machine")
    }
}
