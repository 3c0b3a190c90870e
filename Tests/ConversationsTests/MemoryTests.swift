import Accounts
import Core
import Logging
import Outbound
import Postgres
import Synchronization
import Testing

@testable import Conversations

private let path = "/api/v1/memories"
private let settingsPath = "/api/v1/retrieval/embedding"

extension TestClient {
    @discardableResult
    fileprivate func remember(_ text: String) throws -> JSONValue {
        try ok(.post, "\(path)/add", ["content": .string(text)])
    }

    fileprivate func query(_ text: String, k: Int? = nil) throws -> JSONValue {
        try ok(.post, "\(path)/query", ["content": .string(text), "k": JSONValue(k)])
    }

    fileprivate func found(_ text: String, k: Int? = nil) throws -> [String] {
        (try query(text, k: k)["documents"]?[0]?.array ?? []).compactMap(\.string)
    }
}

extension TestServer {
    /// Makes the service the one that computes embeddings, by the admin's page of settings.
    @discardableResult
    fileprivate func embed(with service: MemoryEmbeddingServer, model: String = "stub", _ more: JSONObject = [:]) throws
        -> JSONValue
    {
        var form: JSONObject = [
            "embedding_engine": "openai", "embedding_model": .string(model), "embedding_batch_size": 8,
            "openai_config": ["url": .string("\(service.url)/v1/"), "key": "sk-embed"],
        ]
        for (key, value) in more { form[key] = value }
        return try client(role: .admin).ok(.post, "\(settingsPath)/update", .object(form))
    }
}

@Suite("Memories", .database)
struct MemoryTests {
    @Test("are kept, listed, changed and forgotten")
    func lifetime() throws {
        try TestServer.run { server in
            let service = try MemoryEmbeddingServer()
            try server.embed(with: service)
            let me = try server.client()
            let row = try me.remember("My cat is called Žofie 🐈")
            #expect(row.object.map { Array($0.keys) } == ["id", "user_id", "content", "updated_at", "created_at"])
            #expect(row["content"] == "My cat is called Žofie 🐈" && row["user_id"] == .string(me.id))
            #expect(service.calls.map(\.path) == ["/v1/embeddings"])
            #expect(service.calls[0].body == ["input": ["My cat is called Žofie 🐈"], "model": "stub"])
            #expect(service.calls[0].headers["authorization"] == "Bearer sk-embed")
            #expect(service.calls[0].headers["x-openwebui-user-id"] == nil)
            #expect(try me.ok(.get, "\(path)/") == [row])
            let one = "\(path)/\(row["id"]?.string ?? "")"
            let changed = try me.ok(.post, "\(one)/update", ["content": "My dog is called Rex"])
            #expect(changed["content"] == "My dog is called Rex" && changed["created_at"] == row["created_at"])
            #expect(service.calls.count == 2)
            #expect(try me.ok(.post, "\(one)/update", [:]) == changed)
            #expect(try me.found("dog") == ["My dog is called Rex"])
            #expect(try me.ok(.delete, one) == true)
            #expect(try me.ok(.delete, one) == false)
            #expect(try me.ok(.get, "\(path)/") == [])
        }
    }

    @Test("are one's own")
    func access() throws {
        try TestServer.run { server in
            let me = try server.client()
            let row = try me.remember("A secret")
            let one = "\(path)/\(row["id"]?.string ?? "")"
            for other in [try server.client(), try server.client(role: .admin)] {
                #expect(try other.ok(.get, "\(path)/") == [])
                let answer = try other.call(.post, "\(one)/update", ["content": "Changed"])
                #expect(answer.status == 404 && answer.detail == "Memory not found")
                #expect(try other.call(.post, "\(one)/update", [:]).status == 404)
                #expect(try other.ok(.delete, one) == false)
                #expect(try other.ok(.delete, "\(path)/delete/user") == true)
                #expect(try other.call(.post, "\(path)/query", ["content": "secret"]).status == 404)
            }
            for client in [TestClient.anonymous(server), try server.client(role: .pending)] {
                #expect(try client.call(.get, "\(path)/").status == 401)
                #expect(try client.call(.get, "\(path)/ef").status == 401)
                #expect(try client.call(.post, "\(path)/add", ["content": "x"]).status == 401)
            }
            #expect(try me.ok(.get, "\(path)/") == [row])
        }
    }

    @Test("are found by meaning, the nearest first")
    func search() throws {
        try TestServer.run { server in
            try server.embed(with: try MemoryEmbeddingServer())
            let (me, other) = (try server.client(), try server.client())
            for text in ["I live near the river", "My favourite colour is green", "I work as a nurse"] {
                try me.remember(text)
            }
            try other.remember("Green is the colour of the river")
            #expect(try me.found("which colour") == ["My favourite colour is green"])
            let three = try me.query("the river", k: 3)
            #expect(three.object.map { Array($0.keys) } == ["ids", "documents", "metadatas", "distances"])
            #expect(three["documents"]?[0]?[0] == "I live near the river" && three["documents"]?[0]?.array?.count == 3)
            let distances = (three["distances"]?[0]?.array ?? []).compactMap(\.double)
            #expect(distances == distances.sorted(by: >) && distances[0] > 0.99 && distances[2] > 0.5)
            let row = try me.ok(.get, "\(path)/")[0]
            #expect(three["ids"]?[0]?[0] == row?["id"])
            #expect(
                three["metadatas"]?[0]?[0]
                    == .object(["created_at": row?["created_at"] ?? .null, "updated_at": row?["updated_at"] ?? .null])
            )
            #expect(try me.found("river", k: 100).count == 3)
        }
    }

    @Test("of a wrong form are refused")
    func malformed() throws {
        try TestServer.run { server in
            let me = try server.client()
            for body in ["", "[]", "{}", #"{"content": 1}"#] {
                #expect(try me.call(.post, "\(path)/add", text: body).status == 422)
                #expect(try me.call(.post, "\(path)/query", text: body).status == 422)
            }
            for k in ["0", "-1", "1.5", "[]"] {
                #expect(try me.call(.post, "\(path)/query", text: #"{"content": "x", "k": \#(k)}"#).status == 422)
            }
            let long = String(repeating: "x", count: Memory.maximumContent + 1)
            #expect(try me.call(.post, "\(path)/add", ["content": .string(long)]).status == 400)
            #expect(try me.ok(.get, "\(path)/") == [])
            let row = try me.remember("a\u{0}b")
            #expect(row["content"] == "ab")
            let one = "\(path)/\(row["id"]?.string ?? "")/update"
            #expect(try me.call(.post, one, ["content": .string(long)]).status == 400)
        }
    }

    @Test("are limited in number")
    func limit() throws {
        try TestServer.run { server in
            let me = try server.client()
            try server.connect().execute(
                """
                insert into memory (id, account_id, content, created_at, updated_at)
                select \(me.id) || n, \(me.id), 'fact ' || n, 0, 0 from generate_series(1, \(Memory.maximumCount)) n
                """
            )
            #expect(try me.call(.post, "\(path)/add", ["content": "one more"]).status == 400)
            #expect(try me.found("fact 777") == ["fact 777"])
            #expect(try me.ok(.delete, "\(path)/delete/user") == true)
            try me.remember("one more")
        }
    }

    @Test("are found by their words when no service of embeddings is set up")
    func words() throws {
        try TestServer.run { server in
            let me = try server.client()
            for text in ["I live in Lisbon", "My favourite colour is green"] { try me.remember(text) }
            #expect(try me.found("which colour is my favourite") == ["My favourite colour is green"])
            let both = try me.query("lisbon", k: 5)
            #expect(both["documents"] == [["I live in Lisbon", "My favourite colour is green"]])
            #expect(try me.call(.post, "\(path)/reset").status == 501)
            #expect(try me.call(.get, "\(path)/ef").status == 501)
        }
    }

    @Test("are kept while the service of embeddings is away, and get their vectors later")
    func serviceAway() throws {
        try TestServer.run { server in
            let isAway = Atomic(true)
            let service = try MemoryEmbeddingServer { call in
                isAway.load(ordering: .relaxed) ? .init(status: 503, body: [:]) : MemoryEmbeddingServer.wordCounts(call)
            }
            try server.embed(with: service)
            let me = try server.client()
            for text in ["My cat is called Tom", "My dog is called Rex"] { try me.remember(text) }
            #expect(try me.found("What is my cat called?") == ["My cat is called Tom"])
            let refused = try me.call(.post, "\(path)/reset")
            #expect(refused.status == 500 && refused.detail?.contains("status 503") == true)
            #expect(try me.call(.get, "\(path)/ef").status == 500)
            isAway.store(false, ordering: .relaxed)
            service.forget()
            #expect(try me.found("dog") == ["My dog is called Rex"])
            #expect(service.calls.map(\.inputs) == [["dog"], ["My cat is called Tom", "My dog is called Rex"]])
            service.forget()
            #expect(try me.found("cat") == ["My cat is called Tom"])
            #expect(service.calls.map(\.inputs) == [["cat"]])
        }
    }

    @Test("get new vectors when the model changes, and all of them by a reset")
    func models() throws {
        try TestServer.run { server in
            let service = try MemoryEmbeddingServer()
            try server.embed(with: service)
            let me = try server.client()
            for text in ["My cat", "My dog"] { try me.remember(text) }
            try server.embed(with: service, model: "another")
            service.forget()
            #expect(try me.found("dog") == ["My dog"])
            #expect(service.calls.map(\.inputs) == [["dog"], ["My cat", "My dog"]])
            #expect(service.calls.allSatisfy { $0.body["model"] == "another" })
            try server.embed(with: service, model: "another", ["embedding_batch_size": 1])
            service.forget()
            #expect(try me.ok(.post, "\(path)/reset") == true)
            #expect(service.calls.map(\.inputs) == [["My cat"], ["My dog"]])
            #expect(try me.ok(.get, "\(path)/ef")["result"]?.array?.count == MemoryEmbeddingServer.words.count)
        }
    }

    @Test("go with their account")
    func accountDeletion() throws {
        try TestServer.run { server in
            let me = try server.client()
            try me.remember("A fact")
            let database = server.connect()
            try database.execute("delete from account where id = \(me.id)")
            #expect(try database.query("select from memory").isEmpty)
        }
    }

    @Test("are put before a model with numbers and dates")
    func context() throws {
        try TestServer.run { server in
            let service = try MemoryEmbeddingServer()
            let settings = try Settings(
                source: Settings.Source(environment: [
                    "RAG_EMBEDDING_ENGINE": "openai", "RAG_OPENAI_API_BASE_URL": service.url, "WEBUI_SECRET_KEY": "x",
                ])
            )
            let me = try server.client()
            let account = try #require(try Account.find(me.id, server.connect()))
            let pool = ConnectionPool(limit: 1) { server.connect() }
            func text(_ query: String) throws -> String? {
                try MemoryContext.text(
                    for: account,
                    query: query,
                    settings,
                    HTTPClient(policy: .administrator),
                    pool,
                    log: Logger(label: "conversations-tests")
                )
            }
            #expect(try text("river") == nil && service.calls.isEmpty)
            for fact in ["I work as a nurse", "My cat", "My dog", "I live near the river"] { try me.remember(fact) }
            try server.connect().execute("update memory set created_at = 1740830400")
            let context = try #require(try text("my work near the river"))
            #expect(context.hasPrefix("User Context:\n1. [2025-03-01] I "))
            #expect(context.split(separator: "\n").count == 4 && context.contains("nurse") && context.contains("river"))
        }
    }
}

@Suite("Embedding settings", .database)
struct MemoryEmbeddingSettingsTests {
    @Test("are shown and saved")
    func saving() throws {
        try TestServer.run { server in
            let admin = try server.client(role: .admin)
            let before = try admin.ok(.get, settingsPath)
            #expect(before["status"] == true && before["embedding_engine"] == "" && before["embedding_batch_size"] == 1)
            let form: JSONObject = [
                "embedding_engine": "azure_openai", "embedding_model": "ada", "embedding_batch_size": 3,
                "openai_config": ["url": "http://a", "key": "1"], "ollama_config": ["url": "http://b", "key": "2"],
                "azure_openai_config": ["url": "http://c", "key": "3", "version": "v"],
            ]
            let after = try admin.ok(.post, "\(settingsPath)/update", .object(form))
            for (key, value) in form { #expect(after[key] == value) }
            #expect(try admin.ok(.get, settingsPath) == after)
            let part = try admin.ok(
                .post,
                "\(settingsPath)/update",
                ["embedding_engine": "ollama", "embedding_model": "m"]
            )
            #expect(part["ollama_config"] == form["ollama_config"] && part["embedding_batch_size"] == 1)
            let off = try admin.ok(
                .post,
                "\(settingsPath)/update",
                ["embedding_engine": "", "embedding_model": "own", "openai_config": ["url": "http://x", "key": "9"]]
            )
            #expect(off["openai_config"] == form["openai_config"] && off["embedding_model"] == "own")
        }
    }

    @Test("of a wrong form are refused, and for others than admins")
    func refusals() throws {
        try TestServer.run { server in
            let admin = try server.client(role: .admin)
            let update = "\(settingsPath)/update"
            #expect(
                try admin.call(.post, update, ["embedding_engine": "own", "embedding_model": "m"]).status == 400
            )
            let bodies = [
                "", "[]", #"{"embedding_engine": "openai"}"#, #"{"embedding_engine": 1, "embedding_model": "m"}"#,
                #"{"embedding_engine": "openai", "embedding_model": "m", "embedding_batch_size": 0}"#,
                #"{"embedding_engine": "openai", "embedding_model": "m", "embedding_batch_size": 100000}"#,
                #"{"embedding_engine": "openai", "embedding_model": "m", "openai_config": {"key": "secret"}}"#,
                #"{"embedding_engine": "openai", "embedding_model": "m", "openai_config": []}"#,
            ]
            for body in bodies {
                let answer = try admin.call(.post, update, text: body)
                #expect(answer.status == 422 && !answer.json.text.contains("secret"))
            }
            #expect(try admin.ok(.get, settingsPath)["embedding_engine"] == "")
            let me = try server.client()
            #expect(try me.call(.get, settingsPath).status == 401 && me.call(.post, update, [:]).status == 401)
        }
    }

    @Test("that the environment decides stay as they are")
    func fixed() throws {
        try TestServer.run(["RAG_EMBEDDING_ENGINE": "ollama"]) { server in
            let admin = try server.client(role: .admin)
            let form: JSONValue = ["embedding_engine": "openai", "embedding_model": "m"]
            let after = try admin.ok(.post, "\(settingsPath)/update", form)
            #expect(after["embedding_engine"] == "ollama" && after["embedding_model"] == "m")
        }
    }
}
