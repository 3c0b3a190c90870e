import Core
import Testing

@testable import Wire

@Suite struct CompletionCodeTests {
    private let tags = CompletionTags(findsCode: true)

    @Test func `code stops the stream, is run and goes back`() throws {
        var answer = CompletionAccumulator(tags: tags)
        _ = answer.apply(chunk("Let me see.\n"), now: 0)
        #expect(answer.apply(chunk("<code_interpreter type=\"code\" lang=\"python\">"), now: 0) == [.replaced])
        #expect(answer.apply(chunk("\nprint('2 < 3')"), now: 0) == [.grown])
        #expect(answer.apply(chunk("\n</code_interpreter>never"), now: 0) == [.replaced, .stop])
        #expect(answer.apply(chunk("read"), now: 0) == [])
        _ = answer.endStream(now: 0)
        #expect(
            answer.content
                == "Let me see.\n<details type=\"code_interpreter\" done=\"false\">\n<summary>Analyzing...</summary>\n```python\nprint('2 < 3')\n```\n</details>"
        )
        #expect(answer.pendingCode == .init(code: "print('2 < 3')", attributes: ["type": "code", "lang": "python"]))
        #expect(answer.setCodeOutput(["stdout": "é < 3\n", "result": nil]) == [.replaced])
        #expect(answer.pendingCode == nil)
        let output = "{&quot;stdout&quot;: &quot;\\u00e9 &lt; 3\\n&quot;, &quot;result&quot;: null}"
        #expect(
            answer.rawContent
                == "Let me see.\n<code_interpreter type=\"code\" lang=\"python\">\nprint('2 < 3')\n</code_interpreter>\n```output\n\(output)\n```"
        )
        #expect(answer.apply(chunk("It is"), now: 0) == [.appended("\nIt is")])
        #expect(
            answer.content
                == "Let me see.\n<details type=\"code_interpreter\" done=\"true\" output=\"\(output)\">\n<summary>Analyzed</summary>\n```python\nprint('2 < 3')\n```\n</details>\nIt is"
        )
    }

    @Test func `the closing tag is found wherever it is cut`() {
        let text = Array("<code_interpreter type=\"code\">x = 1</code_interpreter>rest")
        for first in 0..<text.count {
            for second in first..<text.count {
                var answer = CompletionAccumulator(tags: tags)
                var updates: [CompletionUpdate] = []
                for piece in [text[..<first], text[first..<second], text[second...]] {
                    updates += answer.apply(chunk(String(piece)), now: 0)
                }
                #expect(updates.filter { $0 == .stop }.count == 1)
                #expect(answer.pendingCode?.code == "x = 1")
            }
        }
    }

    @Test func `code that the stream cut off waits as well`() {
        var answer = CompletionAccumulator(tags: tags)
        _ = answer.apply(chunk("<code_interpreter>1 + 1\n"), now: 0)
        _ = answer.endStream(now: 0)
        #expect(answer.pendingCode == .init(code: "1 + 1\n", attributes: [:]))
    }

    @Test func `empty code is no code`() {
        var answer = CompletionAccumulator(tags: tags)
        #expect(answer.apply(chunk("a<code_interpreter>\n</code_interpreter>"), now: 0).last == .stop)
        _ = answer.endStream(now: 0)
        #expect(answer.pendingCode == nil && answer.content == "a" && answer.setCodeOutput("x") == [])
    }

    @Test(arguments: [("", "&quot;&quot;"), (nil, "null")] as [(JSONValue, String)])
    func `an output that is empty still ends the wait`(output: JSONValue, shown: String) {
        var answer = CompletionAccumulator(tags: tags)
        _ = answer.apply(chunk("<code_interpreter>1</code_interpreter>"), now: 0)
        _ = answer.setCodeOutput(output)
        #expect(
            answer.content.hasPrefix(
                "<details type=\"code_interpreter\" done=\"true\" output=\"\(shown)\">\n<summary>Analyzed"
            )
        )
    }

    @Test(arguments: [
        ("Run:\n```\n", "Run:"), ("Run:\n```", "Run:"), ("```py\nx\n```\n", "```py\nx\n```"), ("```py\n", "```py"),
        ("```a```\n```", "```a```"), ("````\n", ""),
    ])
    func `a fence that was opened before the code is dropped`(before: String, kept: String) {
        var answer = CompletionAccumulator(tags: tags)
        _ = answer.apply(chunk(before + "<code_interpreter>1</code_interpreter>"), now: 0)
        let shown = answer.content.components(before: "<details")
        #expect(shown == (kept.isEmpty ? "" : kept + "\n"))
        _ = answer.setCodeOutput("1")
        #expect(answer.content.components(before: "<details") == shown)
    }
}

extension String {
    fileprivate func components(before mark: String) -> String {
        var text = self[...]
        while !text.isEmpty, !text.hasPrefix(mark) { text.removeFirst() }
        return String(dropLast(text.count))
    }
}
