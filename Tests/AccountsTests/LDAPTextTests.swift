import Core
import Testing

@testable import Accounts

/// Filters, names and settings, without a directory.
struct LDAPTextTests {
    @Test func valuesCanNotEndAFilter() {
        #expect(DirectoryFilter.escape("a*(b)\\c\0d") == "a\\2a\\28b\\29\\5cc\\00d")
        #expect(DirectoryFilter.escape("Zoë O'Neil") == "Zoë O'Neil")
        let filter = DirectoryFilter.equals("uid", "*)(uid=*", and: "")
        #expect(filter == "(&(uid=\\2a\\29\\28uid=\\2a))")
    }

    @Test func theAdministratorsFilterMayLackItsParentheses() {
        #expect(DirectoryFilter.equals("uid", "a", and: "(title=x)(o=y)") == "(&(uid=a)(title=x)(o=y))")
        #expect(DirectoryFilter.equals("uid", "a", and: " title=x") == "(&(uid=a)(title=x))")
    }

    @Test func attributesHaveNames() {
        for name in ["mail", "sAMAccountName", "2.5.4.3", "cn;lang-de"] { #expect(DirectoryFilter.isAttribute(name)) }
        for name in ["", "a b", "a=b", "a)", "-a", "mäil", String(repeating: "a", count: 200)] {
            #expect(!DirectoryFilter.isAttribute(name))
        }
    }

    @Test(arguments: [
        ("cn=Staff,ou=groups,dc=x", "Staff"), ("CN=Staff\\, all,ou=g", "Staff, all"), ("ou=a,cn=b", "b"),
        ("cn = spaced out  ,dc=x", "spaced out"), ("cn=kept\\ ,dc=x", "kept "), ("cn=Z\\C3\\ABe", "Zëe"),
        ("ou=a+cn=b,dc=x", "b"),
        ("2.5.4.3=oid", "oid"), ("cn=a\\\"\\+\\=b", "a\"+=b"), ("cn=,dc=x", ""), ("cn=#0402,dc=x", "#0402"),
    ])
    func commonNamesAreFound(_ text: String, _ name: String) {
        #expect(DistinguishedName(text)?.commonName == name)
    }

    @Test(arguments: ["cn", "=a", "cn=a,", "cn=a,b", "cn=a\\", "cn=a\\4", "cn=a,,dc=x", "a,cn=b"])
    func whatIsNoNameIsNone(_ text: String) {
        #expect(DistinguishedName(text) == nil)
    }

    @Test func aNameOfNothingHasNoCommonName() {
        #expect(DistinguishedName("")?.commonName == nil)
        #expect(DistinguishedName("uid=a,dc=x")?.commonName == nil)
        #expect(DistinguishedName("cn=" + String(repeating: "a", count: 10_000)) == nil)
    }

    private func directory(_ changes: [String: String]) throws -> Directory {
        let standard = [
            "LDAP_SERVER_HOST": "ldap.example.com", "LDAP_APP_DN": "cn=s", "LDAP_APP_PASSWORD": "w",
            "LDAP_VALIDATE_CERT": "false",
        ]
        let variables = standard.merging(changes) { $1 }
        return try Directory(Settings(source: Settings.Source(environment: variables)))
    }

    @Test(
        arguments: [
            ([:], "ldap://ldap.example.com:389", Directory.Encryption.startTLS),
            (["LDAP_SERVER_PORT": "636"], "ldaps://ldap.example.com:636", .wholeConnection),
            (["LDAP_SERVER_PORT": "3890", "LDAP_SERVER_HOST": "ldap://h/"], "ldap://h:3890", .startTLS),
            (["LDAP_SERVER_HOST": "ldaps://h", "LDAP_USE_TLS": "false"], "ldaps://h:389", .wholeConnection),
            (["LDAP_USE_TLS": "false"], "ldap://ldap.example.com:389", .none),
            (["LDAP_USE_TLS": "false", "LDAP_SERVER_HOST": "::1"], "ldap://[::1]:389", .none),
            (["LDAP_SERVER_HOST": "localhost", "LDAP_VALIDATE_CERT": "true"], "ldap://127.0.0.1:389", .startTLS),
        ] as [([String: String], String, Directory.Encryption)]
    )
    func theConnectionFollowsTheSettings(_ changes: [String: String], _ uri: String, _ encryption: Directory.Encryption)
        throws
    {
        let directory = try directory(changes)
        #expect(directory.uri == uri)
        #expect(directory.encryption == encryption)
    }

    @Test(arguments: [
        ["LDAP_SERVER_HOST": ""], ["LDAP_SERVER_HOST": "a b"], ["LDAP_SERVER_HOST": "http://h"],
        ["LDAP_SERVER_HOST": "h ldap://other"],
        ["LDAP_SERVER_PORT": "0"], ["LDAP_ATTRIBUTE_FOR_USERNAME": "uid)(x"], ["LDAP_ATTRIBUTE_FOR_MAIL": ""],
        ["LDAP_APP_PASSWORD": ""],
    ])
    func settingsThatCanNotBeAreNamed(_ changes: [String: String]) {
        #expect(throws: Directory.Misconfiguration.self) { try directory(changes) }
    }

    @Test func aMissingAuthorityFileIsAMatterOfTLS() {
        #expect(
            throws: Directory.Misconfiguration(
                message: "the file of certificate authorities can not be read",
                isAboutTLS: true
            )
        ) {
            try directory(["LDAP_VALIDATE_CERT": "true", "LDAP_CA_CERT_FILE": "/nowhere/ca.pem"])
        }
    }

    @Test func cipherListsAreInTheLibrarysNotation() {
        typealias Ciphers = DirectoryConnection.Ciphers
        #expect(Ciphers("ALL", isGnuTLS: true).text == nil)
        #expect(Ciphers("ECDHE+AESGCM", isGnuTLS: true).text == nil)
        #expect(Ciphers("NORMAL:-VERS-ALL:+VERS-TLS1.3", isGnuTLS: true).text == "NORMAL:-VERS-ALL:+VERS-TLS1.3")
        #expect(Ciphers("ALL", isGnuTLS: false).text == nil)
        #expect(Ciphers("HIGH", isGnuTLS: false).text == "HIGH")
        #expect(Ciphers("", isGnuTLS: false).text == nil)
    }
}
