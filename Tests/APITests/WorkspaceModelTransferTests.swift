import Accounts
import Core
import HTTP
import Testing

@Suite(.database) struct WorkspaceModelTransferTests {
    private static let path = "/api/v1/models"

    private static func form(_ id: String, _ more: JSONObject = [:]) -> JSONValue {
        WorkspaceModelTests.form(id, more)
    }

    @Test func anImportChangesWhatItNames() throws {
        try WorkspaceServer.run { (server) throws in
            let (boss, owner) = (try server.person("boss", .admin), try server.person("own", .admin))
            _ = try server.call(
                .post,
                Self.path + "/create",
                Self.form("m", ["params": ["temperature": 0.5]]),
                as: owner
            )
            let file: JSONValue = [
                "models": [
                    ["id": "m", "name": "After", "params": ["temperature": 0.9]],
                    ["id": "new", "name": "New", "base_model_id": "base"],
                    ["name": "without an id"], ["id": "twice", "name": "First"],
                    ["id": "twice", "name": "Second", "user": ["id": "x"]],
                ]
            ]
            #expect(try server.call(.post, Self.path + "/import", file, as: boss).json == true)
            let model = { (id: String) in try server.call(.get, Self.path + "/model?id=\(id)", as: boss).json }
            let changed = try model("m")
            #expect(changed["name"] == "After")
            #expect(changed["params"] == ["temperature": 0.9])
            #expect(changed["base_model_id"] == "base")
            #expect(changed["user_id"] == .string(owner.id))
            #expect(changed["access_control"] == [:])
            #expect(try model("new")["user_id"] == .string(boss.id))
            #expect(try model("new")["access_control"] == .null)
            #expect(try model("twice")["name"] == "Second")
            #expect(try server.database.query("select from model").count == 3)
        }
    }

    @Test func anImportWithABadEntryChangesNothing() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            let files: [JSONValue] = [
                [:], ["models": "none"], ["models": ["text"]], ["models": [["id": "a", "name": "A"], ["id": "b"]]],
                ["models": [["id": "a", "name": "A"], ["id": 7, "name": "B"]]],
            ]
            for file in files {
                #expect(try server.call(.post, Self.path + "/import", file, as: boss).status == 422, "\(file.text)")
            }
            let place = try server.call(.post, Self.path + "/import", files[3], as: boss).json["detail"]?[0]?["loc"]
            #expect(place == ["body", "models", 1, "name"])
            #expect(try server.database.query("select from model").isEmpty)
        }
    }

    @Test func syncMakesTheWorkspaceEqual() throws {
        try WorkspaceServer.run { (server) throws in
            let (boss, owner) = (try server.person("boss", .admin), try server.person("own", .admin))
            for id in ["stays", "goes"] { _ = try server.call(.post, Self.path + "/create", Self.form(id), as: owner) }
            let kept = try server.call(.get, Self.path + "/model?id=stays", as: boss).json
            let fresh = Self.form("fresh", ["user_id": "x", "updated_at": 5, "created_at": 5, "base_model_id": nil])
            let answer = try server.call(.post, Self.path + "/sync", ["models": [kept, fresh]], as: boss)
            #expect(answer.json.array?.compactMap { $0["id"]?.string } == ["fresh", "stays"])
            #expect(answer.json[0]?["created_at"] == 5)
            #expect(answer.json[0]?["user_id"] == .string(boss.id))
            #expect(answer.json[1]?["user_id"] == .string(owner.id))
            let bad = try server.call(.post, Self.path + "/sync", ["models": [Self.form("bad")]], as: boss)
            #expect(bad.status == 422)
            #expect(try server.database.query("select from model").count == 2)
            #expect(try server.call(.post, Self.path + "/sync", [:], as: boss).json == [])
            #expect(try server.database.query("select from model").isEmpty)
        }
    }

    @Test func allModelsCanBeDeleted() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            _ = try server.call(.post, Self.path + "/create", Self.form("preset"), as: boss)
            _ = try server.call(.post, Self.path + "/create", Self.form("override", ["base_model_id": nil]), as: boss)
            #expect(try server.call(.delete, Self.path + "/delete/all", as: boss).json == true)
            #expect(try server.call(.get, Self.path + "/", as: boss).json == [])
            #expect(try server.call(.get, Self.path + "/base", as: boss).json == [])
        }
    }
}
