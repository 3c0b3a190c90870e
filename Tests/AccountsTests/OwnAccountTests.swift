import Accounts
import Core
import HTTP
import Testing

@Suite(.database) struct OwnAccountTests {
    private static let settings = "/api/v1/users/user/settings"
    private static let info = "/api/v1/users/user/info"
    private static let profile = "/api/v1/auths/update/profile"

    @Test func settingsAreMergedByTheirTopLevel() throws {
        try TestServer.run { (server) throws in
            #expect(try server.call(.get, Self.settings).status == 401)
            let person = try server.account("ann")
            func save(_ body: JSONValue) throws -> JSONValue {
                try server.call(.post, Self.settings + "/update", body, token: person.token).sorted
            }
            #expect(try server.call(.get, Self.settings, token: person.token).json == .null)
            let ui: JSONValue = ["models": ["alpha"], "nested": ["deep": [1, ["x": "ü"]]]]
            #expect(try save(["ui": ui]) == ["ui": ui])
            #expect(try save([:]) == ["ui": ui])
            #expect(try save(["ui": .null, "functions": ["a": 1]]) == ["functions": ["a": 1], "ui": ui])
            #expect(try save(["ui": ["b": 2]])["ui"] == ["b": 2])
            #expect(try server.call(.get, Self.settings, token: person.token).json["functions"] == ["a": 1])
            #expect(
                try server.call(.post, Self.settings + "/update", ["ui": [1]], token: person.token).status == 422
            )
        }
    }

    @Test func toolServersNeedThePermission() throws {
        try TestServer.run { (server) throws in
            let body: JSONValue = ["ui": ["toolServers": [1], "a": 2]]
            let person = try server.account("ann")
            let boss = try server.account("boss", role: .admin)
            #expect(
                try server.call(.post, Self.settings + "/update", body, token: person.token).json == ["ui": ["a": 2]]
            )
            #expect(try server.call(.post, Self.settings + "/update", body, token: boss.token).sorted == body.sorted)
        }
    }

    @Test func informationIsMerged() throws {
        try TestServer.run { (server) throws in
            let person = try server.account("ann")
            #expect(try server.call(.get, Self.info, token: person.token).json == .null)
            _ = try server.call(.post, Self.info + "/update", ["location": "here", "a": 1], token: person.token)
            let merged = try server.call(.post, Self.info + "/update", ["a": .null], token: person.token)
            #expect(merged.sorted == ["a": .null, "location": "here"])
            #expect(try server.call(.post, Self.info + "/update", [1], token: person.token).status == 422)
        }
    }

    @Test func aProfileIsReplacedAsAWhole() throws {
        try TestServer.run { (server) throws in
            let person = try server.account("ann")
            let form: JSONValue = [
                "name": "Ada", "profile_image_url": "/user.png", "bio": "Counts.", "gender": "female",
                "date_of_birth": "1816-02-29",
            ]
            let answer = try server.call(.post, Self.profile, form, token: person.token)
            #expect(
                answer.json == [
                    "id": .string(person.id), "name": "Ada", "email": "ann@example.com", "role": "user",
                    "profile_image_url": "/user.png",
                ]
            )
            var session = try server.call(.get, "/api/v1/auths/", token: person.token).json
            #expect(session["bio"] == "Counts." && session["date_of_birth"] == "1816-02-29")
            _ = try server.call(
                .post,
                Self.profile,
                ["name": "Ada", "profile_image_url": ""],
                token: person.token
            )
            session = try server.call(.get, "/api/v1/auths/", token: person.token).json
            #expect(session["bio"] == .null && session["date_of_birth"] == .null)
        }
    }

    @Test(arguments: ["not a day", "1815-02-29", "1815-13-01", "15-01-01", "", "0000-01-01", "1815-12-10T10:00"])
    func aDayThatIsNoneIsRefused(day: String) throws {
        try TestServer.run { (server) throws in
            let person = try server.account("ann")
            let form: JSONValue = ["name": "Ada", "profile_image_url": "/user.png", "date_of_birth": .string(day)]
            #expect(try server.call(.post, Self.profile, form, token: person.token).status == 422)
            #expect(try server.call(.get, "/api/v1/auths/", token: person.token).json["name"] == "ann")
        }
    }
}

@Suite(.database) struct AuthSettingsTests {
    private static let path = "/api/v1/auths/admin/config"

    @Test func theAdminReadsAndChangesTheSettings() throws {
        try TestServer.run { (server) throws in
            let boss = try server.account("boss", role: .admin)
            let person = try server.account("ann")
            #expect(try server.call(.get, Self.path, token: person.token).status == 401)
            var form = try server.call(.get, Self.path, token: boss.token).json
            #expect(form.object?.count == 16)
            form["DEFAULT_USER_ROLE"] = "user"
            form["JWT_EXPIRES_IN"] = "4w"
            form["ENABLE_SIGNUP"] = false
            #expect(try server.call(.post, Self.path, form, token: boss.token).json == form)
            var odd = form
            odd["DEFAULT_USER_ROLE"] = "king"
            odd["JWT_EXPIRES_IN"] = "1h30m"
            #expect(try server.call(.post, Self.path, odd, token: boss.token).json == form)
            odd["ENABLE_SIGNUP"] = nil
            let incomplete = try server.call(.post, Self.path, odd, token: boss.token)
            #expect(incomplete.status == 422)
            #expect(incomplete.json["detail"]?[0]?["loc"] == ["body", "ENABLE_SIGNUP"])
            #expect(try server.call(.get, Self.path, token: boss.token).json == form)
        }
    }

    @Test func theDirectoryIsSetUp() throws {
        try TestServer.run { (server) throws in
            let boss = try server.account("boss", role: .admin)
            let path = Self.path + "/ldap"
            #expect(try server.call(.get, path, token: boss.token).json == ["ENABLE_LDAP": false])
            #expect(
                try server.call(.post, path, ["enable_ldap": true], token: boss.token).json == ["ENABLE_LDAP": true]
            )
            var form: JSONValue = [
                "label": "L", "host": "h", "port": 636, "app_dn": "cn=a", "app_dn_password": "p", "search_base": "dc=x",
            ]
            let saved = try server.call(.post, path + "/server", form, token: boss.token).json
            #expect(saved["attribute_for_mail"] == "mail" && saved["use_tls"] == true && saved["port"] == 636)
            #expect(try server.call(.get, path + "/server", token: boss.token).json == saved)
            form["search_base"] = ""
            let empty = try server.call(.post, path + "/server", form, token: boss.token)
            #expect(empty.status == 400)
            #expect(empty.detail == "Required field search_base is empty")
        }
    }

    @Test func whoWaitsIsToldWhomToAsk() throws {
        try TestServer.run { (server) throws in
            _ = try server.account("boss", role: .admin)
            let person = try server.account("ann", role: .pending)
            let answer = try server.call(.get, "/api/v1/auths/admin/details", token: person.token)
            #expect(answer.json == ["name": "boss", "email": "boss@example.com"])
            try SettingsStore.save([(Setting.showAdminDetails, false)], server.connect())
            #expect(try server.call(.get, "/api/v1/auths/admin/details", token: person.token).status == 400)
        }
    }

    @Test func theAdminAddsAccounts() throws {
        try TestServer.run { (server) throws in
            let boss = try server.account("boss", role: .admin)
            let form: JSONValue = ["name": "Added", "email": "ADDED@example.com", "password": "Pass-word-1"]
            let answer = try server.call(.post, "/api/v1/auths/add", form, token: boss.token)
            #expect(answer.json["role"] == "pending" && answer.json["email"] == "added@example.com")
            #expect(answer.headers("set-cookie").isEmpty)
            let token = answer.json["token"]?.string
            #expect(try server.call(.get, "/api/v1/auths/", token: token).json["id"] == answer.json["id"])
            #expect(try server.call(.post, "/api/v1/auths/add", form, token: boss.token).detail == Detail.emailTaken)
        }
    }
}
