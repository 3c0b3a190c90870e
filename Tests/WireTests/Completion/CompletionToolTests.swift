import Core
import Testing

@testable import Wire

@Suite struct CompletionToolTests {
    private func calling(_ answer: inout CompletionAccumulator, _ deltas: [JSONValue]) {
        for delta in deltas { _ = answer.apply(chunk(calls: [delta]), now: 0) }
        _ = answer.endStream(now: 0)
    }

    @Test func `the pieces of calls are put together by their index`() {
        var answer = CompletionAccumulator()
        calling(
            &answer,
            [
                ["index": 0, "id": "a", "type": "function", "function": ["name": "ad", "arguments": ""], "extra": 1],
                ["index": 0, "function": ["name": "d", "arguments": "{\"x\":"]],
                ["index": 1, "id": "b", "function": ["name": "sub", "arguments": ["y": 2]]],
                ["index": 0, "function": ["arguments": " 1}"]],
                ["id": "lost", "function": ["name": "lost"]], "odd", ["index": 1, "function": nil],
            ]
        )
        #expect(answer.openToolCalls() == [.replaced])
        #expect(answer.toolCalls.map(\.id) == ["a", "b"] && answer.toolCalls.map(\.name) == ["add", "sub"])
        #expect(answer.toolCalls.map(\.arguments) == ["{\"x\": 1}", "{\"y\":2}"])
        #expect(answer.toolCalls[0].json["extra"] == 1 && answer.toolCalls[0].json["type"] == "function")
        #expect(answer.openToolCalls() == [])
    }

    @Test func `a call without pieces is none`() {
        var answer = CompletionAccumulator()
        _ = answer.apply(chunk("Hi"), now: 0)
        #expect(
            answer.openToolCalls() == [] && answer.toolCalls == []
                && answer.addToolResult(ToolResult(callID: "", content: "")) == []
        )
    }

    @Test func `there is an end to the calls of one stream`() {
        var answer = CompletionAccumulator()
        calling(&answer, (0..<1000).map { ["index": .init($0), "id": "x"] })
        _ = answer.openToolCalls()
        #expect(answer.toolCalls.count == 256)
    }

    @Test func `calls are shown waiting and done and become messages`() {
        var answer = CompletionAccumulator()
        _ = answer.apply(chunk("I'll look. "), now: 0)
        calling(
            &answer,
            [
                ["index": 0, "id": "c1", "function": ["name": "add", "arguments": "{'a': 1}"]],
                ["index": 1, "id": "c2", "function": ["name": "é\"<", "arguments": "{\"é\": 2}"]],
            ]
        )
        _ = answer.openToolCalls()
        #expect(
            answer.content == """
                I'll look.

                <details type="tool_calls" done="false" id="c1" name="add" arguments="&quot;{&#x27;a&#x27;: 1}&quot;">
                <summary>Executing...</summary>
                </details>

                <details type="tool_calls" done="false" id="c2" name="é&quot;&lt;" arguments="&quot;{\\&quot;\\u00e9\\&quot;: 2}&quot;">
                <summary>Executing...</summary>
                </details>
                """
        )
        answer.setArguments("{\"a\": 1}", ofCall: 0)
        answer.setArguments("none", ofCall: 9)
        #expect(answer.addToolResult(ToolResult(callID: "c1", content: "5 é\n")) == [.replaced])
        let first = """
            I'll look.
            <details type="tool_calls" done="true" id="c1" name="add" arguments="&quot;{\\&quot;a\\&quot;: 1}&quot;" result="&quot;5 é\\n&quot;" files="" embeds="&quot;&quot;">
            <summary>Tool Executed</summary>
            </details>

            """
        #expect(
            answer.content == first + """
                <details type="tool_calls" done="false" id="c2" name="é&quot;&lt;" arguments="&quot;{\\&quot;\\u00e9\\&quot;: 2}&quot;">
                <summary>Executing...</summary>
                </details>
                """
        )
        _ = answer.addToolResult(
            ToolResult(callID: "c2", content: "", files: [["type": "image", "url": "/é"]], embeds: ["<b>"])
        )
        answer.closeToolCalls()
        #expect(
            answer.content == first + """
                <details type="tool_calls" done="true" id="c2" name="é&quot;&lt;" arguments="&quot;{\\&quot;\\u00e9\\&quot;: 2}&quot;" result="&quot;&quot;" \
                files="[{&quot;type&quot;: &quot;image&quot;, &quot;url&quot;: &quot;/\\u00e9&quot;}]" embeds="[&quot;&lt;b&gt;&quot;]">
                <summary>Tool Executed</summary>
                </details>
                """
        )
        #expect(answer.apply(chunk("\nDone."), now: 0) == [.appended("\nDone.")])
        let messages = answer.messages
        #expect(messages.map { $0["role"] } == ["assistant", "tool", "tool", "assistant"])
        #expect(
            messages[0]["content"] == "I'll look."
                && messages[0]["tool_calls"]?[0]?["function"]?["arguments"] == "{\"a\": 1}"
        )
        #expect(messages[1] == ["role": "tool", "tool_call_id": "c1", "content": "5 é\n"])
        #expect(messages[3] == ["role": "assistant", "content": "Done."])
        #expect(answer.rawContent == "I'll look.\nDone.")
    }

    @Test func `round follows round`() {
        var answer = CompletionAccumulator()
        for round in 0..<3 {
            calling(&answer, [["index": 0, "id": .string("c\(round)"), "function": ["name": "f", "arguments": "{}"]]])
            #expect(answer.openToolCalls() == [.replaced])
            #expect(answer.content.hasPrefix("<details"))
            _ = answer.addToolResult(ToolResult(callID: "c\(round)", content: "\(round)"))
            answer.closeToolCalls()
        }
        _ = answer.apply(chunk("Enough."), now: 0)
        _ = answer.endStream(now: 0)
        #expect(answer.openToolCalls() == [])
        #expect(answer.content.hasSuffix("</details>\nEnough."))
        #expect(
            answer.messages.map { $0["role"]?.string } == [
                "assistant", "tool", "assistant", "tool", "assistant", "tool", "assistant",
            ]
        )
    }

    @Test func `thinking before a call goes back with it`() {
        var answer = CompletionAccumulator()
        _ = answer.apply(chunk(reasoning: "hm"), now: 0)
        calling(&answer, [["index": 0, "id": "c", "function": ["name": "f", "arguments": "{}"]]])
        _ = answer.openToolCalls()
        #expect(answer.messages.first?["content"] == "<think>hm</think>")
    }
}
