import Accounts
import Core
import Foundation
import Testing

@testable import Conversations

private let path = "/api/v1/notes"

extension TestClient {
    func newNote(_ more: JSONObject = [:]) throws -> String {
        var form: JSONObject = [
            "title": "A note", "data": ["content": ["md": "", "html": "", "json": nil]], "access_control": [:],
        ]
        for (key, value) in more { form[key] = value }
        return try ok(.post, "\(path)/create", .object(form))["id"]?.string ?? ""
    }

    func note(_ id: String) throws -> JSONValue { try ok(.get, "\(path)/\(id)") }

    func update(_ id: String, _ form: JSONValue) throws -> Answer { try call(.post, "\(path)/\(id)/update", form) }
}

func shared(read: [TestClient], write: [TestClient] = []) -> JSONValue {
    func users(_ clients: [TestClient]) -> JSONValue { ["user_ids": JSONValue(clients.map(\.id)), "group_ids": []] }
    return ["read": users(read), "write": users(write)]
}

@Suite("Notes", .database)
struct NoteTests {
    @Test("are made, read, changed, listed and deleted")
    func whole() throws {
        try TestServer.run { server in
            let me = try server.client("Ada")
            let before = Clock.nowNanoseconds
            let row = try me.ok(
                .post,
                "\(path)/create",
                [
                    "title": "T", "data": ["content": ["md": "x"], "files": [1]], "meta": ["a": 1],
                    "access_control": [:], "user_id": "other",
                ]
            )
            let id = row["id"]?.string ?? ""
            #expect(
                row.object.map { Array($0.keys) } == [
                    "id", "user_id", "title", "data", "meta", "access_control", "created_at", "updated_at",
                ]
            )
            #expect(row["user_id"] == .string(me.id) && row["created_at"] == row["updated_at"])
            #expect((before...Clock.nowNanoseconds).contains(row["created_at"]?.int ?? 0))
            #expect(try me.note(id) == row)

            let after = try me.update(id, ["title": "New", "data": ["content": ["md": "y"]], "meta": ["b": 2]]).json
            #expect(after["title"] == "New" && after["data"]?.sorted == ["content": ["md": "y"], "files": [1]])
            #expect(after["meta"]?.sorted == ["a": 1, "b": 2] && after["access_control"] == [:])
            #expect(
                (after["updated_at"]?.int ?? 0) > (row["updated_at"]?.int ?? 0)
                    && after["created_at"] == row["created_at"]
            )

            let listed = try me.ok(.get, "\(path)/")[0]
            #expect(
                listed?["user"]?["name"] == "Ada" && listed?["user"]?["id"] == .string(me.id)
                    && listed?["data"] == after["data"]
            )
            #expect(
                try me.ok(.get, "\(path)/list") == [
                    [
                        "id": .string(id), "title": "New", "updated_at": after["updated_at"] ?? .null,
                        "created_at": after["created_at"] ?? .null,
                    ]
                ]
            )
            #expect(try me.call(.delete, "\(path)/\(id)/delete").json == true)
            #expect(try me.call(.get, "\(path)/\(id)").status == 404 && me.update(id, ["title": "x"]).status == 404)
            #expect(try me.call(.delete, "\(path)/\(id)/delete").status == 404)
            for body in [[:], ["title": nil], ["title": "x", "data": []], ["title": "x", "access_control": 1], []]
                as [JSONValue]
            {
                #expect(try me.call(.post, "\(path)/create", body).status == 422)
            }
        }
    }

    @Test("are listed sixty a page, the newest first")
    func pages() throws {
        try TestServer.run { server in
            let me = try server.client()
            let ids = try (0..<61).map { _ in try me.newNote() }
            #expect(try me.ids("\(path)/list") == ids.reversed())
            #expect(try me.ids("\(path)/list?page=1") == ids.reversed().prefix(60).map { $0 })
            #expect(try me.ids("\(path)/list?page=2") == [ids[0]] && me.ids("\(path)/list?page=3").isEmpty)
            #expect(try me.call(.get, "\(path)/list?page=0").status == 422)
        }
    }

    @Test("belong to their owner, to those they are shared with, and to admins")
    func access() throws {
        try TestServer.run { server in
            let (me, reader, writer, stranger) = (
                try server.client(), try server.client(), try server.client(), try server.client()
            )
            let admin = try server.client(role: .admin)
            let id = try me.newNote(["access_control": shared(read: [reader, writer], write: [writer])])
            #expect(try TestClient.anonymous(server).call(.get, "\(path)/\(id)").status == 401)
            #expect(try stranger.call(.get, "\(path)/\(id)").status == 403 && stranger.ids("\(path)/").isEmpty)
            #expect(try reader.note(id)["id"] == .string(id) && reader.ids("\(path)/").isEmpty)
            #expect(
                try reader.update(id, ["title": "x"]).status == 403
                    && reader.call(.delete, "\(path)/\(id)/delete").status == 403
            )
            #expect(try writer.ids("\(path)/") == [id] && writer.update(id, ["title": "By the writer"]).status == 200)
            #expect(try admin.ids("\(path)/").isEmpty && admin.update(id, ["title": "By an admin"]).status == 200)
            #expect(try me.note(id)["title"] == "By an admin" && me.note(id)["access_control"] != [:])
            #expect(try writer.call(.delete, "\(path)/\(id)/delete").json == true)
        }
    }

    @Test("become public only with the permission, and stay so")
    func publishing() throws {
        try TestServer.run { server in
            let (me, other, admin) = (try server.client(), try server.client(), try server.client(role: .admin))
            #expect(try me.note(try me.newNote(["access_control": nil]))["access_control"] == [:])
            let id = try me.newNote()
            #expect(try me.update(id, ["title": "x", "access_control": nil]).json["access_control"] == [:])
            #expect(try admin.update(id, ["title": "x", "access_control": nil]).json["access_control"] == .null)
            #expect(try other.note(id)["title"] == "x")
            #expect(try me.update(id, ["title": "y"]).json["access_control"] == .null)
            #expect(try me.update(id, ["title": "y", "access_control": nil]).json["access_control"] == .null)
            #expect(try me.update(id, ["title": "y", "access_control": [:]]).json["access_control"] == [:])
            #expect(try me.update(id, ["title": "y", "access_control": nil]).json["access_control"] == [:])
        }
        try TestServer.run(["USER_PERMISSIONS_NOTES_ALLOW_PUBLIC_SHARING": "true"]) { server in
            let me = try server.client()
            #expect(try me.note(try me.newNote(["access_control": nil]))["access_control"] == .null)
        }
    }

    @Test("need the permission to use them")
    func permission() throws {
        try TestServer.run(["USER_PERMISSIONS_FEATURES_NOTES": "false"]) { server in
            let (me, admin) = (try server.client(), try server.client(role: .admin))
            let id = try admin.newNote(["access_control": nil])
            for path in ["\(path)/", "\(path)/list", "\(path)/\(id)"] { #expect(try me.call(.get, path).status == 401) }
            #expect(
                try me.call(.post, "\(path)/create", ["title": "x"]).status == 401
                    && me.update(id, ["title": "x"]).status == 401
            )
            #expect(try admin.note(id)["id"] == .string(id))
        }
    }

    @Test("are told to those who look at them, once they are saved")
    func announced() throws {
        try TestServer.run { server in
            let me = try server.client()
            let id = try me.newNote()
            let after = try me.update(id, ["title": "New"]).json
            #expect(try me.update(id, ["data": [:]]).status == 422)
            let told = try server.emissions().filter { $0.event == "note-events" }
            #expect(told.count == 1 && told.first?.rooms == ["note:\(id)"] && told.first?.payload == after)
        }
    }

    @Test("keep every key that is written at the same moment")
    func concurrency() throws {
        try TestServer.run { server in
            let me = try server.client()
            let id = try me.newNote()
            _ = try together(12) { number in
                try me.ok(
                    .post,
                    "\(path)/\(id)/update",
                    ["title": "x", "data": .object(["key\(number)": .string("\(number)")])]
                )
            }
            let data = try me.note(id)["data"]?.object ?? [:]
            #expect(data.count == 13 && (0..<12).allSatisfy { data["key\($0)"] == .string("\($0)") })
        }
    }
}
