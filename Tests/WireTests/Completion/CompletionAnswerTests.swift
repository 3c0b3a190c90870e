import Core
import Testing

@testable import Wire

@Suite struct CompletionAnswerTests {
    @Test func `an answer is taken from a completion`() throws {
        let answer = try #require(
            CompletionAnswer([
                "choices": [
                    [
                        "message": [
                            "role": "assistant", "content": "a", "reasoning_content": "b",
                            "tool_calls": [["id": "c", "function": ["name": "f", "arguments": "{}"]]],
                        ], "finish_reason": "tool_calls",
                    ]
                ], "usage": ["total_tokens": 2],
            ])
        )
        #expect(answer.text == "a" && answer.reasoning == "b" && answer.toolCalls.map(\.name) == ["f"])
        #expect(answer.finishReason == "tool_calls" && answer.usage == ["total_tokens": 2])
    }

    @Test(arguments: [nil, [:], ["choices": []], ["choices": [["message": nil]]], ["detail": "no"]] as [JSONValue])
    func `without a message there is none`(json: JSONValue) {
        #expect(CompletionAnswer(json) == nil)
    }

    @Test func `a null content is an empty text`() {
        #expect(CompletionAnswer(["choices": [["message": ["content": nil]]]])?.text == "")
    }

    @Test func `a stream becomes a completion`() {
        var collector = CompletionCollector()
        let chunks: [JSONValue] = [
            ["id": "i", "model": "m", "created": 5, "choices": [["delta": ["role": "assistant", "reasoning": "hm"]]]],
            ["choices": [["delta": ["content": "a"]]]], ["choices": [["delta": ["content": "b"]]]],
            ["choices": [["delta": ["tool_calls": [["index": 0, "id": "c", "function": ["name": "f"]]]]]]],
            ["choices": [["delta": ["tool_calls": [["index": 0, "function": ["arguments": "{}"]]]]]]],
            ["choices": [["delta": [:], "finish_reason": "tool_calls"]]],
            ["choices": [], "usage": ["total_tokens": 9]],
        ]
        for json in chunks { collector.add(CompletionChunk(json)) }
        let json = collector.finish()
        #expect(
            json["id"] == "i" && json["model"] == "m" && json["created"] == 5 && json["object"] == "chat.completion"
        )
        #expect(json["usage"] == ["total_tokens": 9] && json["choices"]?[0]?["finish_reason"] == "tool_calls")
        let answer = CompletionAnswer(json)
        #expect(answer?.text == "ab" && answer?.reasoning == "hm" && answer?.toolCalls.first?.arguments == "{}")
    }

    @Test func `chunks made here have the known shape`() {
        let template = CompletionTemplate(model: "demo", uuid: "u", created: 7)
        #expect(
            template.chunk(text: "a") == [
                "id": "demo-u", "object": "chat.completion.chunk", "created": 7, "model": "demo",
                "choices": [["index": 0, "logprobs": nil, "finish_reason": nil, "delta": ["content": "a"]]],
            ]
        )
        let end = template.chunk(usage: ["total_tokens": 1])
        #expect(end["choices"]?[0]?["finish_reason"] == "stop" && end["usage"] == ["total_tokens": 1])
        #expect(template.chunk(reasoning: "b")["choices"]?[0]?["delta"] == ["reasoning_content": "b"])
        let call = template.chunk(toolCalls: [ToolCall(id: "c", name: "f", arguments: "{}")])
        #expect(
            call["choices"]?[0]?["delta"]?["tool_calls"] == [
                ["id": "c", "type": "function", "function": ["name": "f", "arguments": "{}"], "index": 0]
            ]
        )
        var answer = CompletionAnswer()
        answer.text = "hi"
        #expect(
            template.completion(answer) == [
                "id": "demo-u", "object": "chat.completion", "created": 7, "model": "demo",
                "choices": [
                    [
                        "index": 0, "logprobs": nil, "finish_reason": "stop",
                        "message": ["role": "assistant", "content": "hi"],
                    ]
                ],
            ]
        )
    }
}
