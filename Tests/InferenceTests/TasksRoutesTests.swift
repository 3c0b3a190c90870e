import Accounts
import Core
import HTTP
import Postgres
import Testing

@testable import Inference

/// The routes of tasks, with a real database and the built-in model.
@Suite(.database)
struct TasksRoutesTests {
    private static let talk: JSONValue = [
        ["role": "user", "content": "Tell me about Mars"], ["role": "assistant", "content": "It is red"],
    ]
    private static let demonstration = JSONValue.string(DemonstrationModel.id)

    @Test(arguments: [("title", #"{"title":"Tell me about Mars"}"#), ("tags", #"{"tags":["Demonstration"]}"#)])
    func `a task is answered with a completion`(task: String, expected: String) throws {
        try TasksSurroundings.run { server in
            let answer = try server.call(
                .post,
                "/api/v1/tasks/\(task)/completions",
                ["model": Self.demonstration, "messages": Self.talk]
            )
            let reply = try #require(answer.content)
            #expect(try JSONValue(parsing: reply) == JSONValue(parsing: expected))
        }
    }

    @Test(arguments: ["title", "tags", "follow_up", "image_prompt", "queries", "emoji", "moa"])
    func `models that are unknown or closed are not found`(task: String) throws {
        try TasksSurroundings.run { server in
            try server.save(TasksSurroundings.deadProvider)
            for model in ["nowhere", "far"] {
                let body: JSONValue = ["model": .string(model), "messages": Self.talk, "prompt": "x", "responses": []]
                let answer = try server.call(.post, "/api/v1/tasks/\(task)/completions", body)
                #expect(answer.status == 404 && answer.json == ["detail": "Model not found"])
            }
        }
    }

    @Test(arguments: [("title", 400), ("follow_up", 400), ("tags", 500), ("emoji", 400), ("moa", 400)])
    func `a provider that can not be reached is an error`(task: String, status: Int) throws {
        try TasksSurroundings.run(role: .admin) { server in
            try server.save(TasksSurroundings.deadProvider)
            let body: JSONValue = ["model": "far", "messages": Self.talk, "prompt": "x", "responses": ["y"]]
            let answer = try server.call(.post, "/api/v1/tasks/\(task)/completions", body)
            #expect(answer.status == status)
            #expect(answer.json["detail"]?.string?.contains("could not be reached") ?? false)
        }
    }

    @Test func `what is switched off says so`() throws {
        try TasksSurroundings.run { server in
            try server.save([
                "ENABLE_TITLE_GENERATION": false, "ENABLE_TAGS_GENERATION": false, "ENABLE_FOLLOW_UP_GENERATION": false,
                "ENABLE_SEARCH_QUERY_GENERATION": false,
            ])
            let body: JSONValue = [
                "model": Self.demonstration, "messages": Self.talk, "type": "web_search", "prompt": "x",
            ]
            let expected = [
                ("title", 200, "Title generation is disabled"), ("tags", 200, "Tags generation is disabled"),
                ("follow_up", 200, "Follow-up generation is disabled"),
                ("queries", 400, "Search query generation is disabled"),
                ("auto", 400, "Autocompletion generation is disabled"),
            ]
            for (task, status, detail) in expected {
                let answer = try server.call(.post, "/api/v1/tasks/\(task)/completions", body)
                #expect(answer.status == status && answer.json == ["detail": .string(detail)])
            }
            let retrieval = try server.call(
                .post,
                "/api/v1/tasks/queries/completions",
                ["model": Self.demonstration, "messages": Self.talk, "type": "retrieval"]
            )
            #expect(retrieval.status == 200, "only searches of the web are off")
        }
    }

    @Test func `autocompletion has a limit`() throws {
        try TasksSurroundings.run { server in
            try server.save([
                "ENABLE_AUTOCOMPLETE_GENERATION": true, "AUTOCOMPLETE_GENERATION_INPUT_MAX_LENGTH": 5,
                "AUTOCOMPLETE_GENERATION_PROMPT_TEMPLATE": "{{TYPE}}: {{PROMPT}}",
            ])
            func ask(_ prompt: String) throws -> TasksSurroundings.Answer {
                try server.call(
                    .post,
                    "/api/v1/tasks/auto/completions",
                    ["model": Self.demonstration, "type": "general", "prompt": .string(prompt)]
                )
            }
            let completed = try ask("12345")
            #expect(completed.status == 200 && completed.content?.contains("general: 12345") ?? false)
            let refused = try ask("123456")
            #expect(refused.status == 400 && refused.json == ["detail": "Input prompt exceeds maximum length of 5"])
        }
    }

    @Test func `merged answers come whole or by way of the daemon`() throws {
        try TasksSurroundings.run { server in
            var body: JSONValue = [
                "model": Self.demonstration, "prompt": "Why is the sky blue?", "responses": ["Rayleigh", "Paint"],
            ]
            let whole = try server.call(.post, "/api/v1/tasks/moa/completions", body)
            #expect(whole.content?.contains("Why is the sky blue?") ?? false)
            body["stream"] = true
            let streamed = try server.call(.post, "/api/v1/tasks/moa/completions", body)
            #expect(streamed.headers["X-Accel-Redirect"]?.hasPrefix("/_stream/") ?? false)
            let row = try #require(try server.database.query("select \(Turn.columns) from turn").first)
            let turn = try Turn(row: row)
            #expect(
                turn.body["stream"] == true && turn.body["model"] == Self.demonstration
                    && turn.accountID == server.accountID
            )
            let prompt = turn.body["messages"]?[0]?["content"]?.string ?? ""
            #expect(prompt.contains("\"\"\"Rayleigh\"\"\"") && prompt.contains("\"\"\"Paint\"\"\""))
            #expect(turn.reply == .stream(key: streamed.headers["X-Stream-Token"] ?? ""))
        }
    }

    private static let malformed: [(task: String, body: JSONValue)] = [
        ("title", ["messages": []]), ("title", ["model": demonstration]),
        ("title", ["model": demonstration, "messages": "Hi"]),
        ("tags", ["model": demonstration, "messages": ["Hi"]]), ("emoji", ["model": demonstration]),
        ("moa", ["model": demonstration, "prompt": "x", "responses": [1]]),
        ("moa", ["model": demonstration, "prompt": "x"]),
    ]

    @Test(arguments: malformed)
    func `malformed requests are told what is wrong`(task: String, body: JSONValue) throws {
        try TasksSurroundings.run { server in
            let answer = try server.call(.post, "/api/v1/tasks/\(task)/completions", body)
            #expect(answer.status == 422)
        }
    }

    @Test func `administrators change the settings, and everybody sees them`() throws {
        try TasksSurroundings.run(role: .admin) { server in
            var settings = try server.call(.get, "/api/v1/tasks/config").json
            #expect(settings.object?.count == 15 && settings["ENABLE_AUTOCOMPLETE_GENERATION"] == false)
            settings["TASK_MODEL_EXTERNAL"] = "small"
            settings["ENABLE_TITLE_GENERATION"] = false
            settings["AUTOCOMPLETE_GENERATION_INPUT_MAX_LENGTH"] = 20
            settings["TITLE_GENERATION_PROMPT_TEMPLATE"] = "{{prompt}}"
            let updated = try server.call(.post, "/api/v1/tasks/config/update", settings)
            let shown = try server.call(.get, "/api/v1/tasks/config")
            #expect(updated.json == settings && shown.json == settings)
            settings["ENABLE_TAGS_GENERATION"] = "perhaps"
            let refused = try server.call(.post, "/api/v1/tasks/config/update", settings)
            #expect(refused.status == 422)
        }
    }

    @Test func `others do not change them`() throws {
        try TasksSurroundings.run { server in
            let shown = try server.call(.get, "/api/v1/tasks/config")
            let refused = try server.call(.post, "/api/v1/tasks/config/update", shown.json)
            #expect(shown.status == 200 && refused.status == 401)
        }
    }
}
