import Accounts
import Core
import Testing

private let path = Sample.chats

@Suite("Lists of chats", .database)
struct ChatListTests {
    @Test("come in pages of sixty, the newest first")
    func paging() throws {
        try TestServer.run { server in
            let me = try server.client()
            var made: [String] = []
            for index in 0..<125 { made.append(try me.imported("Chat \(index)", at: 1000 + index)["id"]?.string ?? "") }
            let newest = Array(made.reversed())
            #expect(
                try me.ids("\(path)/?page=1") == Array(newest[..<60])
                    && me.ids("\(path)/list?page=3") == Array(newest[120...])
            )
            #expect(try me.ids("\(path)/?page=4") == [] && me.ids("\(path)/") == newest)
            #expect(
                try me.ok(.get, "\(path)/?page=1")[0]?.object.map { Array($0.keys) } == [
                    "id", "title", "updated_at", "created_at",
                ]
            )
            for page in ["two", "-1", "0", "999999999999999999", String(repeating: "9", count: 30), "1000001"] {
                #expect(try me.call(.get, "\(path)/?page=\(page)").status == 422, "\(page)")
                #expect(try me.call(.get, "\(path)/archived?page=\(page)").status == 422, "\(page)")
            }
            #expect(try me.ids("\(path)/?page=1000000") == [])
        }
    }

    @Test("chats of the same second come in the order of their ids")
    func ties() throws {
        try TestServer.run { server in
            let me = try server.client()
            for index in 0..<70 { _ = try me.imported("Chat \(index)", at: 5000) }
            let all = try me.ids("\(path)/")
            #expect(all == all.sorted() && all.count == 70)
            #expect(try me.ids("\(path)/?page=1") + me.ids("\(path)/?page=2") == all)
        }
    }

    @Test("leave out what is pinned, archived or in a folder")
    func whatIsLeftOut() throws {
        try TestServer.run { server in
            let me = try server.client()
            let folder = try me.newFolder()
            let (plain, pinned, archived) = (try me.newChatID(), try me.newChatID(), try me.newChatID())
            let filed = try me.ok(.post, "\(path)/new", ["chat": Sample.chat(), "folder_id": .string(folder)])
            let filedID = filed["id"]?.string ?? ""
            #expect(filed["folder_id"] == .string(folder))
            #expect(try me.ok(.post, "\(path)/\(pinned)/pin")["pinned"] == true)
            #expect(try me.ok(.post, "\(path)/\(archived)/archive")["archived"] == true)
            #expect(
                try me.ids("\(path)/") == [plain] && Set(me.ids("\(path)/?include_folders=true")) == [plain, filedID]
            )
            #expect(try me.ids("\(path)/pinned") == [pinned] && me.ids("\(path)/archived") == [archived])
            #expect(try me.ids("\(path)/all/archived") == [archived] && me.ids("\(path)/all").count == 4)
            #expect(
                try me.ok(.get, "\(path)/\(pinned)/pinned") == true && me.ok(.get, "\(path)/\(plain)/pinned") == false
            )
            try me.ok(.post, "\(path)/\(pinned)/archive")
            #expect(try me.ids("\(path)/pinned") == [] && Set(me.ids("\(path)/archived")) == [archived, pinned])
            #expect(try me.ok(.post, "\(path)/unarchive/all") == true)
            #expect(try me.ids("\(path)/archived") == [] && me.ids("\(path)/pinned") == [pinned])
            #expect(try me.ok(.post, "\(path)/\(pinned)/pin")["pinned"] == false)
            #expect(try me.ok(.post, "\(path)/archive/all") == true && me.ids("\(path)/?include_folders=true") == [])
        }
    }

    @Test("of the archive are filtered and ordered")
    func archive() throws {
        try TestServer.run { server in
            let me = try server.client()
            let made = try (0..<62).map { index in
                let number = index < 10 ? "0\(index)" : "\(index)"
                return try me.imported("\(index % 2 == 0 ? "Even" : "Odd") \(number)", at: 1000 + index)["id"]?.string
                    ?? ""
            }
            try me.ok(.post, "\(path)/archive/all")
            #expect(try me.ids("\(path)/archived") + me.ids("\(path)/archived?page=2") == made.reversed())
            let titles = { (query: String) in
                try me.ok(.get, "\(path)/archived?\(query)").array?.compactMap { $0["title"]?.string } ?? []
            }
            #expect(try titles("query=eVEN&order_by=title&direction=asc").prefix(2) == ["Even 00", "Even 02"])
            #expect(try titles("query=eVEN").first == "Even 60" && titles("query=eVEN").count == 31)
            #expect(try titles("order_by=created_at&direction=asc").prefix(3) == ["Even 00", "Odd 01", "Even 02"])
            #expect(try titles("order_by=title&direction=desc").first == "Odd 61")
            #expect(try titles("query=%25").isEmpty && titles("query=_").isEmpty)
            for query in ["order_by=id;drop", "order_by=password", "direction=up"] {
                #expect(try me.call(.get, "\(path)/archived?\(query)").status == 422)
            }
        }
    }

    @Test("of a user are shown to admins, if they may see chats")
    func admin() throws {
        for isAllowed in [true, false] {
            try TestServer.run(isAllowed ? [:] : ["ENABLE_ADMIN_CHAT_ACCESS": "false", "ENABLE_ADMIN_EXPORT": "false"])
            { server in
                let (me, admin) = (try server.client(), try server.client(role: .admin))
                let (one, two) = (try me.newChat(title: "Plan"), try me.newChatID("Idea"))
                try me.ok(.post, "\(path)/\(two)/archive")
                let id = one["id"]?.string ?? ""
                let list = "\(path)/list/user/\(me.id)"
                #expect(try me.call(.get, list).status == 401 && me.call(.get, "\(path)/all/db").status == 401)
                guard isAllowed else {
                    for path in [list, "\(path)/all/db", "\(path)/share/\(id)"] {
                        #expect(try admin.call(.get, path).status == 401, "\(path)")
                    }
                    #expect(try admin.call(.post, "\(path)/\(id)/clone/shared").status == 401)
                    return
                }
                #expect(try Set(admin.ids(list)) == [id, two] && admin.ids("\(list)?query=plan") == [id])
                #expect(try admin.ok(.get, "\(path)/share/\(id)")["chat"] == one["chat"])
                let exported = try admin.ok(.get, "\(path)/all/db").array ?? []
                #expect(exported.count == 2 && exported.first { $0["id"] == .string(id) }?["chat"] == one["chat"])
            }
        }
    }

    @Test("of whole chats give each chat its own messages")
    func wholeChats() throws {
        try TestServer.run { server in
            let me = try server.client()
            var rows: [JSONValue] = []
            for index in 0..<60 {
                let texts = (0..<(index % 4)).map { "\(index).\($0)" }
                rows.append(
                    try me.ok(
                        .post,
                        "\(path)/import",
                        ["chat": Sample.chat(texts), "updated_at": JSONValue(9000 - index), "created_at": 1]
                    )
                )
            }
            #expect(try me.ok(.get, "\(path)/all").array == rows)
        }
    }
}
