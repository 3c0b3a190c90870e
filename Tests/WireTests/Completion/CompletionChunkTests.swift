import Core
import Testing

@testable import Wire

@Suite struct CompletionChunkTests {
    @Test func `the members are found`() {
        let chunk = CompletionChunk([
            "choices": [
                [
                    "delta": ["content": "a", "reasoning_content": "b", "tool_calls": [["index": 0]]],
                    "finish_reason": "stop",
                ]
            ],
            "usage": ["total_tokens": 3], "timings": ["predicted_ms": 1.5],
            "error": ["message": "no"], "selected_model_id": "m", "sources": [["x": 1]],
        ])
        #expect(chunk.text == "a" && chunk.reasoning == "b" && chunk.toolCalls == [["index": 0]])
        #expect(chunk.finishReason == "stop" && chunk.usage == ["total_tokens": 3, "predicted_ms": 1.5])
        #expect(chunk.error == ["message": "no"] && chunk.selectedModel == "m" && chunk.sources == [["x": 1]])
        #expect(chunk.hasChoice && !chunk.isDeltaEmpty)
    }

    @Test(arguments: ["reasoning_content", "reasoning", "thinking"])
    func `thinking has three names`(name: String) {
        var delta: JSONValue = ["reasoning_content": ""]
        delta[name] = "hm"
        #expect(CompletionChunk(["choices": [["delta": delta]]]).reasoning == "hm")
    }

    @Test func `content may come in parts`() {
        let chunk = CompletionChunk([
            "choices": [
                [
                    "delta": [
                        "content": [
                            ["type": "thinking", "thinking": [["type": "text", "text": "hm"]]],
                            ["type": "text", "text": "so"], 7,
                        ]
                    ]
                ]
            ]
        ])
        #expect(chunk.text == "so" && chunk.reasoning == "hm")
    }

    @Test(
        arguments: [
            nil, 1, "text", [], [:], ["choices": nil], ["choices": []], ["choices": [1]], ["choices": [["delta": "x"]]],
            ["choices": [["delta": ["content": 1, "reasoning": [1], "tool_calls": "x"]]]],
            ["choices": [["finish_reason": 1]], "usage": 3, "timings": "x", "error": [:], "selected_model_id": 1],
        ] as [JSONValue]
    )
    func `wrong types count as absent`(json: JSONValue) {
        let chunk = CompletionChunk(json)
        #expect(chunk.text == "" && chunk.reasoning == "" && chunk.toolCalls == [] && chunk.finishReason == nil)
        #expect(chunk.usage == nil && chunk.error == nil && chunk.selectedModel == nil && chunk.sources == nil)
        var answer = CompletionAccumulator()
        _ = answer.apply(chunk, now: 0)
        #expect(answer.content == "")
    }

    @Test func `what is the server's to say is not relayed`() {
        let chunk = CompletionChunk([
            "id": "1", "choices": [["delta": ["role": "assistant"]]],
            "event": ["type": "execute", "data": ["code": "alert(1)"]],
            "done": true, "content": "x", "title": "t", "error": nil, "selected_model_id": nil,
        ])
        #expect(chunk.relayed == ["id": "1", "choices": [["delta": ["role": "assistant"]]]])
        #expect(chunk.event != nil)
    }

    @Test func `text that only the client would see is not relayed`() {
        let chunk = CompletionChunk([
            "choices": [["message": ["content": "x"], "delta": ["content": 7, "role": "assistant"]], ["delta": [:]]]
        ])
        #expect(chunk.relayed == ["choices": [["delta": ["role": "assistant"]]]])
    }
}
