import Core
import HTTP
import Postgres
import Testing

@testable import Conversations

@Suite("Messages of channels", .database)
struct ChannelMessageTests {
    @Test("come back as they were posted")
    func posting() throws {
        try TestServer.run { server in
            let (admin, user) = (try server.client(role: .admin), try server.client("Ada"))
            let channel = try admin.newChannel()
            let files: JSONValue = [["type": "image", "url": "data:image/png;base64,x"]]
            let row = try user.post(
                "Grüße 👋🏽 <b>x</b>",
                to: channel,
                ["data": ["files": files], "meta": ["k": [1]], "user_id": "x", "id": "y"]
            )
            #expect(
                row.object.map { Array($0.keys) } == [
                    "id", "user_id", "channel_id", "reply_to_id", "parent_id", "content", "data", "meta", "created_at",
                    "updated_at",
                ]
            )
            #expect(
                row["content"] == "Grüße 👋🏽 <b>x</b>" && row["data"]?.sorted == ["files": files]
                    && row["meta"] == ["k": [1]]
            )
            #expect(row["user_id"] == .string(user.id) && row["channel_id"] == .string(channel) && row.id != "y")
            let one = try user.message(row.id, in: channel)
            #expect(try user.ok(.get, "\(channelsPath)/\(channel)/messages")[0] == one)
            #expect(
                one["user"] == [
                    "id": .string(user.id), "name": "Ada", "role": "user", "profile_image_url": "/user.png",
                ]
            )
            #expect(
                one["reply_count"] == 0 && one["latest_reply_at"] == .null && one["reactions"] == []
                    && one["reply_to_message"] == .null
            )
            #expect(try user.post("x", to: channel, ["data": nil, "meta": nil])["data"] == .null)
            for form in [
                [:], ["content": nil], ["content": 1], ["content": "x", "data": []], ["content": "x", "parent_id": 5],
            ] as [JSONValue] {
                #expect(try user.call(.post, "\(channelsPath)/\(channel)/messages/post", form).status == 422)
            }
            let odd = try user.call(
                .post,
                "\(channelsPath)/\(channel)/messages/post",
                text: #"{"content": "a\u0000b\ud800"}"#
            )
            #expect(odd.status == 200 && odd.json["content"] == "ab\u{FFFD}")
        }
    }

    @Test("are listed newest first in pages")
    func pages() throws {
        try TestServer.run { server in
            let admin = try server.client(role: .admin)
            let channel = try admin.newChannel()
            for index in 0..<55 { try admin.post("\(index)", to: channel) }
            #expect(try admin.texts(channel) == (5..<55).reversed().map { "\($0)" })
            #expect(try admin.texts(channel, "skip=50") == ["4", "3", "2", "1", "0"])
            #expect(
                try admin.texts(channel, "skip=2&limit=3") == ["52", "51", "50"]
                    && admin.texts(channel, "skip=60") == []
            )
            #expect(try admin.texts(channel, "limit=0") == [])
            for query in ["skip=-1", "limit=-1", "limit=1001", "limit=x", "skip=9223372036854775808"] {
                #expect(try admin.call(.get, "\(channelsPath)/\(channel)/messages?\(query)").status == 422)
            }
        }
    }

    @Test("hang in threads, whose root counts them")
    func threads() throws {
        try TestServer.run { server in
            let admin = try server.client(role: .admin)
            let channel = try admin.newChannel()
            let root = try admin.post("Root", to: channel)
            let replies = try (0..<3).map { try admin.post("\($0)", to: channel, ["parent_id": .string(root.id)]) }
            #expect(try admin.texts(channel) == ["Root"])
            let shown = try admin.message(root.id, in: channel)
            #expect(shown["reply_count"] == 3 && shown["latest_reply_at"] == replies[2]["created_at"])
            let thread = { (query: String) in
                try admin.ok(.get, "\(channelsPath)/\(channel)/messages/\(root.id)/thread?\(query)").array?.compactMap {
                    $0["content"]?.string
                }
            }
            #expect(
                try thread("") == ["2", "1", "0", "Root"] && thread("limit=2") == ["2", "1"]
                    && thread("skip=2&limit=2") == ["0", "Root"]
            )
            #expect(try thread("limit=3") == ["2", "1", "0"])
            #expect(try admin.ok(.get, "\(channelsPath)/\(channel)/messages/none/thread") == [])
            // A deleted root leaves its replies, which nobody is shown.
            try admin.ok(.delete, "\(channelsPath)/\(channel)/messages/\(root.id)/delete")
            #expect(try thread("") == [] && admin.texts(channel) == [])
            #expect(try admin.message(replies[0].id, in: channel)["content"] == "0")
        }
    }

    @Test("quote others of their channel as long as these are there")
    func quotes() throws {
        try TestServer.run { server in
            let (admin, user) = (try server.client(role: .admin), try server.client())
            let channel = try admin.newChannel()
            let first = try admin.post("Shall we?", to: channel)
            let second = try user.post("Yes", to: channel, ["reply_to_id": .string(first.id)])
            let quoted = try user.message(second.id, in: channel)["reply_to_message"]
            #expect(
                quoted?["id"] == first["id"] && quoted?["content"] == "Shall we?"
                    && quoted?["user"]?["id"] == .string(admin.id)
            )
            try admin.ok(.delete, "\(channelsPath)/\(channel)/messages/\(first.id)/delete")
            let later = try user.message(second.id, in: channel)
            #expect(later["reply_to_message"] == .null && later["reply_to_id"] == first["id"])
        }
    }

    @Test("are out of reach through another channel")
    func otherChannels() throws {
        try TestServer.run { server in
            let (admin, user) = (try server.client(role: .admin), try server.client())
            let (secret, open) = (try admin.newChannel(access: [:]), try admin.newChannel())
            let message = try admin.post("Secret", to: secret)
            let path = "\(channelsPath)/\(open)/messages/\(message.id)"
            for (method, place, body) in [
                (Method.get, "", .null), (.get, "/thread", .null), (.post, "/update", ["content": "x"]),
                (.delete, "/delete", .null),
                (.post, "/reactions/add", ["name": "x"]), (.post, "/reactions/remove", ["name": "x"]),
            ] as [(Method, String, JSONValue)] {
                #expect(try user.call(method, path + place, body).status == 400)
            }
            for form in [
                ["content": "x", "parent_id": .string(message.id)],
                ["content": "x", "reply_to_id": .string(message.id)],
            ] as [JSONValue] {
                #expect(try user.call(.post, "\(channelsPath)/\(open)/messages/post", form).status == 400)
            }
            #expect(try admin.message(message.id, in: secret)["content"] == "Secret" && user.texts(open) == [])
        }
    }

    @Test("are changed by their author and admins")
    func changes() throws {
        try TestServer.run { server in
            let (admin, author, other) = (try server.client(role: .admin), try server.client(), try server.client())
            let channel = try admin.newChannel()
            let message = try author.post("Frist", to: channel, ["data": ["files": [], "x": 1], "meta": ["a": 1]])
            let path = "\(channelsPath)/\(channel)/messages/\(message.id)/update"
            #expect(try other.call(.post, path, ["content": "Put in his mouth"]).status == 403)
            let row = try author.ok(.post, path, ["content": "First", "data": ["x": 2], "meta": ["b": 2]])
            #expect(
                row["content"] == "First" && row["data"]?.sorted == ["files": [], "x": 2]
                    && row["meta"]?.sorted == ["a": 1, "b": 2]
            )
            #expect(row["created_at"] == message["created_at"])
            #expect(try #require(row["updated_at"]?.int) > #require(message["updated_at"]?.int))
            #expect(try admin.ok(.post, path, ["content": "Admin's"])["content"] == "Admin's")
            // Without access even the author changes nothing.
            try admin.ok(.post, "\(channelsPath)/\(channel)/update", ["name": "x", "access_control": .readers(other)])
            #expect(try author.call(.post, path, ["content": "x"]).status == 403)
            let place = "\(channelsPath)/\(channel)/messages/\(message.id)/delete"
            #expect(try author.call(.delete, place).status == 403 && other.call(.delete, place).status == 403)
            #expect(try admin.ok(.delete, place) == true && admin.call(.delete, place).status == 404)
        }
    }

    @Test("get each reaction of an account once")
    func reactions() throws {
        try TestServer.run { server in
            let (admin, user) = (try server.client(role: .admin), try server.client())
            let channel = try admin.newChannel()
            let message = try admin.post("x", to: channel)
            let path = "\(channelsPath)/\(channel)/messages/\(message.id)/reactions"
            _ = try together(8) { _ in try user.ok(.post, "\(path)/add", ["name": "heart"]) }
            try admin.ok(.post, "\(path)/add", ["name": "heart"])
            try admin.ok(.post, "\(path)/add", ["name": "🎉"])
            #expect(
                try user.message(message.id, in: channel)["reactions"] == [
                    ["name": "heart", "user_ids": [.string(user.id), .string(admin.id)], "count": 2],
                    ["name": "🎉", "user_ids": [.string(admin.id)], "count": 1],
                ]
            )
            #expect(try user.ok(.post, "\(path)/remove", ["name": "🎉"]) == true)
            #expect(try user.ok(.post, "\(path)/remove", ["name": "heart"]) == true)
            #expect(try user.message(message.id, in: channel)["reactions"]?.array?.count == 2)
            let long = String(repeating: "x", count: 256)
            #expect(try user.call(.post, "\(path)/add", ["name": .string(long)]).status == 400)
            #expect(try user.call(.post, "\(path)/add", [:]).status == 422)
        }
    }

    @Test("stay when their author goes")
    func departure() throws {
        try TestServer.run { server in
            let (admin, user) = (try server.client(role: .admin), try server.client())
            let channel = try admin.newChannel()
            let message = try user.post("I was here", to: channel)
            try server.connect().execute("delete from account where id = \(user.id)")
            let list = try admin.ok(.get, "\(channelsPath)/\(channel)/messages")
            #expect(
                list[0]?["content"] == "I was here" && list[0]?["user"] == .null
                    && list[0]?["user_id"] == .string(user.id)
            )
            #expect(try admin.message(message.id, in: channel)["user"] == .null)
        }
    }

    @Test("a picture that is data is shown by its address")
    func pictures() throws {
        try TestServer.run { server in
            let admin = try server.client(role: .admin)
            let picture = "data:image/png;base64," + String(repeating: "A", count: 1000)
            try server.connect().execute("update account set profile_image_url = \(picture) where id = \(admin.id)")
            let channel = try admin.newChannel()
            let message = try admin.post("x", to: channel)
            let expected: JSONValue = .string("/api/v1/users/\(admin.id)/profile/image")
            #expect(try admin.message(message.id, in: channel)["user"]?["profile_image_url"] == expected)
            #expect(try server.emissions().last?.payload["user"]?["profile_image_url"] == expected)
        }
    }

    @Test("of twenty people at once are all kept, in one order for all")
    func crowd() throws {
        try TestServer.run { server in
            let admin = try server.client(role: .admin)
            let channel = try admin.newChannel()
            let root = try admin.post("Root", to: channel)
            let people = try (0..<20).map { try server.client("\($0)") }
            let posted = try together(20) { index in
                try (0..<10).map { round in
                    let more: JSONObject = round % 2 == 0 ? [:] : ["parent_id": .string(root.id)]
                    return try people[index].post("\(index) \(round)", to: channel, more).id
                }
            }
            let list = try admin.ok(.get, "\(channelsPath)/\(channel)/messages?limit=1000").array ?? []
            let thread =
                try admin.ok(.get, "\(channelsPath)/\(channel)/messages/\(root.id)/thread?limit=1000").array ?? []
            #expect(list.count == 101 && thread.count == 101 && list.last?["reply_count"] == 100)
            #expect(Set(list.map(\.id) + thread.map(\.id)) == Set(posted.flatMap(\.self) + [root.id]))
            // What one person said comes in the order in which it was said.
            for (index, ids) in posted.enumerated() {
                let order = list.map(\.id).filter(ids.contains)
                #expect(order == ids.enumerated().filter { $0.offset % 2 == 0 }.map(\.element).reversed(), "\(index)")
            }
            let times = list.compactMap { $0["created_at"]?.int }
            #expect(times == times.sorted(by: >))
            let pages = try (0..<11).flatMap {
                try people[3].ok(.get, "\(channelsPath)/\(channel)/messages?skip=\($0 * 10)&limit=10").ids
            }
            #expect(pages == list.map(\.id))
        }
    }
}
