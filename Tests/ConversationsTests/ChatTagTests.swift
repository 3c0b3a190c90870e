import Core
import Testing

@testable import Conversations

private let path = Sample.chats

@Suite("Tags of chats", .database)
struct ChatTagTests {
    @Test("are added, listed, removed, and end with their last chat")
    func life() throws {
        try TestServer.run { server in
            let me = try server.client()
            let (one, two) = (try me.newChatID("One"), try me.newChatID("Two"))
            let row: JSONValue = [["id": "big_trip", "name": "Big Trip", "user_id": .string(me.id), "meta": nil]]
            #expect(try me.ok(.post, "\(path)/\(one)/tags", ["name": "Big Trip"]) == row)
            #expect(try me.ok(.post, "\(path)/\(one)/tags", ["name": "BIG trip"]) == row)
            #expect(try me.ok(.post, "\(path)/\(two)/tags", ["name": "big_trip"]) == row)
            #expect(try me.ok(.get, "\(path)/\(one)/tags") == row && me.ok(.get, "\(path)/all/tags") == row)
            #expect(try me.chat(one)["meta"] == ["tags": ["big_trip"]])
            #expect(try Set(me.ok(.post, "\(path)/tags", ["name": "Big Trip"]).ids) == [one, two])
            #expect(try me.ok(.delete, "\(path)/\(one)/tags", ["name": "Big Trip"]) == [])
            #expect(try me.ok(.get, "\(path)/all/tags") == row)
            #expect(try me.ok(.delete, "\(path)/\(two)/tags/all") == true)
            #expect(
                try me.ok(.get, "\(path)/all/tags") == [] && me.ok(.post, "\(path)/tags", ["name": "Big Trip"]) == []
            )
        }
    }

    @Test("named none, without a name or with a long one are refused")
    func refused() throws {
        try TestServer.run { server in
            let me = try server.client()
            let id = try me.newChatID()
            for name in ["none", "None", "", String(repeating: "x", count: 256)] {
                #expect(try me.call(.post, "\(path)/\(id)/tags", ["name": .string(name)]).status == 400)
            }
            #expect(
                try me.call(.post, "\(path)/\(id)/tags", [:]).status == 422 && me.ok(.get, "\(path)/\(id)/tags") == []
            )
            #expect(try me.call(.post, "\(path)/\(Sample.id())/tags", ["name": "none"]).status == 401)
        }
    }

    @Test("of archived chats are out of sight until these come back")
    func archive() throws {
        try TestServer.run { server in
            let me = try server.client()
            let id = try me.newChatID()
            try me.ok(.post, "\(path)/\(id)/tags", ["name": "Work"])
            try me.ok(.post, "\(path)/\(id)/archive")
            #expect(try me.ok(.get, "\(path)/all/tags") == [] && me.chat(id)["meta"]?["tags"] == ["work"])
            try me.ok(.post, "\(path)/\(id)/archive")
            #expect(try me.ok(.get, "\(path)/all/tags").ids == ["work"])
        }
    }

    @Test("of two accounts have nothing to do with each other")
    func twoAccounts() throws {
        try TestServer.run { server in
            let (me, other) = (try server.client(), try server.client())
            let (mine, theirs) = (try me.newChatID(), try other.newChatID())
            for (client, id) in [(me, mine), (other, theirs)] {
                try client.ok(.post, "\(path)/\(id)/tags", ["name": "tag"])
            }
            try me.ok(.delete, "\(path)/\(mine)/tags", ["name": "tag"])
            #expect(
                try other.ok(.get, "\(path)/all/tags").ids == ["tag"]
                    && other.ok(.post, "\(path)/tags", ["name": "tag"]).ids == [theirs]
            )
        }
    }

    @Test("are replaced as a whole")
    func replacement() throws {
        try TestServer.run { server in
            let me = try server.client()
            let (one, two) = (try me.newChatID(), try me.newChatID())
            for name in ["a", "b"] { try me.ok(.post, "\(path)/\(one)/tags", ["name": .string(name)]) }
            try me.ok(.post, "\(path)/\(two)/tags", ["name": "b"])
            let database = server.connect()
            #expect(
                try TagStore.replace(["New One", "none", "NEW one", ""], ofChat: one, owner: me.id, database) == [
                    "new_one"
                ]
            )
            #expect(
                try me.chat(one)["meta"]?["tags"] == ["new_one"]
                    && me.ok(.get, "\(path)/all/tags").ids == ["b", "new_one"]
            )
            #expect(try TagStore.replace(["x"], ofChat: one, owner: "another", database) == nil)
        }
    }

    @Test("given and taken at the same moment leave no tag without its row")
    func concurrent() throws {
        try TestServer.run { server in
            let me = try server.client()
            let (one, two) = (try me.newChatID(), try me.newChatID())
            for _ in 0..<10 {
                try me.ok(.post, "\(path)/\(one)/tags", ["name": "t"])
                _ = try together(2) {
                    try $0 == 0
                        ? me.ok(.delete, "\(path)/\(one)/tags", ["name": "t"])
                        : me.ok(.post, "\(path)/\(two)/tags", ["name": "t"])
                }
                #expect(try me.ok(.get, "\(path)/\(two)/tags").ids == ["t"])
                try me.ok(.delete, "\(path)/\(two)/tags", ["name": "t"])
                #expect(try me.ok(.get, "\(path)/all/tags") == [])
            }
        }
    }
}
