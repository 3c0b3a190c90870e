import Accounts
import Core
import HTTP
import Testing

@testable import Conversations

@Suite("Channels", .database)
struct ChannelTests {
    @Test("are made, changed and deleted by admins alone")
    func administration() throws {
        try TestServer.run { server in
            let (admin, user) = (try server.client("Admin", role: .admin), try server.client())
            let form: JSONValue = [
                "name": "Planung-SÜD", "description": "Where we plan", "data": ["a": 1], "meta": ["b": [2]],
                "access_control": nil,
                "id": "mine", "user_id": "somebody",
            ]
            let row = try admin.ok(.post, "\(channelsPath)/create", form)
            #expect(row["name"] == "planung-süd" && row["description"] == "Where we plan" && row["type"] == .null)
            #expect(
                row["data"] == ["a": 1] && row["meta"] == ["b": [2]] && row["user_id"] == .string(admin.id)
                    && row.id != "mine"
            )
            let path = "\(channelsPath)/\(row.id)"
            for (method, path, body) in [
                (Method.post, "\(channelsPath)/create", form), (.post, "\(path)/update", form),
                (.delete, "\(path)/delete", .null),
            ] {
                #expect(try user.call(method, path, body).status == 401)
                #expect(try TestClient.anonymous(server).call(method, path, body).status == 401)
            }
            let changed = try admin.ok(.post, "\(path)/update", ["name": "Süd", "meta": nil])
            // What the form does not have stays: a channel is not opened by being renamed.
            #expect(changed["name"] == "Süd" && changed["data"] == ["a": 1] && changed["meta"] == .null)
            #expect(changed["description"] == "Where we plan")
            #expect(try #require(changed["updated_at"]?.int) > #require(row["updated_at"]?.int))
            #expect(try admin.ok(.delete, "\(path)/delete") == true)
            #expect(try admin.call(.delete, "\(path)/delete").status == 404)
            #expect(try admin.call(.post, "\(path)/update", ["name": "x"]).status == 404)
            #expect(try user.call(.get, path).status == 404)
        }
    }

    @Test("with a malformed form are refused")
    func malformed() throws {
        try TestServer.run { server in
            let admin = try server.client(role: .admin)
            for form in [
                [:], ["name": nil], ["name": 1], ["name": "x", "access_control": []], ["name": "x", "data": "y"], [],
            ] as [JSONValue] {
                #expect(try admin.call(.post, "\(channelsPath)/create", form).status == 422)
            }
            let long = String(repeating: "x", count: 256)
            #expect(try admin.call(.post, "\(channelsPath)/create", ["name": .string(long)]).status == 400)
            #expect(
                try admin.call(.post, "\(channelsPath)/create", text: #"{"name": "x", "data": {"a": 1e999999}}"#).status
                    == 400
            )
            #expect(try admin.ok(.get, "\(channelsPath)/list").array == [])
        }
    }

    @Test("are read and written by whom their access control names")
    func access() throws {
        try TestServer.run { server in
            let (admin, other) = (try server.client(role: .admin), try server.client(role: .admin))
            let (reader, writer, stranger) = (try server.client(), try server.client(), try server.client())
            let pending = try server.client(role: .pending)
            let open = try admin.newChannel()
            let closed = try admin.newChannel(access: .readers(reader, writer, writers: [writer]))
            let ids = { (client: TestClient, path: String) in Set(try client.ok(.get, "\(channelsPath)/\(path)").ids) }
            #expect(try ids(reader, "") == [open, closed] && ids(reader, "list") == [open, closed])
            #expect(try ids(stranger, "") == [open] && ids(stranger, "list") == [open])
            // Admins have in their sidebar what concerns them, and see the rest in the list.
            #expect(
                try ids(admin, "") == [open, closed] && ids(other, "") == [open]
                    && ids(other, "list") == [open, closed]
            )
            let path = "\(channelsPath)/\(closed)"
            #expect(try reader.ok(.get, path)["write_access"] == false && writer.ok(.get, path)["write_access"] == true)
            #expect(try other.ok(.get, path)["write_access"] == true)
            #expect(try stranger.ok(.get, "\(channelsPath)/\(open)")["write_access"] == true)
            for client in [stranger, reader] {
                let answer = try client.call(.post, "\(path)/messages/post", ["content": "x"])
                #expect(answer.status == 403 && answer.detail == Detail.somethingWrong)
            }
            for place in ["", "/messages", "/messages/x", "/messages/x/thread"] {
                #expect(try stranger.call(.get, path + place).status == 403)
                #expect(try stranger.call(.get, "\(channelsPath)/nowhere\(place)").status == 404)
                #expect(try pending.call(.get, path + place).status == 401)
            }
            try writer.post("Hi", to: closed)
            try other.post("Hello", to: closed)
            #expect(try reader.texts(closed) == ["Hello", "Hi"])
        }
    }

    @Test("of a group are its members'")
    func groups() throws {
        try TestServer.run { server in
            let (admin, member, stranger) = (try server.client(role: .admin), try server.client(), try server.client())
            let database = server.connect()
            try database.execute(
                "insert into account_group (id, owner_id, name, created_at, updated_at) values ('g', 'x', 'g', 0, 0)"
            )
            try database.execute("insert into membership (group_id, account_id) values ('g', \(member.id))")
            let channel = try admin.newChannel(access: .readers(groups: ["g"]))
            #expect(
                try member.ok(.get, "\(channelsPath)/").ids == [channel]
                    && stranger.ok(.get, "\(channelsPath)/").ids == []
            )
            #expect(try ChannelRooms.rooms(for: member.id, database) == ["channel:\(channel)"])
            #expect(try ChannelRooms.rooms(for: stranger.id, database) == [])
        }
    }
}
