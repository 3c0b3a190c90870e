import Core
import Testing

private let path = Sample.chats

@Suite("Shared copies, clones, imports", .database)
struct ChatSharingTests {
    @Test("a shared chat is a copy that whoever is signed in can read")
    func share() throws {
        try TestServer.run { server in
            let (me, other) = (try server.client(), try server.client())
            let row = try me.newChat(["Question", "Answer"], title: "Look at this")
            let id = row["id"]?.string ?? ""
            let copy = try me.ok(.post, "\(path)/\(id)/share")
            let share = copy["id"]?.string ?? ""
            #expect(
                share != id && copy["chat"] == row["chat"] && copy["user_id"] == .string("shared-" + id)
                    && copy["title"] == "Look at this"
            )
            #expect(copy.object.map { Array($0.keys) } == row.object.map { Array($0.keys) })
            #expect(try me.chat(id)["share_id"] == .string(share) && other.ok(.get, "\(path)/share/\(share)") == copy)
            for client in [other, me] {
                #expect(try client.call(.get, "\(path)/\(share)").status == 401)
                #expect(try client.call(.post, "\(path)/\(share)", ["chat": ["title": "taken"]]).status == 401)
            }
            #expect(try TestClient.anonymous(server).call(.get, "\(path)/share/\(share)").status == 401)
            #expect(try other.call(.get, "\(path)/share/\(id)").status == 401 && me.ok(.get, "\(path)/all").ids == [id])
        }
    }

    @Test("the copy changes when its owner shares again, and only then")
    func refresh() throws {
        try TestServer.run { server in
            let (me, other) = (try server.client(), try server.client())
            let id = try me.newChatID("Before")
            let share = try me.ok(.post, "\(path)/\(id)/share")["id"]?.string ?? ""
            try me.ok(.post, "\(path)/\(id)", ["chat": ["title": "After"]])
            #expect(try other.ok(.get, "\(path)/share/\(share)")["title"] == "Before")
            #expect(try me.ok(.post, "\(path)/\(id)/share")["id"] == .string(share))
            #expect(try other.ok(.get, "\(path)/share/\(share)")["chat"]?["title"] == "After")
            #expect(try me.ok(.delete, "\(path)/\(id)/share") == true && me.chat(id)["share_id"] == .null)
            #expect(try other.call(.get, "\(path)/share/\(share)").status == 401)
            #expect(try me.ok(.delete, "\(path)/\(id)/share") == false)
            #expect(try me.ok(.post, "\(path)/\(id)/share")["id"] != .string(share))
        }
    }

    @Test("sharing needs the permission")
    func permission() throws {
        try TestServer.run(["USER_PERMISSIONS_CHAT_SHARE": "false"]) { server in
            let me = try server.client()
            let id = try me.newChatID()
            #expect(try me.call(.post, "\(path)/\(id)/share").status == 401 && me.chat(id)["share_id"] == .null)
        }
    }

    @Test("a clone is a chat of its own, in the same folder")
    func clone() throws {
        try TestServer.run { server in
            let me = try server.client()
            let folder = try me.newFolder()
            let row = try me.newChat(["a", "b", "c"], title: "Original")
            let id = row["id"]?.string ?? ""
            try me.ok(.post, "\(path)/\(id)/folder", ["folder_id": .string(folder)])
            try me.ok(.post, "\(path)/\(id)/tags", ["name": "t"])
            let clone = try me.ok(.post, "\(path)/\(id)/clone", ["title": "Second"])
            var expected = row["chat"] ?? .null
            expected["originalChatId"] = .string(id)
            expected["branchPointMessageId"] = row["chat"]?["history"]?["currentId"]
            expected["title"] = "Second"
            #expect(clone["id"] != .string(id) && clone["title"] == "Second" && clone["folder_id"] == .string(folder))
            #expect(clone["chat"]?.sorted == expected.sorted && clone["meta"] == ["tags": ["t"]])
            #expect(try me.ok(.post, "\(path)/\(id)/clone", [:])["title"] == "Clone of Original")
            #expect(try me.call(.post, "\(path)/\(id)/clone").status == 422)
            try me.ok(.delete, "\(path)/\(id)")
            #expect(try me.messages(clone["id"]?.string ?? "").count == 3)
        }
    }

    @Test("a shared chat is cloned into the reader's account, an admin clones any")
    func cloneShared() throws {
        try TestServer.run { server in
            let (me, other, admin) = (try server.client(), try server.client(), try server.client(role: .admin))
            let row = try me.newChat(title: "Shared")
            let id = row["id"]?.string ?? ""
            try me.ok(.post, "\(path)/\(id)/tags", ["name": "old trip"])
            let share = try me.ok(.post, "\(path)/\(id)/share")["id"]?.string ?? ""
            let clone = try other.ok(.post, "\(path)/\(share)/clone/shared")
            #expect(clone["user_id"] == .string(other.id) && clone["title"] == "Clone of Shared")
            #expect(
                clone["chat"]?["history"] == row["chat"]?["history"]
                    && clone["chat"]?["originalChatId"] == .string(share)
            )
            #expect(
                try other.ids("\(path)/").count == 1 && other.ok(.get, "\(path)/all/tags")[0]?["name"] == "Old Trip"
            )
            #expect(try other.call(.post, "\(path)/\(id)/clone/shared").status == 401)
            let second = try admin.ok(.post, "\(path)/\(id)/clone/shared")
            #expect(second["user_id"] == .string(admin.id) && second["chat"]?["history"] == row["chat"]?["history"])
            #expect(try admin.call(.post, "\(path)/\(Sample.id())/clone/shared").status == 401)
        }
    }

    @Test("an imported chat keeps its times, tags, pin and folder")
    func imports() throws {
        try TestServer.run { server in
            let me = try server.client()
            let folder = try me.newFolder()
            let more: JSONObject = [
                "meta": ["tags": ["old_trip", "none"], "x": 1], "pinned": true, "folder_id": .string(folder),
            ]
            let row = try me.imported("Old", at: 1_600_000_000, more)
            #expect(row["created_at"] == 1_600_000_000 && row["updated_at"] == 1_600_000_000 && row["pinned"] == true)
            #expect(
                row["meta"]?["tags"] == ["old_trip", "none"] && row["meta"]?["x"] == 1
                    && row["folder_id"] == .string(folder)
            )
            #expect(
                try me.ok(.get, "\(path)/all/tags")[0]?["name"] == "Old Trip"
                    && me.ok(.get, "\(path)/all/tags").ids == ["old_trip"]
            )
            let bare = try me.ok(.post, "\(path)/import", ["chat": [:], "meta": nil, "pinned": nil, "created_at": nil])
            #expect(
                bare["title"] == "New Chat" && bare["pinned"] == false && bare["created_at"]?.int ?? 0 > 1_700_000_000
            )
            for body in [["chat": "text"], ["chat": [:], "meta": 1], ["chat": [:], "created_at": "soon"], [:]]
                as [JSONValue]
            {
                #expect(try me.call(.post, "\(path)/import", body).status == 422)
            }
        }
    }

    @Test("a chat lies in no folder that is not its owner's")
    func strangersFolder() throws {
        try TestServer.run { server in
            let (me, other) = (try server.client(), try server.client())
            let theirs = try other.newFolder()
            #expect(try me.imported("a", at: 1, ["folder_id": .string(theirs)])["folder_id"] == .null)
            #expect(try me.ok(.post, "\(path)/new", ["chat": [:], "folder_id": "gone"])["folder_id"] == .null)
            let id = try me.newChatID()
            #expect(try me.call(.post, "\(path)/\(id)/folder", ["folder_id": .string(theirs)]).status == 404)
            #expect(try me.ids("\(path)/").contains(id))
        }
    }
}
