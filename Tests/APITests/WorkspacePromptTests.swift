import Accounts
import Core
import HTTP
import Testing

@Suite(.database) struct WorkspacePromptTests {
    private static let path = "/api/v1/prompts"
    private static let text = "Summarise {{CLIPBOARD}}.\n\n– Ünïcode 🎈 \\ \"quotes\""

    private static func form(_ command: String = "/sum", _ more: JSONObject = [:]) -> JSONValue {
        let form: JSONObject = [
            "command": .string(command), "title": "Sum", "content": .string(text), "access_control": [:],
        ]
        return .object(form.merging(more) { _, new in new })
    }

    @Test func everyRouteNeedsAnAccount() throws {
        try WorkspaceServer.run { (server) throws in
            try server.expectRefusals(
                [
                    (.get, "/api/v1/prompts/"), (.get, "/api/v1/prompts/list"), (.post, "/api/v1/prompts/create"),
                    (.get, "/api/v1/prompts/command/x"), (.post, "/api/v1/prompts/command/x/update"),
                    (.delete, "/api/v1/prompts/command/x/delete"),
                ],
                as: [try server.person("pat", .pending)]
            )
        }
    }

    @Test func aPromptIsMadeReadChangedAndDeleted() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            let made = try server.call(.post, Self.path + "/create", Self.form(), as: boss).json
            let time = try #require(made["timestamp"]?.int)
            #expect(
                made == [
                    "command": "/sum", "user_id": .string(boss.id), "title": "Sum", "content": .string(Self.text),
                    "timestamp": JSONValue(time), "access_control": [:],
                ]
            )
            #expect(abs(time - Clock.nowSeconds) < 60)
            #expect(try server.call(.get, Self.path + "/command/sum", as: boss).json == made)
            #expect(try server.call(.get, Self.path + "/", as: boss).json == [made])
            let listed = try server.call(.get, Self.path + "/list", as: boss).json[0]
            #expect(listed?["user"]?["email"] == "boss@example.com")
            let change = Self.form("/other", ["title": "New", "access_control": nil])
            let changed = try server.call(.post, Self.path + "/command/sum/update", change, as: boss).json
            #expect(changed["command"] == "/sum")
            #expect(changed["title"] == "New")
            #expect(changed["access_control"] == .null)
            #expect(try server.call(.delete, Self.path + "/command/sum/delete", as: boss).json == true)
            for (method, path) in [(HTTP.Method.get, ""), (.post, "/update"), (.delete, "/delete")] {
                let gone = try server.call(method, Self.path + "/command/sum\(path)", Self.form(), as: boss)
                #expect(gone.status == 401)
                #expect(gone.detail == Detail.notFound)
            }
        }
    }

    @Test func aFormThatIsNoPromptIsRefused() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            for key in ["command", "title", "content"] {
                var form = Self.form()
                form[key] = nil
                #expect(try server.call(.post, Self.path + "/create", form, as: boss).status == 422)
                form[key] = 7
                #expect(try server.call(.post, Self.path + "/create", form, as: boss).status == 422)
            }
            for command in ["", "/", "sum", "/" + String(repeating: "x", count: 256)] {
                #expect(try server.call(.post, Self.path + "/create", Self.form(command), as: boss).status == 400)
            }
            #expect(try server.call(.post, Self.path + "/create", Self.form(), as: boss).status == 200)
            let taken = try server.call(.post, Self.path + "/create", Self.form(), as: boss)
            #expect(taken.status == 400)
            #expect(taken.detail == "Uh-oh! This command is already registered. Please choose another command string.")
        }
    }

    @Test func makingPromptsNeedsThePermission() throws {
        try WorkspaceServer.run { (server) throws in
            let user = try server.person("ann")
            let refused = try server.call(.post, Self.path + "/create", Self.form(), as: user)
            #expect(refused.status == 401)
            #expect(refused.detail == "401 Unauthorized")
            _ = try server.group([user], permissions: ["workspace": ["prompts": true]])
            #expect(
                try server.call(.post, Self.path + "/create", Self.form(), as: user).json["user_id"] == .string(user.id)
            )
        }
    }

    @Test func aPromptIsSharedWithPeopleAndGroups() throws {
        try WorkspaceServer.run { (server) throws in
            let boss = try server.person("boss", .admin)
            let (reader, member, other) = (try server.person("ann"), try server.person("bob"), try server.person("cid"))
            let group = try server.group([member])
            let access: JSONValue = [
                "read": ["user_ids": [.string(reader.id)], "group_ids": [.string(group)]],
                "write": ["user_ids": [], "group_ids": []],
            ]
            let row = try server.call(
                .post,
                Self.path + "/create",
                Self.form("/sum", ["access_control": access]),
                as: boss
            ).json
            for person in [reader, member] {
                #expect(try server.call(.get, Self.path + "/", as: person).json == [row])
                #expect(try server.call(.get, Self.path + "/list", as: person).json == [])
                #expect(try server.call(.get, Self.path + "/command/sum", as: person).json == row)
            }
            #expect(try server.call(.get, Self.path + "/", as: other).json == [])
            #expect(try server.call(.get, Self.path + "/command/sum", as: other).text == "null")
            for person in [reader, member, other] {
                for (method, path) in [(HTTP.Method.post, "/update"), (.delete, "/delete")] {
                    let refused = try server.call(method, Self.path + "/command/sum\(path)", Self.form(), as: person)
                    #expect(refused.status == 401)
                    #expect(refused.detail == Detail.accessProhibited)
                }
            }
            #expect(try server.call(.get, Self.path + "/command/sum", as: boss).json == row)
        }
    }

    @Test func pluginsAreNotBuiltAndTheirListsAreEmpty() throws {
        try WorkspaceServer.run { (server) throws in
            let user = try server.person("ann")
            for path in ["/api/v1/tools/", "/api/v1/tools/list", "/api/v1/functions/"] {
                #expect(try server.call(.get, path).status == 401)
                #expect(try server.call(.get, path, as: user).text == "[]")
            }
            #expect(try server.call(.get, "/api/v1/tools/id/x", as: user).status == 404)
            #expect(try server.call(.post, "/api/v1/functions/create", [:], as: user).status == 404)
        }
    }
}
