import Accounts
import Core
import HTTP
import Testing

@Suite(.database) struct WorkspaceModelTests {
    private static let path = "/api/v1/models"

    static func form(_ id: String = "m", _ more: JSONObject = [:]) -> JSONValue {
        let form: JSONObject = [
            "id": .string(id), "name": "Name", "base_model_id": "base", "meta": ["description": "D"],
            "params": ["temperature": 0.5], "access_control": [:], "is_active": true,
        ]
        return .object(form.merging(more) { _, new in new })
    }

    private static func readers(
        _ people: [WorkspaceServer.Person],
        write: [WorkspaceServer.Person] = [],
        groups: [String] = []
    ) -> JSONValue {
        [
            "read": ["user_ids": JSONValue(people.map(\.id)), "group_ids": JSONValue(groups)],
            "write": ["user_ids": JSONValue(write.map(\.id)), "group_ids": []],
        ]
    }

    @Test func everyRouteNeedsAnAccount() throws {
        try WorkspaceServer.run { (server) throws in
            let (pending, user) = (try server.person("pat", .pending), try server.person("ann"))
            try server.expectRefusals(
                [
                    (.get, "/api/v1/models/"), (.post, "/api/v1/models/create"), (.post, "/api/v1/models"),
                    (.get, "/api/v1/models/model?id=m"), (.get, "/api/v1/models/org/m"),
                    (.get, "/api/v1/models/model/profile/image?id=m"), (.post, "/api/v1/models/model/toggle?id=m"),
                    (.post, "/api/v1/models/model/update?id=m"), (.delete, "/api/v1/models/model/delete?id=m"),
                ],
                as: [pending]
            )
            try server.expectRefusals(
                [
                    (.get, "/api/v1/models/base"), (.get, "/api/v1/models/export"), (.post, "/api/v1/models/import"),
                    (.post, "/api/v1/models/sync"), (.delete, "/api/v1/models/delete/all"),
                ],
                as: [pending, user]
            )
        }
    }

    @Test func aModelIsKeptAsItWasGiven() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            let meta: JSONValue = [
                "profile_image_url": "/x.png", "description": "D", "capabilities": ["vision": true],
                "extra": ["deep": [1]],
            ]
            let made = try server.call(
                .post,
                Self.path + "/create",
                Self.form("org/m:7b-v1.5 é", ["meta": meta]),
                as: boss
            )
            #expect(made.status == 200)
            #expect(made.json["user_id"] == .string(boss.id))
            #expect(made.json["meta"]?["extra"] == ["deep": [1]])
            #expect(made.json["meta"]?["profile_image_url"] == "/x.png")
            #expect(made.json["params"] == ["temperature": 0.5])
            #expect(made.json["access_control"] == [:])
            #expect(made.json["created_at"]?.int != nil)
            let id = PercentEncoding.encode("org/m:7b-v1.5 é")
            #expect(try server.call(.get, Self.path + "/model?id=\(id)", as: boss).json == made.json)
            #expect(try server.call(.get, Self.path + "/\(id)", as: boss).json == made.json)
            #expect(try server.call(.get, Self.path + "/org/m:7b-v1.5%20%C3%A9", as: boss).json == made.json)
            #expect(try server.call(.delete, Self.path + "/model/delete?id=\(id)", as: boss).json == true)
            let gone = try server.call(.get, Self.path + "/model?id=\(id)", as: boss)
            #expect(gone.status == 401)
            #expect(gone.detail == Detail.notFound)
        }
    }

    @Test func whatIsLeftOutOfAFormHasDefaults() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            let made = try server.call(
                .post,
                Self.path,
                ["id": "m", "name": "N", "meta": [:], "params": [:]],
                as: boss
            ).json
            #expect(made["base_model_id"] == .null)
            #expect(made["is_active"] == true)
            #expect(made["access_control"] == .null)
            #expect(made["meta"]?["profile_image_url"] == "/static/favicon.png")
            #expect(made["meta"]?["description"] == .null)
            #expect(made["meta"]?["capabilities"] == .null)
        }
    }

    @Test func aFormThatIsNoModelIsRefused() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            let bad: [(JSONObject, Int)] = [
                (["id": nil], 422), (["id": 7], 422), (["id": ""], 400),
                (["id": .string(String(repeating: "x", count: 257))], 400),
                (["meta": "text"], 422), (["meta": ["description": 1]], 422), (["meta": ["capabilities": []]], 422),
                (["params": []], 422), (["access_control": "public"], 422), (["is_active": "perhaps"], 422),
                (["base_model_id": 1], 422),
            ]
            for (change, status) in bad {
                #expect(
                    try server.call(.post, Self.path + "/create", Self.form("m", change), as: boss).status == status,
                    "\(change)"
                )
            }
            #expect(try server.call(.post, Self.path + "/create", [], as: boss).status == 422)
            #expect(try server.call(.get, Self.path + "/model", as: boss).status == 422)
            #expect(try server.database.query("select from model").isEmpty)
        }
    }

    @Test func anIDIsTakenOnce() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            #expect(try server.call(.post, Self.path + "/create", Self.form(), as: boss).status == 200)
            let second = try server.call(.post, Self.path + "/create", Self.form("m", ["name": "Other"]), as: boss)
            #expect(second.status == 401)
            #expect(
                second.detail == "Uh-oh! This model id is already registered. Please choose another model id string."
            )
            #expect(try server.call(.get, Self.path + "/model?id=m", as: boss).json["name"] == "Name")
        }
    }

    @Test func makingModelsNeedsThePermission() throws {
        try WorkspaceServer.run { (server) throws in
            let user = try server.person("ann")
            let refused = try server.call(.post, Self.path + "/create", Self.form(), as: user)
            #expect(refused.status == 401)
            #expect(refused.detail == "401 Unauthorized")
            _ = try server.group([user], permissions: ["workspace": ["models": true]])
            #expect(
                try server.call(.post, Self.path + "/create", Self.form(), as: user).json["user_id"] == .string(user.id)
            )
            #expect(try server.call(.get, Self.path + "/", as: user).json.array?.count == 1)
        }
    }

    @Test func presetsAndOverridesHaveListsOfTheirOwn() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person(
                "boss",
                .admin,
                picture: "data:image/png;base64," + String(repeating: "A", count: 1000)
            )
            _ = try server.call(.post, Self.path + "/create", Self.form("preset"), as: boss)
            _ = try server.call(.post, Self.path + "/create", Self.form("override", ["base_model_id": nil]), as: boss)
            let presets = try server.call(.get, Self.path + "/", as: boss).json
            #expect(presets.array?.compactMap { $0["id"]?.string } == ["preset"])
            #expect(
                presets[0]?["user"] == [
                    "id": .string(boss.id), "name": "boss", "email": "boss@example.com", "role": "admin",
                    "profile_image_url": .string("/api/v1/users/\(boss.id)/profile/image"),
                ]
            )
            let overrides = try server.call(.get, Self.path + "/base", as: boss).json
            #expect(overrides.array?.compactMap { $0["id"]?.string } == ["override"])
            #expect(overrides[0]?["user"] == nil)
            let exported = try server.call(.get, Self.path + "/export", as: boss).json
            #expect(exported.array?.compactMap { $0["id"]?.string } == ["preset"])
            try server.database.execute("delete from account")
            let late = try server.person("late", .admin)
            #expect(try server.call(.get, Self.path + "/", as: late).json[0]?["user"] == .null)
        }
    }

    @Test func sharingForReadingAndForWritingAreTwoThings() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            let (reader, writer, member, other) = (
                try server.person("ann"), try server.person("bob"), try server.person("cid"), try server.person("dan")
            )
            let group = try server.group([member])
            let access = Self.readers([reader, writer], write: [writer], groups: [group])
            let row = try server.call(
                .post,
                Self.path + "/create",
                Self.form("m", ["access_control": access]),
                as: boss
            ).json
            for person in [reader, writer, member] {
                #expect(try server.call(.get, Self.path + "/model?id=m", as: person).json == row)
            }
            let hidden = try server.call(.get, Self.path + "/model?id=m", as: other)
            #expect(hidden.status == 200)
            #expect(hidden.text == "null")
            #expect(try server.call(.get, Self.path + "/m", as: other).text == "null")
            for person in [reader, member, other] {
                #expect(try server.call(.get, Self.path + "/", as: person).json == [])
                let update = try server.call(
                    .post,
                    Self.path + "/model/update?id=m",
                    Self.form("m", ["name": "Mine"]),
                    as: person
                )
                #expect(update.status == 400)
                #expect(update.detail == Detail.accessProhibited)
                let toggle = try server.call(.post, Self.path + "/model/toggle?id=m", as: person)
                #expect(toggle.status == 401)
                #expect(toggle.detail == "401 Unauthorized")
                let delete = try server.call(.delete, Self.path + "/model/delete?id=m", as: person)
                #expect(delete.status == 401)
                #expect(delete.detail == "401 Unauthorized")
            }
            #expect(try server.call(.get, Self.path + "/model?id=m", as: boss).json == row)
            #expect(try server.call(.get, Self.path + "/", as: writer).json[0]?["id"] == "m")
            let renamed = try server.call(
                .post,
                Self.path + "/model/update?id=m",
                Self.form("other", ["name": "New"]),
                as: writer
            ).json
            #expect(renamed["id"] == "m")
            #expect(renamed["name"] == "New")
            #expect(renamed["user_id"] == .string(boss.id))
        }
    }

    @Test func whereAdminsHaveNoBypassTheirListsAreLikeOthers() throws {
        try WorkspaceServer.run(["BYPASS_ADMIN_ACCESS_CONTROL": "false"]) { (server) throws in
            let (boss, owner) = (try server.person("boss", .admin), try server.person("own", .admin))
            _ = try server.call(.post, Self.path + "/create", Self.form(), as: owner)
            #expect(try server.call(.get, Self.path + "/", as: boss).json == [])
            #expect(try server.call(.get, Self.path + "/model?id=m", as: boss).text == "null")
            #expect(try server.call(.post, Self.path + "/model/toggle?id=m", as: boss).json["is_active"] == false)
            #expect(try server.call(.get, Self.path + "/", as: owner).json.array?.count == 1)
        }
    }

    @Test func togglingAndUpdatingTellTheCatalog() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            let version = { try server.database.query("select version from catalog_version")[0].int(0) }
            let before = try version()
            _ = try server.call(.post, Self.path + "/create", Self.form(), as: boss)
            #expect(try version() > before)
            #expect(try server.call(.post, Self.path + "/model/toggle?id=m", as: boss).json["is_active"] == false)
            #expect(try server.call(.post, Self.path + "/model/toggle?id=m", as: boss).json["is_active"] == true)
            let middle = try version()
            _ = try server.call(
                .post,
                Self.path + "/model/update?id=m",
                Self.form("m", ["access_control": nil]),
                as: boss
            )
            #expect(try version() > middle)
            #expect(try server.call(.get, Self.path + "/model?id=m", as: boss).json["access_control"] == .null)
            for path in ["/model/toggle?id=none", "/model/update?id=none"] {
                #expect(try server.call(.post, Self.path + path, Self.form(), as: boss).detail == Detail.notFound)
            }
            #expect(try server.call(.delete, Self.path + "/model/delete?id=none", as: boss).detail == Detail.notFound)
        }
    }

    @Test func aPictureIsServedByWhatItIs() throws {
        try WorkspaceServer.run { (server) throws in
            let (boss, user) = (try server.person("boss", .admin), try server.person("ann"))
            let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
            let pictures: [(String, String)] = [
                ("data", "data:image/png;base64," + png), ("away", "http://127.0.0.1:9/me.png"),
                ("svg", "data:image/svg+xml;base64,PHN2Zy8+"), ("fake", "data:image/png;base64,PHN2Zy8+"),
                ("break", "http://x/\r\nSet-Cookie: a=b"), ("own", "/static/x.png"),
            ]
            for (id, url) in pictures {
                _ = try server.call(
                    .post,
                    Self.path + "/create",
                    Self.form(id, ["meta": ["profile_image_url": .string(url)]]),
                    as: boss
                )
            }
            let image = { (id: String) in try server.call(.get, Self.path + "/model/profile/image?id=\(id)", as: user) }
            let data = try image("data")
            #expect(data.header("content-type") == "image/png")
            #expect(data.response.body.starts(with: [0x89, 0x50, 0x4E, 0x47]))
            let away = try image("away")
            #expect(away.status == 302)
            #expect(away.header("location") == "http://127.0.0.1:9/me.png")
            for id in ["svg", "fake", "break", "own", "none"] {
                let standard = try image(id)
                #expect(standard.status == 200)
                #expect(standard.header("x-accel-redirect") == "/static/favicon.png")
                #expect(standard.header("content-type") == "image/png")
                #expect(standard.header("location") == nil)
            }
        }
    }
}
