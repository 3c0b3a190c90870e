import Core
import Testing
import Wire

@testable import Inference

/// Requests and answers between OpenAI's form and Ollama's.
struct OllamaConversionTests {
    // MARK: Requests

    @Test func `parameters become options, and members go to the root`() {
        let request: JSONObject = [
            "model": "llama:latest", "messages": [], "stream": true, "stop": ["END"], "temperature": 1, "max_tokens": 9,
            "tools": [["type": "function"]], "stream_options": ["include_usage": true], "vendor": "x",
        ]
        let params: JSONObject = [
            "max_tokens": 12, "num_ctx": "4096", "top_p": nil, "keep_alive": "10m", "custom_params": ["num_gpu": "1"],
        ]
        let row: JSONObject = [
            "temperature": "0.25", "think": "true", "format": "{\"type\": \"object\"}", "system": "Be brief.",
        ]
        let body = OllamaPayload.make(request, params: params, row: row)
        #expect(
            .object(body) == [
                "model": "llama:latest", "messages": [], "stream": true, "tools": [["type": "function"]],
                "format": ["type": "object"], "keep_alive": "10m", "think": true,
                "options": ["stop": ["END"], "temperature": 0.25, "num_ctx": 4096, "num_gpu": 1, "num_predict": 12],
            ] as JSONValue
        )
    }

    @Test func `a wanted format is Ollama's`() {
        let schema: JSONValue = ["type": "json_schema", "json_schema": ["name": "n", "schema": ["type": "object"]]]
        let wanted: [(JSONValue, JSONValue?)] = [
            (schema, ["type": "object"]), (["type": "json_object"], "json"), (["type": "text"], .none),
        ]
        for (wanted, expected) in wanted {
            let body = OllamaPayload.make(["model": "m", "response_format": wanted], params: [:], row: nil)
            #expect(body["format"] == expected && body["stream"] == false && body["options"] == nil)
        }
    }

    @Test func `thinking may be asked for in degrees`() {
        let asked: [(JSONValue, JSONValue)] = [
            ("high", "high"), (true, true), (false, false), ("false", false), (0, false),
        ]
        for (think, expected) in asked {
            #expect(OllamaPayload.make(["model": "m"], params: ["think": think], row: nil)["think"] == expected)
        }
    }

    @Test func `pictures, calls and their results are converted when the request is sent`() throws {
        let picture: JSONValue = ["type": "image_url", "image_url": ["url": "data:image/png;base64,QUJD"]]
        let call: JSONValue = [
            "id": "call_1", "type": "function", "function": ["name": "add", "arguments": "{\"a\": 1}"],
        ]
        let broken: JSONValue = ["id": "call_2", "function": ["name": "add", "arguments": "{a"]]
        let body: JSONObject = [
            "model": "m",
            "messages": [
                ["role": "user", "content": [["type": "text", "text": "What? "], picture]],
                ["role": "assistant", "content": nil, "tool_calls": [call, broken]],
                ["role": "tool", "tool_call_id": "call_1", "content": "2"],
            ],
        ]
        let sent = try JSONValue(parsing: OllamaPayload.encoded(body))["messages"]
        #expect(
            sent == [
                ["role": "user", "content": "What?", "images": ["QUJD"]],
                [
                    "role": "assistant", "content": "",
                    "tool_calls": [
                        ["function": ["name": "add", "arguments": ["a": 1]], "id": "call_1"],
                        ["function": ["name": "add", "arguments": [:]], "id": "call_2"],
                    ],
                ],
                ["role": "tool", "content": "2", "tool_call_id": "call_1", "tool_name": "add"],
            ]
        )
    }

    // MARK: Answers

    private static let end: JSONValue = [
        "model": "m", "message": ["role": "assistant", "content": ""], "done": true, "done_reason": "stop",
        "total_duration": 5_000_000_000, "prompt_eval_count": 2, "eval_count": 30, "eval_duration": 2_000_000_000,
    ]

    private static func line(_ message: JSONValue) -> JSONValue {
        ["model": "m", "message": message, "done": false]
    }

    /// The chunks of a stream that is cut into pieces of this many bytes.
    private func stream(_ text: String, pieces: Int = 10_000) throws -> [CompletionStreamItem] {
        var stream = OllamaStream(CompletionTemplate(model: "llama", uuid: "1", created: 1))
        var out: [UInt8] = []
        let bytes = Array(text.utf8)
        for start in Swift.stride(from: 0, to: bytes.count, by: pieces) {
            out += try bytes[start..<min(start + pieces, bytes.count)].withUnsafeBytes { try stream.feed($0) }
        }
        out += try stream.finish()
        var reader = CompletionStreamReader()
        return try reader.feed(out) + reader.finish()
    }

    private func chunks(_ lines: [JSONValue], pieces: Int = 10_000) throws -> [CompletionChunk] {
        let items = try stream(lines.map { $0.text + "\n" }.joined(), pieces: pieces)
        #expect(items.last == .done)
        return items.compactMap { if case .chunk(let chunk) = $0 { CompletionChunk(chunk) } else { nil } }
    }

    @Test(arguments: [1, 13, 10_000])
    func `a stream becomes chunks, with the counts at its end`(pieces: Int) throws {
        let chunks = try chunks(
            [
                Self.line(["content": "", "thinking": "Hm"]), Self.line(["content": "naïve "]),
                Self.line(["content": "日本"]),
                Self.end,
            ],
            pieces: pieces
        )
        #expect(chunks.map(\.reasoning) == ["Hm", "", "", ""] && chunks.map(\.text) == ["", "naïve ", "日本", ""])
        let last = try #require(chunks.last)
        #expect(
            last.finishReason == "stop" && last.json["model"] == "llama"
                && last.json["object"] == "chat.completion.chunk"
        )
        let usage = try #require(last.usage)
        #expect(usage["prompt_tokens"] == 2 && usage["completion_tokens"] == 30 && usage["total_tokens"] == 32)
        #expect(usage["response_token/s"]?.double == 15 && usage["prompt_token/s"] == "N/A")
        #expect(usage["approximate_total"] == "0h0m5s" && usage["eval_duration"] == 2_000_000_000)
    }

    @Test func `calls are numbered through and get ids`() throws {
        let call: JSONValue = ["function": ["name": "add", "arguments": ["a": 1]]]
        let chunks = try chunks([Self.line(["tool_calls": [call, call]]), Self.line(["tool_calls": [call]]), Self.end])
        let calls = chunks.flatMap(\.toolCalls)
        #expect(calls.map { $0["index"] } == [0, 1, 2])
        #expect(Set(calls.compactMap { $0["id"]?.string }).count == 3)
        #expect(calls[2]["function"]?["name"] == "add" && calls[2]["function"]?["arguments"] == "{\"a\":1}")
        #expect(chunks.last?.finishReason == "tool_calls")
    }

    @Test func `an error in the middle is told, and nothing after it`() throws {
        let chunks = try chunks([
            Self.line(["content": "So far"]), ["error": "out of memory"], Self.line(["content": "more"]),
        ])
        #expect(chunks.count == 2 && chunks[0].text == "So far" && chunks[1].error == ["message": "out of memory"])
    }

    @Test(arguments: ["", "no JSON\n\n", "[1]\n"])
    func `what is no answer is an error`(text: String) throws {
        let items = try stream(text)
        guard case .chunk(let chunk) = items.first else { throw Mismatch() }
        #expect(chunk["error"]?["message"] != nil && items.count == 2)
    }

    private struct Mismatch: Error {}

    @Test func `a whole answer becomes a completion`() throws {
        var answer = Self.end
        answer["message"] = [
            "content": "Two", "thinking": "Hm", "tool_calls": [["function": ["name": "add", "arguments": [:]]]],
        ]
        answer["done_reason"] = "length"
        answer["eval_count"] = -5
        let template = CompletionTemplate(model: "llama", uuid: "1", created: 1)
        let completion = try #require(CompletionAnswer(OllamaAnswer(json: answer).completion(template)))
        #expect(completion.text == "Two" && completion.reasoning == "Hm" && completion.finishReason == "length")
        #expect(completion.toolCalls.map(\.arguments) == ["{}"] && completion.usage?["completion_tokens"] == 0)
    }

    // MARK: Lists

    @Test(
        arguments: [
            ("1970-01-02T00:00:00Z", 86_400), ("2024-06-04T14:38:31.83753-07:00", 1_717_537_111),
            ("2000-02-29T12:00:00+05:30", 951_805_800), ("2024-06-04", nil), ("2024-13-04T14:38:31Z", nil),
            ("2024-06-04T14:38:31", nil), ("2024-06-04T14:38:31+07", nil), ("", nil), ("日本日本日本日本日本日本日本日本", nil),
        ] as [(String, Int?)]
    )
    func `times are read`(text: String, expected: Int?) {
        #expect(OllamaTime.seconds(text) == expected)
    }
}
