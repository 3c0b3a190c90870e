import Core
import HTTP
import Testing

private let path = "/api/v1/evaluations"

private func form(_ more: JSONObject = [:]) -> JSONValue {
    var form: JSONObject = [
        "type": "rating",
        "data": [
            "rating": 1, "model_id": "alpha", "sibling_model_ids": ["beta"], "reason": "accurate",
            "comment": "Très bien 👍",
            "tags": ["math"],
        ],
        "meta": ["arena": false, "chat_id": "c1", "base_models": ["alpha": nil]],
        "snapshot": ["chat": ["id": "c1", "chat": ["history": ["messages": [:]]]]],
    ]
    for (key, value) in more { form[key] = value }
    return .object(form)
}

extension TestClient {
    fileprivate func give(_ more: JSONObject = [:]) throws -> JSONValue {
        try ok(.post, "\(path)/feedback", form(more))
    }
}

@Suite("Feedback", .database)
struct FeedbackTests {
    @Test("comes back as it was given, and belongs to its giver whatever the form says")
    func creation() throws {
        try TestServer.run { server in
            let (me, other) = (try server.client(), try server.client())
            let row = try me.give([
                "user_id": .string(other.id), "id": "chosen", "version": 7, "created_at": 1, "extra": true,
            ])
            let keys = ["id", "user_id", "version", "type", "data", "meta", "created_at", "updated_at", "snapshot"]
            #expect(row.object.map { Array($0.keys) } == keys)
            #expect(row["user_id"] == .string(me.id) && row["id"] != "chosen" && row["version"] == 0)
            #expect(row["created_at"]?.int ?? 0 > 1_000_000_000)
            for key in ["type", "data", "meta", "snapshot"] { #expect(row[key]?.sorted == form()[key]?.sorted) }
            #expect(try me.ok(.get, "\(path)/feedback/\(row["id"]?.string ?? "")") == row)
        }
    }

    @Test("may be bare: what was not said is null")
    func bare() throws {
        try TestServer.run { server in
            let me = try server.client()
            let row = try me.ok(.post, "\(path)/feedback", ["type": "rating"])
            #expect(row["data"] == .null && row["meta"] == .null && row["snapshot"] == .null)
            let rated = try me.ok(
                .post,
                "\(path)/feedback",
                ["type": "rating", "data": ["rating": "10"], "snapshot": [:]]
            )
            #expect(
                rated["data"]?.sorted
                    == [
                        "comment": nil, "model_id": nil, "rating": "10", "reason": nil, "sibling_model_ids": nil,
                    ]
            )
            #expect(rated["snapshot"] == ["chat": nil])
        }
    }

    @Test(
        "of another form is refused",
        arguments: [
            "", "[]", "{}", #"{"type": 1}"#, #"{"type": "x", "data": []}"#, #"{"type": "x", "data": {"rating": []}}"#,
            #"{"type": "x", "data": {"sibling_model_ids": [1]}}"#, #"{"type": "x", "data": {"comment": 1}}"#,
            #"{"type": "x", "meta": "text"}"#, #"{"type": "x", "snapshot": {"chat": 1}}"#,
        ]
    )
    func malformed(body: String) throws {
        try TestServer.run { server in
            let me = try server.client()
            #expect(try me.call(.post, "\(path)/feedback", text: body).status == 422)
            #expect(try me.ok(.get, "\(path)/feedbacks/user") == [])
        }
    }

    @Test("with numbers that no database holds is refused, and texts with NUL are kept without")
    func unstorable() throws {
        try TestServer.run { server in
            let me = try server.client()
            let answer = try me.call(.post, "\(path)/feedback", text: #"{"type": "x", "meta": {"n": 1e200000}}"#)
            #expect(answer.status == 400)
            let row = try me.ok(.post, "\(path)/feedback", ["type": "a\u{0}b", "data": ["comment": "a\u{0}b"]])
            #expect(row["type"] == "ab" && row["data"]?["comment"] == "ab")
        }
    }

    @Test("is its giver's and the admins'")
    func access() throws {
        try TestServer.run { server in
            let (me, other, admin) = (try server.client(), try server.client(), try server.client(role: .admin))
            let id = try me.give()["id"]?.string ?? ""
            let one = "\(path)/feedback/\(id)"
            #expect(try other.call(.get, one).status == 404)
            #expect(try other.call(.post, one, form()).status == 404)
            #expect(try other.call(.delete, one).status == 404)
            for client in [TestClient.anonymous(server), try server.client(role: .pending)] {
                #expect(try client.call(.get, one).status == 401)
                #expect(try client.call(.post, "\(path)/feedback", form()).status == 401)
            }
            let all: [(HTTP.Method, String)] = [(.get, ""), (.delete, ""), (.get, "/export")]
            for (method, end) in all {
                #expect(try me.call(method, "\(path)/feedbacks/all\(end)").status == 401)
            }
            #expect(try admin.ok(.post, one, form(["user_id": .string(other.id)]))["user_id"] == .string(me.id))
            #expect(try admin.ok(.delete, one) == true)
            #expect(try me.call(.get, one).status == 404)
            #expect(try me.call(.delete, one).status == 404)
        }
    }

    @Test("is changed in the parts that a form holds")
    func update() throws {
        try TestServer.run { server in
            let me = try server.client()
            let row = try me.give()
            let one = "\(path)/feedback/\(row["id"]?.string ?? "")"
            let same = try me.ok(.post, one, ["type": "other", "meta": [:]])
            for key in ["type", "data", "meta", "snapshot", "created_at"] { #expect(same[key] == row[key]) }
            let changed = try me.ok(.post, one, ["type": "rating", "data": ["rating": -1], "meta": ["a": 1]])
            #expect(
                changed["data"]?["rating"] == -1 && changed["data"]?["comment"] == .null && changed["meta"] == ["a": 1]
            )
            #expect(changed["snapshot"] == row["snapshot"])
        }
    }

    @Test("is listed without snapshots, the newest first, with who gave it")
    func lists() throws {
        try TestServer.run { server in
            let (me, other, admin) = (try server.client(), try server.client(), try server.client(role: .admin))
            let mine = try (0..<3).map { _ in try me.give() }
            let theirs = try other.give()
            let database = server.connect()
            for (age, row) in (mine + [theirs]).enumerated() {
                try database.execute("update feedback set updated_at = \(1000 - age) where id = \(row["id"]?.string)")
            }
            let own = try me.ok(.get, "\(path)/feedbacks/user")
            #expect(own.ids == mine.ids)
            #expect(own[0]?["snapshot"] == nil && own[0]?["user"] == .null)
            let all = try admin.ok(.get, "\(path)/feedbacks/all")
            #expect(all.ids == (mine + [theirs]).ids)
            #expect(
                all[3]?["user"]?.object.map { Array($0.keys) } == [
                    "id", "name", "email", "role", "last_active_at", "updated_at", "created_at",
                ]
            )
            #expect(all[3]?["user"]?["id"] == .string(other.id) && all[3]?["snapshot"] == nil)
        }
    }

    @Test("is exported with snapshots, over several batches")
    func export() throws {
        try TestServer.run { server in
            let (me, admin) = (try server.client(), try server.client(role: .admin))
            let rows = try (0..<30).map { _ in try me.give() }
            let database = server.connect()
            for (age, row) in rows.enumerated() {
                try database.execute("update feedback set updated_at = \(1000 - age) where id = \(row["id"]?.string)")
            }
            let exported = try admin.ok(.get, "\(path)/feedbacks/all/export").array ?? []
            #expect(exported.ids == rows.ids)
            #expect(exported.allSatisfy { $0["snapshot"] == form()["snapshot"] })
        }
    }

    @Test("is cleared by its giver, and all of it by an admin")
    func clearing() throws {
        try TestServer.run { server in
            let (me, other, admin) = (try server.client(), try server.client(), try server.client(role: .admin))
            _ = try (0..<2).map { _ in try me.give() }
            let kept = try other.give()
            #expect(try me.ok(.delete, "\(path)/feedbacks") == true)
            #expect(try me.ok(.delete, "\(path)/feedbacks") == false)
            #expect(try admin.ok(.get, "\(path)/feedbacks/all").ids == [kept].ids)
            #expect(try admin.ok(.delete, "\(path)/feedbacks/all") == true)
            #expect(try admin.ok(.get, "\(path)/feedbacks/all") == [])
            #expect(try admin.ok(.delete, "\(path)/feedbacks/all") == false)
        }
    }

    @Test("goes with the account that gave it")
    func accountDeletion() throws {
        try TestServer.run { server in
            let (me, admin) = (try server.client(), try server.client(role: .admin))
            _ = try me.give()
            try server.connect().execute("delete from account where id = \(me.id)")
            #expect(try admin.ok(.get, "\(path)/feedbacks/all/export") == [])
        }
    }
}

extension [JSONValue] {
    fileprivate var ids: [String] { compactMap { $0["id"]?.string } }
}
