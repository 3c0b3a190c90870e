import Accounts
import Administration
import Core
import Dispatch
import HTTP
import Postgres
import Synchronization
import Testing

@Suite(.database) struct AuditTrailTests {
    private static let path = "/api/v1/audit"

    /// The entries after those that made the people of the test, oldest first.
    private func entries(_ site: AuditSite, after id: Int) throws -> [AuditEntry] {
        try AuditStore.list(AuditStore.Filter(), before: nil, limit: 500, site.database).reversed().filter {
            $0.id > id
        }
    }

    private func last(_ site: AuditSite) throws -> Int {
        try AuditStore.list(AuditStore.Filter(), before: nil, limit: 1, site.database).first?.id ?? 0
    }

    private func json(_ text: String?) throws -> JSONValue {
        try text.map { try JSONValue(parsing: $0) } ?? .null
    }

    @Test func whatAnAdminDoesToAnAccountIsNoted() throws {
        try AuditSite.run { (site) throws in
            let (boss, ann) = (try site.person("boss", .admin), try site.person("ann"))
            let start = try last(site)
            let edit: JSONValue = [
                "role": "pending", "name": "ann", "email": "ann@example.com", "profile_image_url": "/user.png",
                "password": "New-word-1",
            ]
            #expect(site.call(.post, "/api/v1/users/\(ann.id)/update", edit, as: boss.token).status == 200)
            #expect(site.call(.delete, "/api/v1/users/\(ann.id)", as: boss.token).status == 200)
            let entries = try entries(site, after: start)
            try #require(entries.map(\.action) == ["account.update", "account.password", "account.delete"])
            for entry in entries {
                #expect(entry.actorID == boss.id && entry.actor == "boss@example.com" && entry.address == "192.0.2.1")
                #expect(entry.subjectID == ann.id && entry.subject == "ann@example.com")
                #expect(!"\(entry.old ?? "")\(entry.new ?? "")".contains("argon2"))
            }
            #expect(try json(entries[0].old) == ["role": "user"])
            #expect(try json(entries[0].new) == ["role": "pending"])
            #expect(entries[0].via == "POST /api/v1/users/{id}/update")
            #expect(try json(entries[2].old)["role"] == "pending")
            #expect(entries[2].new == nil)
        }
    }

    @Test func aRefusedChangeLeavesNothing() throws {
        try AuditSite.run { (site) throws in
            let (boss, ann) = (try site.person("boss", .admin), try site.person("ann"))
            let start = try last(site)
            let taken: JSONValue = [
                "role": "admin", "name": "ann", "email": "boss@example.com", "profile_image_url": "/user.png",
            ]
            #expect(site.call(.post, "/api/v1/users/\(ann.id)/update", taken, as: boss.token).status == 400)
            #expect(site.call(.post, "/api/v1/users/\(ann.id)/update", taken, as: ann.token).status == 401)
            struct Undo: Error {}
            #expect(throws: Undo.self) {
                try site.database.transaction {
                    try site.database.execute("update account set role = 'admin'")
                    throw Undo()
                }
            }
            #expect(try last(site) == start)
        }
    }

    @Test func settingsAndRightsAreNotedWithoutTheirSecrets() throws {
        try AuditSite.run { (site) throws in
            let boss = try site.person("boss", .admin)
            let start = try last(site)
            let keys: JSONValue = [
                "OPENAI_API_BASE_URLS": ["http://me:word@127.0.0.1:9"], "OPENAI_API_KEYS": ["sk-very-secret"],
                "OPENAI_API_CONFIGS": ["0": ["enable": false, "key": "hidden-too"]], "ENABLE_OPENAI_API": false,
            ]
            #expect(site.call(.post, "/openai/config/update", keys, as: boss.token).status == 200)
            let permissions = site.call(.get, "/api/v1/users/default/permissions", as: boss.token).json
            #expect(site.call(.post, "/api/v1/users/default/permissions", permissions, as: boss.token).status == 200)
            let entries = try entries(site, after: start)
            let names = Set(entries.map(\.subjectID))
            #expect(names.isSuperset(of: ["OPENAI_API_KEYS", "OPENAI_API_BASE_URLS", "USER_PERMISSIONS"]))
            #expect(entries.allSatisfy { $0.action == "setting.save" && $0.actorID == boss.id })
            let all = entries.map { "\($0.old ?? "")\($0.new ?? "")" }.joined()
            for secret in ["sk-very-secret", "hidden-too", "me:word"] { #expect(!all.contains(secret)) }
            #expect(all.contains("127.0.0.1:9"))
        }
    }

    @Test func everySecretSettingIsCovered() throws {
        try AuditSite.run { (site) throws in
            let names = Setting.all.filter(\.isSecret).map(\.name)
            let shown = try site.database.query(
                "select name from unnest(\(names)) as secret (name) where not audit_is_secret(name)"
            ).map { try $0.text(0) }
            #expect(shown.isEmpty)
        }
    }

    @Test func groupsAndTheirMembersAreNoted() throws {
        try AuditSite.run { (site) throws in
            let (boss, ann) = (try site.person("boss", .admin), try site.person("ann"))
            let start = try last(site)
            let form: JSONValue = ["name": "Staff", "description": "All", "permissions": ["chat": ["delete": true]]]
            let made = site.call(.post, "/api/v1/groups/create", form, as: boss.token).json
            let id = try #require(made["id"]?.string)
            _ = site.call(.post, "/api/v1/groups/id/\(id)/users/add", ["user_ids": [.string(ann.id)]], as: boss.token)
            _ = site.call(
                .post,
                "/api/v1/groups/id/\(id)/users/remove",
                ["user_ids": [.string(ann.id)]],
                as: boss.token
            )
            _ = site.call(.delete, "/api/v1/groups/id/\(id)/delete", as: boss.token)
            let entries = try entries(site, after: start)
            try #require(entries.map(\.action) == ["group.create", "group.add", "group.remove", "group.delete"])
            #expect(entries.allSatisfy { $0.subjectID == id && $0.subject == "Staff" && $0.actorID == boss.id })
            #expect(try json(entries[0].new)["permissions"] == ["chat": ["delete": true]])
            #expect(try json(entries[1].new) == ["email": "ann@example.com", "account": .string(ann.id)])
        }
    }

    @Test func sharingIsNoted() throws {
        try AuditSite.run { (site) throws in
            let ann = try site.person("ann")
            try SettingsStore.save([(Setting.userPermissions, ["workspace": ["prompts": true]])], site.database)
            var form: JSONValue = ["command": "/hi", "title": "Hi", "content": "Hello", "access_control": [:]]
            #expect(site.call(.post, "/api/v1/prompts/create", form, as: ann.token).status == 200)
            let start = try last(site)
            form["access_control"] = ["read": ["user_ids": ["bob"], "group_ids": []]]
            #expect(site.call(.post, "/api/v1/prompts/command/hi/update", form, as: ann.token).status == 200)
            // The words are nobody's business.
            form["content"] = "Good day"
            #expect(site.call(.post, "/api/v1/prompts/command/hi/update", form, as: ann.token).status == 200)
            let entries = try entries(site, after: start)
            try #require(entries.map(\.action) == ["prompt.update"])
            #expect(entries[0].actorID == ann.id && entries[0].subjectID == "/hi")
            #expect(try json(entries[0].old) == ["access_control": [:]])
            #expect(try json(entries[0].new)["access_control"]?["read"]?["user_ids"] == ["bob"])
        }
    }

    @Test func whatComesAfterIsNobodysElse() throws {
        try AuditSite.run { (site) throws in
            let boss = try site.person("boss", .admin)
            _ = site.call(.delete, "/api/v1/users/nobody", as: boss.token)
            let start = try last(site)
            try site.database.execute("update account set role = 'user'")
            let entry = try #require(try entries(site, after: start).first)
            #expect(entry.actorID == nil)
            #expect(entry.via == "swiftlet-tests")
        }
    }

    @Test func signingUpIsAVisitorsDeedAndSigningInIsNone() throws {
        try AuditSite.run { (site) throws in
            let form: JSONValue = ["name": "First", "email": "first@example.com", "password": "Pass-word-1"]
            #expect(site.call(.post, "/api/v1/auths/signup", form).status == 200)
            let made = try entries(site, after: 0)
            #expect(made.map(\.action).contains("account.create"))
            #expect(made.allSatisfy { $0.actor == "visitor" && $0.via == "POST /api/v1/auths/signup" })
            // A hash of the reference is replaced at sign-in, which changes no password.
            let bcrypt = "$2b$12$" + String(repeating: "a", count: 53)
            try site.database.execute("update credential set password_hash = \(bcrypt)")
            let start = try last(site)
            try AuditActor.attribute(
                id: nil,
                name: "visitor",
                address: "",
                via: "POST /api/v1/auths/signin",
                site.database
            ) {
                try site.database.execute("update credential set password_hash = 'stronger'")
            }
            #expect(site.call(.post, "/api/v1/auths/signin", form).status == 400)
            #expect(try last(site) == start)
        }
    }

    @Test func theTrailIsShownToAdminsInPages() throws {
        try AuditSite.run { (site) throws in
            let (boss, ann) = (try site.person("boss", .admin), try site.person("ann"))
            #expect(site.call(.get, Self.path).status == 401)
            #expect(site.call(.get, Self.path, as: ann.token).status == 401)
            for number in 0..<5 { _ = try site.person("p\(number)") }
            let first = site.call(.get, "\(Self.path)?limit=3", as: boss.token).json
            #expect(
                first["entries"]?.array?.map { $0["subject"]?["name"] } == [
                    "p4@example.com", "p3@example.com", "p2@example.com",
                ]
            )
            let next = try #require(first["next"]?.int.map(String.init))
            let second = site.call(.get, "\(Self.path)?limit=50&before=\(next)", as: boss.token).json
            #expect(second["entries"]?.array?.count == 4)
            #expect(second["next"] == .null)
            let one = site.call(.get, "\(Self.path)?subject=\(ann.id)&action=account", as: boss.token).json["entries"]?
                .array
            #expect(one?.map { $0["action"] } == ["account.create"])
            #expect(site.call(.get, "\(Self.path)?action=setting", as: boss.token).json["entries"] == [])
            #expect(site.call(.get, "\(Self.path)?before=x", as: boss.token).status == 422)
        }
    }

    @Test func theTrailIsOnlyAddedTo() throws {
        try AuditSite.run { (site) throws in
            _ = try site.person("ann")
            for statement in [
                "update audit_entry set actor = 'x'", "delete from audit_entry", "truncate audit_entry",
                "delete from audit_head",
            ] {
                #expect(throws: PostgresError.self) { try site.database.script(statement) }
            }
            #expect(try entries(site, after: 0).count == 1)
        }
    }

    @Test func theChainShowsWhatWasTamperedWith() throws {
        try AuditSite.run { (site) throws in
            #expect(try AuditChain.verify(site.database) == .whole(#require(AuditChain.Mark("0:" + Self.startHash))))
            for name in ["a", "b", "c"] { _ = try site.person(name) }
            guard case .whole(let mark) = try AuditChain.verify(site.database) else {
                Issue.record("the chain is broken")
                return
            }
            #expect(mark.id == 3)
            _ = try site.person("d")
            #expect(try AuditChain.verify(contains: mark, site.database) != .broken(""))
            for (tampering, problem) in [
                ("update audit_entry set actor = 'me' where id = 2", "Entry 2 is not"),
                ("delete from audit_entry where id = 2", "Entry 2 is missing"),
                ("delete from audit_entry where id = 4", "The end is missing"),
                ("update audit_head set id = 5", "The end is missing"),
            ] {
                struct Undo: Error {}
                #expect(throws: Undo.self) {
                    try site.database.transaction {
                        try site.database.script("alter table audit_entry disable trigger all; \(tampering)")
                        guard case .broken(let found) = try AuditChain.check(site.database) else {
                            Issue.record("not noticed: \(tampering)")
                            throw Undo()
                        }
                        #expect(found.contains(problem))
                        throw Undo()
                    }
                }
            }
            let other = try #require(AuditChain.Mark("3:" + String(repeating: "0", count: 64)))
            guard case .broken(let found) = try AuditChain.verify(contains: other, site.database) else {
                Issue.record("a trail that was written anew is not noticed")
                return
            }
            #expect(found.contains("written anew"))
        }
    }

    /// SHA-256 of `swiftlet audit`.
    private static let startHash = "fa23bb378d6ddba2acaa829a58d6e5f1481c944430b1851de2d6f860532884e5"

    @Test func entriesMadeAtOnceFormOneChain() throws {
        try AuditSite.run { (site) throws in
            let schema = site.schema
            let failures = Mutex(0)
            DispatchQueue.concurrentPerform(iterations: 4) { index in
                let database = AuditSite.connect(schema)
                for number in 0..<20 {
                    let email = "n\(index)-\(number)@example.com"
                    do {
                        _ = try AccountStore.insert(
                            NewAccount(email: email, name: "n", role: .user, passwordHash: nil),
                            database
                        )
                    } catch {
                        failures.withLock { $0 += 1 }
                    }
                }
            }
            #expect(failures.withLock { $0 } == 0)
            guard case .whole(let mark) = try AuditChain.verify(site.database) else {
                Issue.record("the chain is broken")
                return
            }
            #expect(mark.id == 80)
        }
    }
}
