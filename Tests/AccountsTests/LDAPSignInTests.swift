import Core
import HTTP
import Testing

@testable import Accounts

/// Sign-in through a real directory.
@Suite(.database, .directory) struct LDAPSignInTests {
    private func run(
        _ changes: (LDAPTestDirectory) -> [String: String] = { _ in [:] },
        _ body: (TestServer) throws -> Void
    ) throws {
        let directory = try LDAPTestDirectory()
        try TestServer.run(directory.environment(changes(directory))) { (server) throws in
            _ = try server.account("boss", role: .admin, viaPassword: false)
            try withExtendedLifetime(directory) { try body(server) }
        }
    }

    private func enter(_ server: TestServer, _ user: String, _ password: String = LDAPTestDirectory.password) throws
        -> Answer
    {
        try server.call(.post, "/api/v1/auths/ldap", ["user": .string(user), "password": .string(password)])
    }

    @Test func aPersonOfTheDirectoryGetsAnAccountAndASession() throws {
        try run { (server) throws in
            let answer = try enter(server, "ADA")
            try #require(answer.status == 200, "\(answer.json.text)")
            #expect(
                answer.json["email"] == "ada@example.com" && answer.json["name"] == "ada King"
                    && answer.json["role"] == "user"
            )
            #expect(answer.headers("set-cookie").count == 1)
            let token = try #require(answer.json["token"]?.string)
            #expect(try server.call(.get, "/api/v1/auths/", token: token).json["id"] == answer.json["id"])
            #expect(try enter(server, "ada").json["id"] == answer.json["id"])
            // No password of the form's opens it.
            let form: JSONValue = ["email": "ada@example.com", "password": .string(LDAPTestDirectory.password)]
            #expect(try server.call(.post, "/api/v1/auths/signin", form).status == 400)
        }
    }

    @Test(arguments: [
        ("ada", "wrong"), ("ada", ""), ("", LDAPTestDirectory.password), ("*", LDAPTestDirectory.password),
        ("ada)(uid=*", LDAPTestDirectory.password), ("nobody", LDAPTestDirectory.password),
        ("nomail", LDAPTestDirectory.password),
        ("twin", LDAPTestDirectory.password),
    ])
    func othersAreRefusedWithoutAReason(_ user: String, _ password: String) throws {
        try run { (server) throws in
            let answer = try enter(server, user, password)
            #expect(answer.status == 400 && answer.detail == "LDAP authentication failed.")
            #expect(answer.headers("set-cookie") == [])
            #expect(try AccountStore.find(email: "ada@example.com", server.connect()) == nil)
        }
    }

    @Test func itIsOffUntilSwitchedOn() throws {
        try run { _ in
            ["ENABLE_LDAP": "false"]
        } _: { (server) throws in
            #expect(try enter(server, "ada").detail == "LDAP authentication is not enabled")
        }
    }

    @Test(arguments: [
        ["LDAP_APP_PASSWORD": "wrong"], ["LDAP_SERVER_PORT": "1"], ["LDAP_SERVER_HOST": "no-such-host.invalid"],
        ["LDAP_SEARCH_BASE": "ou=nowhere,dc=example,dc=com"], ["LDAP_SEARCH_FILTER": "(title=other)"],
        ["LDAP_SEARCH_FILTER": "(((title"],
        ["LDAP_ATTRIBUTE_FOR_USERNAME": "uid=*)("],
    ])
    func aDirectoryThatCanNotBeAskedLetsNobodyIn(_ changes: [String: String]) throws {
        try run { _ in
            changes
        } _: { (server) throws in
            let answer = try enter(server, "ada")
            #expect(answer.status == 400 && answer.detail == "LDAP authentication failed.")
        }
    }

    /// What the directory's one good person gets on an otherwise empty server.
    private func attempt(_ changes: (LDAPTestDirectory) -> [String: String]) throws -> Answer {
        let directory = try LDAPTestDirectory()
        var answer: Answer?
        try TestServer.run(directory.environment(changes(directory))) { (server) throws in
            answer = try enter(server, "ada")
        }
        return try withExtendedLifetime(directory) { try #require(answer) }
    }

    @Test(
        arguments: [
            ([:], "127.0.0.1", 400), (["LDAP_VALIDATE_CERT": "false"], "127.0.0.1", 200),
            (["LDAP_CA_CERT_FILE": "own"], "127.0.0.1", 200), (["LDAP_CA_CERT_FILE": "own"], "localhost", 200),
        ] as [([String: String], String, Int)]
    )
    func certificatesAreChecked(_ changes: [String: String], _ host: String, _ status: Int) throws {
        let answer = try attempt { directory in
            var all = changes
            if all["LDAP_CA_CERT_FILE"] != nil { all["LDAP_CA_CERT_FILE"] = directory.certificate }
            all["LDAP_USE_TLS"] = "true"
            all["LDAP_SERVER_HOST"] = host
            all["LDAP_SERVER_PORT"] = String(directory.securePort)
            return all
        }
        #expect(answer.status == status)
    }

    @Test func aMissingFileOfAuthoritiesIsSaid() throws {
        let changes = ["LDAP_USE_TLS": "true", "LDAP_CA_CERT_FILE": "/nowhere.pem"]
        #expect(try attempt { _ in changes }.detail == "Failed to configure TLS for LDAP connection.")
    }

    @Test func plainConnectionsBecomeEncrypted() throws {
        let start = ["LDAP_USE_TLS": "true", "LDAP_SERVER_HOST": "ldap://127.0.0.1"]
        #expect(try attempt { _ in start }.status == 400)
        #expect(try attempt { start.merging(["LDAP_CA_CERT_FILE": $0.certificate]) { $1 } }.status == 200)
    }

    @Test func groupsAreMadeJoinedAndLeft() throws {
        let management = ["ENABLE_LDAP_GROUP_MANAGEMENT": "true", "ENABLE_LDAP_GROUP_CREATION": "true"]
        try run { _ in
            management
        } _: { (server) throws in
            let id = try #require(enter(server, "ada").json["id"]?.string)
            let database = server.connect()
            #expect(Set(try GroupStore.of(account: id, database).map(\.name)) == ["Staff, all", "crew"])
            let other = try #require(
                try GroupStore.insert(name: "other", description: "", permissions: nil, owner: id, database)
            )
            _ = try GroupStore.addMembers([id], to: other.id, database)
            #expect(try enter(server, "ada").status == 200)
            #expect(Set(try GroupStore.of(account: id, database).map(\.name)) == ["Staff, all", "crew"])
            #expect(try GroupStore.all(database).count == 3)
        }
    }

    @Test func groupsAreOnlyJoinedWhereTheyMayNotBeMade() throws {
        try run { _ in
            ["ENABLE_LDAP_GROUP_MANAGEMENT": "true"]
        } _: { (server) throws in
            let database = server.connect()
            _ = try GroupStore.insert(name: "crew", description: "", permissions: nil, owner: "", database)
            let id = try #require(enter(server, "ada").json["id"]?.string)
            #expect(try GroupStore.of(account: id, database).map(\.name) == ["crew"])
        }
    }

    @Test func anAccountWithTheAddressIsFoundAndABarredOneIsRefused() throws {
        try run { (server) throws in
            let mine = try server.account("ada")
            #expect(try enter(server, "ada").json["id"] == .string(mine.id))
            try server.connect().execute("update credential set active = false where account_id = \(mine.id)")
            #expect(try enter(server, "ada").detail == "LDAP authentication failed.")
        }
    }

    @Test func theFirstPersonIsTheAdminAndClosesTheDoor() throws {
        let directory = try LDAPTestDirectory()
        try TestServer.run(directory.environment()) { (server) throws in
            #expect(try enter(server, "ada").json["role"] == "admin")
            let settings = try server.context().settings
            #expect(settings[Setting.enableSignup] == false)
        }
        withExtendedLifetime(directory) {}
    }
}
