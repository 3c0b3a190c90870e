import Core
import Foundation
import HTTP
import Testing

@testable import Conversations

private let path = Sample.chats

extension TestClient {
    fileprivate func found(_ text: String, page: Int? = nil) throws -> [String] {
        try ids("\(path)/search?text=\(PercentEncoding.encode(text))" + (page.map { "&page=\($0)" } ?? ""))
    }
}

@Suite("Search", .database)
struct ChatSearchTests {
    @Test("finds words of titles and messages in any case, and only one's own")
    func words() throws {
        try TestServer.run { server in
            let (me, other) = (try server.client(), try server.client())
            let title = try me.newChatID("About NEEDLEX here")
            let text = try me.newChatID(
                "Nothing",
                ["Where is it?", "It is a Needlex, I think\nÜber Straße 100% a_b \\"]
            )
            _ = try other.newChatID("About needlex")
            let loose = try me.ok(
                .post,
                "\(path)/new",
                ["chat": ["title": "Loose", "messages": [["content": "a loose Needley"]]]]
            ).object?["id"]?.string
            #expect(try Set(me.found("needlex")) == [title, text] && Set(me.found("  NEEDLEX ")) == [title, text])
            #expect(try me.found("a needlex, i think") == [text] && me.found("needlex needlex") == [])
            #expect(try me.found("needley") == [loose])
            #expect(
                try me.found("über straße") == [text] && me.found("100%") == [text] && me.found("a_b") == [text]
                    && me.found("\\") == [text]
            )
            #expect(
                try me.found("0%a") == [] && me.found("a__b") == [] && me.found("%") == [text]
                    && me.found("_") == [text]
            )
            #expect(try me.call(.get, "\(path)/search").status == 422)
            #expect(try me.found("").count == 3 && me.found("   ").count == 3)
        }
    }

    @Test("finds what lies deep below the newest chats, on every page")
    func deep() throws {
        try TestServer.run { server in
            let me = try server.client()
            let database = server.connect()
            try database.execute(
                """
                insert into chat (id, account_id, title, body, created_at, updated_at)
                select 'c' || n, \(me.id), 'Chat ' || n, '{}', n, n from generate_series(1, 1500) n
                """
            )
            try database.execute(
                """
                insert into chat_message (chat_id, id, role, content, body)
                select 'c' || n, 'm', 'user', 'some words ' || case when n % 10 = 0 then 'tenfold' when n = 7 then 'seventh 天气' else '' end, '{}'
                from generate_series(1, 1500) n
                """
            )
            #expect(try me.found("seventh") == ["c7"] && me.found("天气") == ["c7"] && me.found("chat 7").first == "c799")
            #expect(try me.found("some words").first == "c1500" && me.found("some words", page: 25).count == 60)
            #expect(try me.found("some words", page: 26) == [])
            let pages = try (1...3).map { try me.found("tenfold", page: $0) }
            #expect(pages.map(\.count) == [60, 60, 30] && pages[0].first == "c1500" && pages[2].last == "c10")
            #expect(Set(pages.joined()).count == 150)
        }
    }

    @Test("finds texts of one or two letters deep below the newest chats, in titles, long messages and loose lists too")
    func short() throws {
        try TestServer.run { server in
            let me = try server.client()
            let other = try server.client()
            let database = server.connect()
            try database.execute(
                """
                insert into chat (id, account_id, title, body, flat, loose_text, created_at, updated_at)
                select 'c' || n, \(me.id), case n when 13 then 'A zQ' else 'Chat' end, '{}', 'loose',
                    case n when 15 then 'lizqz' end, n, n
                from generate_series(1, 1500) n
                """
            )
            try database.execute(
                """
                insert into chat_message (chat_id, id, role, content, body)
                select 'c' || n, 'm', 'user', case n when 7 then 'a word ZQ, last' when 9 then 'x€Y z q'
                    when 11 then repeat('ab ', 4000) || 'zq' else 'some words ' || n % 10 end, '{}'
                from generate_series(1, 1500) n
                """
            )
            _ = try other.newChatID("zq", ["zq", "€"])
            #expect(try me.found("zq") == ["c15", "c13", "c11", "c7"] && me.found("ZQ,") == ["c7"])
            #expect(try me.found("€") == ["c9"] && me.found("x€y") == ["c9"] && me.found("z q") == ["c9"])
            #expect(try me.found("qz") == ["c15"] && me.found("€x") == [] && me.found("q%") == [])
            #expect(try me.found("b z") == ["c11"] && me.found("7").count == 60 && me.found("7", page: 3).count == 29)
            try me.ok(.post, "\(path)/c7/messages/m", ["content": "nothing"])
            try database.execute("delete from chat where id = 'c15'")
            #expect(try me.found("zq") == ["c13", "c11"])
        }
    }

    @Test("knows tags, pins, the archive and shares")
    func operators() throws {
        try TestServer.run { server in
            let me = try server.client()
            let (tagged, both, plain, kept) = (
                try me.newChatID("One"), try me.newChatID("Two"), try me.newChatID("Three"), try me.newChatID("Four")
            )
            for id in [tagged, both] { try me.ok(.post, "\(path)/\(id)/tags", ["name": "Big Trip"]) }
            try me.ok(.post, "\(path)/\(both)/tags", ["name": "x"])
            try me.ok(.post, "\(path)/\(plain)/pin")
            try me.ok(.post, "\(path)/\(plain)/share")
            try me.ok(.post, "\(path)/\(kept)/archive")
            #expect(try Set(me.found("tag:Big_Trip")) == [tagged, both] && me.found("tag:big_trip tag:x") == [both])
            #expect(
                try me.found("tag:none") == [plain] && me.found("two tag:big_trip") == [both]
                    && me.found("one tag:x") == []
            )
            #expect(try me.found("pinned:true") == [plain] && Set(me.found("pinned:false")) == [tagged, both])
            #expect(try me.found("archived:true") == [kept] && me.found("archived:false").count == 3)
            #expect(try me.found("shared:true") == [plain] && Set(me.found("shared:false")) == [tagged, both])
            #expect(try me.found("pinned:maybe").count == 3)
            #expect(
                try me.found("tag:big_trip").count == 2 && me.ok(.get, "\(path)/all/tags").ids == ["big_trip", "x"]
            )
        }
    }

    @Test("for a lone tag that no chat has removes the tag")
    func staleTag() throws {
        try TestServer.run { server in
            let me = try server.client()
            let id = try me.newChatID()
            try me.ok(.post, "\(path)/\(id)/tags", ["name": "Old"])
            try server.connect().execute("update chat set meta = '{}'")
            #expect(try me.found("words tag:old") == [] && me.ok(.get, "\(path)/all/tags").ids == ["old"])
            #expect(try me.found("tag:old") == [] && me.ok(.get, "\(path)/all/tags").ids == [])
        }
    }

    @Test("by folder takes the folders below along, and an unknown one gives nothing")
    func folders() throws {
        try TestServer.run { server in
            let (me, other) = (try server.client(), try server.client())
            let parent = try me.newFolder("Big  Project")
            let child = try me.newFolder("Part", in: parent)
            _ = try other.newFolder("Theirs")
            let (above, below, outside) = (
                try me.newChatID("w above"), try me.newChatID("w below"), try me.newChatID("w outside")
            )
            try me.ok(.post, "\(path)/\(above)/folder", ["folder_id": .string(parent)])
            try me.ok(.post, "\(path)/\(below)/folder", ["folder_id": .string(child)])
            for name in ["folder:big_project", "folder:BIG__Project", "folder:_Big_Project_"] {
                #expect(try Set(me.found(name)) == [above, below], "\(name)")
            }
            #expect(try me.found("w below folder:big_project") == [below] && me.found("folder:part") == [below])
            #expect(
                try me.found("folder:unknown") == [] && me.found("folder:theirs") == [] && me.found("folder:") == []
            )
            #expect(
                try Set(me.found("folder:part folder:unknown")) == [below]
                    && Set(me.found("w ")) == [above, below, outside]
            )
        }
    }

    @Test("takes a query apart")
    func query() {
        let query = SearchQuery("  Two  words tag:A_b FOLDER:C pinned:false pinned:true shared:no archived:false ")
        #expect(query.text == "Two  words" && query.tags == ["a_b"] && query.folders == ["c"] && query.onlyTag == nil)
        #expect(query.isPinned == true && query.isShared == nil && query.isArchived == false)
        #expect(SearchQuery("tag:x").onlyTag == "x" && SearchQuery("pinned:true pinned:false").isPinned == true)
    }
}
