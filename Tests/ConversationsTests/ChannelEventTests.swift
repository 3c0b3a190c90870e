import Accounts
import Core
import Events
import HTTP
import Logging
import Outbound
import Postgres
import Testing

@testable import Conversations

@Suite("Events of channels", .database)
struct ChannelEventTests {
    private func events(_ server: TestServer) throws -> [EventsListener.Emission] {
        try server.emissions().filter { $0.event == "channel-events" }
    }

    private func kinds(_ emissions: [EventsListener.Emission]) -> [String] {
        emissions.compactMap { $0.payload["data"]?["type"]?.string }
    }

    @Test("tell all that happens to messages, to the channel's room")
    func messages() throws {
        try TestServer.run { server in
            let (admin, user) = (try server.client(role: .admin), try server.client("Ada"))
            let channel = try admin.newChannel()
            let root = try user.post("Root", to: channel)
            let path = "\(channelsPath)/\(channel)/messages/\(root.id)"
            try user.ok(.post, "\(path)/update", ["content": "Edited"])
            try user.ok(.post, "\(path)/reactions/add", ["name": "heart"])
            try user.ok(.post, "\(path)/reactions/remove", ["name": "heart"])
            let reply = try user.post("Reply", to: channel, ["parent_id": .string(root.id)])
            try admin.ok(.delete, "\(channelsPath)/\(channel)/messages/\(reply.id)/delete")
            let events = try events(server)
            #expect(
                kinds(events) == [
                    "message", "message:update", "message:reaction:add", "message:reaction:remove", "message",
                    "message:reply",
                    "message:delete", "message:reply",
                ]
            )
            #expect(
                events.allSatisfy { $0.rooms == ["channel:\(channel)"] && $0.payload["channel_id"] == .string(channel) }
            )
            let ids = events.map { $0.payload["message_id"]?.string }
            #expect(ids == [root.id, root.id, root.id, root.id, reply.id, root.id, reply.id, root.id])
            let first = events[0].payload
            #expect(first.object.map { Array($0.keys) } == ["channel_id", "message_id", "data", "user", "channel"])
            let room = try admin.ok(.get, "\(channelsPath)/")[0]
            #expect(first["user"]?["name"] == "Ada" && first["channel"] == room)
            #expect(
                first["data"]?["data"]?["content"] == "Root"
                    && first["data"]?["data"]?["user"]?["id"] == .string(user.id)
            )
            #expect(events[1].payload["data"]?["data"]?["content"] == "Edited")
            let reaction = events[2].payload["data"]?["data"]
            #expect(
                reaction?["name"] == "heart"
                    && reaction?["reactions"] == [["name": "heart", "user_ids": [.string(user.id)], "count": 1]]
            )
            #expect(events[3].payload["data"]?["data"]?["reactions"] == [])
            #expect(events[5].payload["data"]?["data"]?["reply_count"] == 1)
            #expect(events[5].payload["data"]?["data"]?["latest_reply_at"] == reply["created_at"])
            #expect(events[6].payload["data"]?["data"]?["user"]?["id"] == .string(admin.id))
            #expect(events[7].payload["data"]?["data"]?["reply_count"] == 0)
        }
    }

    @Test("tell nothing of what was refused")
    func refusals() throws {
        try TestServer.run { server in
            let (admin, user) = (try server.client(role: .admin), try server.client())
            let channel = try admin.newChannel(access: .readers(user))
            let message = try admin.post("x", to: channel)
            let path = "\(channelsPath)/\(channel)/messages"
            #expect(try user.call(.post, "\(path)/post", ["content": "y"]).status == 403)
            #expect(try user.call(.post, "\(path)/\(message.id)/reactions/add", ["name": "y"]).status == 403)
            #expect(try user.call(.post, "\(path)/\(message.id)/update", ["content": "y"]).status == 403)
            #expect(try user.call(.delete, "\(path)/\(message.id)/delete").status == 403)
            #expect(try kinds(events(server)) == ["message"])
        }
    }

    @Test("hand on that somebody is typing, and nothing else, and only from those who have the channel")
    func typing() throws {
        try TestServer.run { server in
            let listener = try EventsListener()
            defer { listener.close() }
            let publisher = Publisher(socketPath: listener.path)
            let (admin, user, stranger) = (
                try server.client(role: .admin), try server.client("Ada"), try server.client()
            )
            let pending = try server.client(role: .pending)
            let channel = try admin.newChannel(access: .readers(user, pending))
            func send(_ form: JSONValue?, as account: String?) throws -> JSONValue? {
                let context = Context(
                    request: Request(method: .post, path: "/_internal/socket/event"),
                    parameters: [:],
                    database: server.connect(),
                    http: HTTPClient(policy: .administrator),
                    shared: Context.Shared(
                        settings: LiveSettings(base: try Settings(source: Settings.Source(environment: [:]))),
                        publisher: publisher,
                        log: Logger(label: "conversations-tests")
                    )
                )
                return try ChannelSocketEvents.handle(
                    event: "channel-events",
                    arguments: form.map { [$0] } ?? [],
                    account: account,
                    context: context
                )
            }
            let typing: JSONValue = [
                "channel_id": .string(channel), "message_id": "parent",
                "data": ["type": "typing", "data": ["typing": true, "extra": "x"]],
            ]
            var forged = typing
            forged["data"]?["type"] = "message"
            for account in [stranger.id, pending.id, "nobody", nil] {
                #expect(try send(typing, as: account) == ["ack": []])
            }
            for form in [
                forged, [:], 1, ["channel_id": .string(channel), "data": 1],
                ["channel_id": "x", "data": typing["data"] ?? nil], nil,
            ] {
                #expect(try send(form, as: user.id) == ["ack": []])
            }
            #expect(try send(typing, as: user.id) == ["ack": []])
            let told = try listener.all(of: publisher)
            #expect(told.map(\.rooms) == [["channel:\(channel)"]])
            #expect(
                told.first?.payload == [
                    "channel_id": .string(channel), "message_id": "parent",
                    "data": ["type": "typing", "data": ["typing": true]],
                    "user": ["id": .string(user.id), "name": "Ada", "role": "user", "profile_image_url": "/user.png"],
                ]
            )
        }
    }

    @Test("reach sockets from when their account may read until it may not")
    func rooms() throws {
        try TestServer.run { server in
            let rooms = try RoomsListener()
            defer { rooms.close() }
            let (admin, user, other) = (try server.client(role: .admin), try server.client(), try server.client())
            let pending = try server.client(role: .pending)
            let sockets = try [admin, user, user, other].map { try $0.openSocket() }
            _ = try pending.openSocket()
            let database = server.connect()
            let id = try admin.newChannel(access: .readers(user))
            func refresh() throws {
                try ChannelRooms.refresh(try #require(try ChannelStore.find(id, database)), rooms.publisher, database)
            }
            try refresh()
            #expect(try rooms.members(of: id) == Set(sockets[0...2]))
            try database.execute("update channel set access_control = null")
            try refresh()
            #expect(try rooms.members(of: id) == Set(sockets))
            try database.execute(
                "insert into account_group (id, owner_id, name, created_at, updated_at) values ('g', 'x', 'g', 0, 0)"
            )
            try database.execute("insert into membership (group_id, account_id) values ('g', \(other.id))")
            try database.execute("update channel set access_control = \(RawJSON(.readers(groups: ["g"])))")
            try refresh()
            #expect(try rooms.members(of: id) == [sockets[0], sockets[3]])
            try database.execute("delete from membership")
            try ChannelRooms.refresh(ofGroup: "other", rooms.publisher, database)
            #expect(try rooms.members(of: id) == [sockets[0], sockets[3]])
            // Nothing happens before the commit.
            try database.transaction {
                try ChannelRooms.refresh(ofGroup: "g", rooms.publisher, database)
                #expect(try rooms.members(of: id) == [sockets[0], sockets[3]])
            }
            #expect(try rooms.members(of: id) == [sockets[0]])
            try database.execute("insert into membership (group_id, account_id) values ('g', \(user.id))")
            try ChannelRooms.refresh(ofAccount: user.id, rooms.publisher, database)
            #expect(try rooms.members(of: id) == Set(sockets[0...2]))
            try database.execute("delete from membership")
            try ChannelRooms.refresh(ofAccount: user.id, rooms.publisher, database)
            #expect(try rooms.members(of: id) == [sockets[0]])
        }
    }
}
