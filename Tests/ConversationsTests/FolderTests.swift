import Accounts
import Core
import Foundation
import HTTP
import Testing

@testable import Conversations

private let path = Sample.folders

extension TestClient {
    fileprivate func folders() throws -> [String: JSONValue] {
        let list = try ok(.get, "\(path)/").array ?? []
        return Dictionary(list.map { ($0["id"]?.string ?? "", $0) }, uniquingKeysWith: { $1 })
    }

    fileprivate func move(_ id: String, to parent: String?) throws -> Answer {
        try call(.post, "\(path)/\(id)/update/parent", ["parent_id": JSONValue(parent)])
    }
}

@Suite("Folders", .database)
struct FolderTests {
    @Test("are created, listed and read")
    func creation() throws {
        try TestServer.run { server in
            let me = try server.client()
            let form: JSONValue = [
                "name": "Reisen & Pläne", "data": ["system_prompt": "Be brief.", "files": []],
                "meta": ["icon": "🏝️", "other": 1],
                "user_id": "somebody", "id": "mine", "parent_id": "x", "is_expanded": true,
            ]
            let row = try me.ok(.post, "\(path)/", form)
            let id = row["id"]?.string ?? ""
            #expect(
                id != "mine" && row["user_id"] == .string(me.id) && row["parent_id"] == .null
                    && row["is_expanded"] == false
            )
            #expect(
                row["data"]?.sorted == form["data"]?.sorted && row["meta"]?.sorted == form["meta"]?.sorted
                    && row["items"] == .null
            )
            #expect(try me.ok(.get, "\(path)/\(id)") == row)
            let brief = try me.folders()[id]
            #expect(
                brief?.object.map { Array($0.keys) } == [
                    "id", "name", "meta", "parent_id", "is_expanded", "created_at", "updated_at",
                ]
            )
            #expect(brief?["meta"] == ["icon": "🏝️"])
            let plain = try me.newFolder("Plain")
            #expect(try me.folders()[plain]?["meta"] == .null && me.ok(.get, "\(path)/\(plain)")["data"] == .null)
            let odd = try me.ok(.post, "\(path)/", ["name": "Odd", "meta": ["icon": 5]])["id"]?.string ?? ""
            #expect(try me.folders()[odd]?["meta"] == ["icon": nil])
            for body in [[:], ["name": nil], ["name": 5], ["name": "x", "data": []], [], nil] as [JSONValue] {
                #expect(try me.call(.post, "\(path)/", body).status == 422)
            }
            #expect(try me.call(.post, "\(path)/", text: #"{"name": "big", "data": {"a": 1e999999}}"#).status == 400)
            #expect(try me.call(.post, "\(path)/", text: #"{"name": "a\u0000b"}"#).json["name"] == "ab")
        }
    }

    @Test("are their owner's only")
    func access() throws {
        try TestServer.run { server in
            let me = try server.client()
            let id = try me.newFolder()
            let row = try me.ok(.get, "\(path)/\(id)")
            let calls: [(HTTP.Method, String, JSONValue?)] = [
                (.get, "", nil), (.post, "/update", ["name": "Mine"]), (.post, "/update/parent", ["parent_id": nil]),
                (.post, "/update/expanded", ["is_expanded": true]), (.delete, "", nil),
            ]
            for client in [try server.client(), try server.client(role: .admin)] {
                for (method, place, body) in calls {
                    let answer = try client.call(method, "\(path)/\(id)\(place)", body)
                    #expect(answer.status == 404 && answer.detail == Detail.notFound, "\(method) \(place)")
                }
                #expect(try client.folders().isEmpty)
                let own = try client.newFolder()
                #expect(try client.move(own, to: id).status == 404)
            }
            for client in [TestClient.anonymous(server), try server.client(role: .pending)] {
                for (method, place, body) in calls {
                    #expect(try client.call(method, "\(path)/\(id)\(place)", body).status == 401)
                }
            }
            #expect(try me.ok(.get, "\(path)/\(id)") == row)
        }
    }

    @Test("have names that differ from those of their siblings")
    func names() throws {
        try TestServer.run { server in
            let me = try server.client()
            let (a, b) = (try me.newFolder("One"), try me.newFolder("Two_%"))
            let taken = { (answer: Answer) in answer.status == 400 && answer.detail == "[ERROR: Folder already exists]"
            }
            #expect(
                try taken(me.call(.post, "\(path)/", ["name": "oNE"]))
                    && taken(me.call(.post, "\(path)/\(b)/update", ["name": "ONE"]))
            )
            #expect(try me.ok(.post, "\(path)/\(a)/update", ["name": "ONE"])["name"] == "ONE")
            #expect(try me.call(.post, "\(path)/", ["name": "TwoXY"]).status == 200)
            let child = try me.newFolder("Child", in: a)
            #expect(try me.ok(.post, "\(path)/\(child)/update", ["name": "One"])["name"] == "One")
            #expect(try taken(me.move(child, to: nil)) && taken(me.move(child, to: a)))
            #expect(try me.move(child, to: b).json["parent_id"] == .string(b))
        }
    }

    @Test("keep what an update does not bring")
    func update() throws {
        try TestServer.run { server in
            let me = try server.client()
            let id = try me.newFolder(
                "F",
                in: nil,
                ["data": ["system_prompt": "a", "files": [1]], "meta": ["icon": "x"]]
            )
            let row = try me.ok(
                .post,
                "\(path)/\(id)/update",
                ["data": ["system_prompt": "b"], "meta": ["color": "red"], "user_id": "x"]
            )
            #expect(
                row["data"]?.sorted == ["files": [1], "system_prompt": "b"]
                    && row["meta"]?.sorted == ["color": "red", "icon": "x"]
            )
            #expect(row["name"] == "F" && row["user_id"] == .string(me.id))
            #expect(
                try me.ok(.post, "\(path)/\(id)/update", ["name": nil, "data": nil, "meta": nil])["data"] == row["data"]
            )
            #expect(try me.ok(.post, "\(path)/\(id)/update/expanded", ["is_expanded": true])["is_expanded"] == true)
            #expect(
                try me.folders()[id]?["is_expanded"] == true
                    && me.call(.post, "\(path)/\(id)/update/expanded", [:]).status == 422
            )
            let chat = try me.newChatID()
            try me.ok(.post, "\(Sample.chats)/\(chat)/folder", ["folder_id": .string(id)])
            #expect(try FolderStore.gifts(toChat: chat, server.connect()).prompt == "b")
            #expect(try FolderStore.gifts(toChat: "none", server.connect()).prompt == nil)
        }
    }

    @Test("form a tree, never a cycle")
    func cycles() throws {
        try TestServer.run { server in
            let me = try server.client()
            let a = try me.newFolder("a")
            let b = try me.newFolder("b", in: a)
            let c = try me.newFolder("c", in: b)
            for parent in [a, b, c] { #expect(try me.move(a, to: parent).status == 400) }
            #expect(try me.move(b, to: c).status == 400 && me.move(b, to: "unknown").status == 404)
            #expect(try me.folders()[a]?["parent_id"] == .null && me.folders()[c]?["parent_id"] == .string(b))
            #expect(try me.move(b, to: nil).json["parent_id"] == .null)
            for _ in 0..<10 {
                _ = try together(2) { try $0 == 0 ? me.move(a, to: b).status : me.move(b, to: a).status }
                let parents = try me.folders().mapValues { $0["parent_id"] ?? .null }
                #expect(parents[a] == .null || parents[b] == .null)
                for id in [a, b] { _ = try me.move(id, to: nil) }
            }
        }
    }

    @Test("made at the same moment with one name are one")
    func concurrentNames() throws {
        try TestServer.run { server in
            let me = try server.client()
            let statuses = try together(8) { _ in try me.call(.post, "\(path)/", ["name": "Same"]).status }
            #expect(statuses.sorted() == [200, 400, 400, 400, 400, 400, 400, 400])
        }
    }

    @Test("show the chats in them and below")
    func chats() throws {
        try TestServer.run { server in
            let (me, other) = (try server.client(), try server.client())
            let parent = try me.newFolder()
            let child = try me.newFolder(in: parent)
            let (above, below) = (try me.newChat(title: "Above"), try me.newChat(title: "Below"))
            let (aboveID, belowID) = (above["id"]?.string ?? "", below["id"]?.string ?? "")
            try me.ok(.post, "\(Sample.chats)/\(aboveID)/pin")
            let moved = try me.ok(.post, "\(Sample.chats)/\(aboveID)/folder", ["folder_id": .string(parent)])
            #expect(moved["folder_id"] == .string(parent) && moved["pinned"] == false)
            try me.ok(.post, "\(Sample.chats)/\(belowID)/folder", ["folder_id": .string(child)])
            let list = try me.ok(.get, "\(Sample.chats)/folder/\(parent)/list")
            #expect(list.ids == [aboveID] && list[0]?.object.map { Array($0.keys) } == ["title", "id", "updated_at"])
            let whole = try me.ok(.get, "\(Sample.chats)/folder/\(parent)")
            #expect(
                Set(whole.ids) == [aboveID, belowID] && whole.array?.contains { $0["chat"] == below["chat"] } == true
            )
            #expect(
                try other.ok(.get, "\(Sample.chats)/folder/\(parent)") == []
                    && other.ok(.get, "\(Sample.chats)/folder/\(parent)/list") == []
            )
            #expect(
                try me.ok(.get, "\(Sample.chats)/folder/\(parent)/list?page=2") == []
                    && me.ids("\(Sample.chats)/") == []
            )
            #expect(try me.ok(.post, "\(Sample.chats)/\(aboveID)/folder", ["folder_id": nil])["folder_id"] == .null)
            #expect(try me.ids("\(Sample.chats)/") == [aboveID])
        }
    }

    @Test("are deleted with all below them, and with their chats")
    func deletion() throws {
        try TestServer.run { server in
            let me = try server.client()
            let top = try me.newFolder()
            let below = try me.newFolder(in: try me.newFolder(in: top))
            let kept = try me.newFolder()
            let (inside, outside) = (try me.newChatID(), try me.newChatID())
            try me.ok(.post, "\(Sample.chats)/\(inside)/folder", ["folder_id": .string(below)])
            try me.ok(.post, "\(Sample.chats)/\(inside)/tags", ["name": "t"])
            try me.ok(.post, "\(Sample.chats)/\(outside)/folder", ["folder_id": .string(kept)])
            #expect(try me.ok(.delete, "\(path)/\(top)") == true)
            #expect(try Array(me.folders().keys) == [kept] && me.ids("\(Sample.chats)/all") == [outside])
            #expect(
                try me.ok(.get, "\(Sample.chats)/all/tags") == [] && me.call(.delete, "\(path)/\(top)").status == 404
            )
        }
    }

    @Test("with chats, also further down, are deleted only with the permission")
    func deletionNeedsPermission() throws {
        try TestServer.run(["USER_PERMISSIONS_CHAT_DELETE": "false"]) { server in
            let me = try server.client()
            let top = try me.newFolder()
            let below = try me.newFolder(in: top)
            let empty = try me.newFolder()
            let chat = try me.newChatID()
            try me.ok(.post, "\(Sample.chats)/\(chat)/folder", ["folder_id": .string(below)])
            #expect(
                try me.call(.delete, "\(path)/\(top)").status == 403
                    && me.call(.delete, "\(path)/\(below)").status == 403
            )
            #expect(try me.folders().count == 3 && me.chat(chat)["folder_id"] == .string(below))
            #expect(try me.ok(.delete, "\(path)/\(empty)") == true)
        }
    }

    @Test("that were moved in with a cycle or without their parent hang nothing")
    func oddTrees() throws {
        try TestServer.run { server in
            let me = try server.client()
            let (a, b, orphan) = (try me.newFolder("a"), try me.newFolder("b"), try me.newFolder("orphan"))
            let database = server.connect()
            try database.execute("update folder set parent_id = \(b) where id = \(a)")
            try database.execute("update folder set parent_id = \(a) where id = \(b)")
            try database.execute("update folder set parent_id = 'gone' where id = \(orphan)")
            #expect(
                try me.folders()[orphan]?["parent_id"] == .null
                    && me.ok(.get, "\(path)/\(orphan)")["parent_id"] == .null
            )
            #expect(try me.call(.post, "\(path)/", ["name": "ORPHAN"]).status == 400)
            #expect(
                try me.ok(.get, "\(Sample.chats)/search?text=folder:a") == []
                    && me.ok(.get, "\(Sample.chats)/folder/\(a)") == []
            )
            #expect(try me.move(a, to: nil).status == 200)
            try database.execute("update folder set parent_id = \(b) where id = \(a)")
            #expect(try me.ok(.delete, "\(path)/\(a)") == true)
            #expect(try Array(me.folders().keys) == [orphan])
        }
    }

    @Test("deleted while a chat moves in take it along or refuse it")
    func concurrentDeletion() throws {
        try TestServer.run { server in
            let me = try server.client()
            for _ in 0..<10 {
                let folder = try me.newFolder()
                let chat = try me.newChatID()
                let statuses = try together(2) {
                    try $0 == 0
                        ? me.call(.delete, "\(path)/\(folder)").status
                        : me.call(.post, "\(Sample.chats)/\(chat)/folder", ["folder_id": .string(folder)]).status
                }
                let isGone = try me.call(.get, "\(Sample.chats)/\(chat)").status == 401
                #expect(try statuses[0] == 200 && (isGone || me.ids("\(Sample.chats)/").contains(chat)))
            }
        }
    }
}
