import Core
import Testing

@testable import Wire

@Suite struct CompletionAccumulatorTests {
    private func answer(_ pieces: [String], tags: CompletionTags = CompletionTags(), seconds: Double = 0) -> String {
        var answer = CompletionAccumulator(tags: tags)
        for (index, piece) in pieces.enumerated() { _ = answer.apply(chunk(piece), now: Double(index) * seconds) }
        _ = answer.endStream(now: Double(pieces.count) * seconds)
        return answer.content
    }

    private func thought(_ text: String, _ seconds: Int = 0) -> String {
        "<details type=\"reasoning\" done=\"true\" duration=\"\(seconds)\">\n<summary>Thought for \(seconds) seconds</summary>\n\(text)\n</details>"
    }

    @Test func `text is trimmed at both ends`() {
        #expect(answer(["\n\n ", "Hello\n", " there", "\u{3000}\n"]) == "Hello\n there")
        #expect(answer([]) == "")
        #expect(answer([" ", "\n"]) == "")
    }

    @Test func `each update tells what changed`() {
        var answer = CompletionAccumulator()
        #expect(answer.apply(chunk(" a "), now: 0) == [.appended("a")])
        #expect(answer.apply(chunk("\n"), now: 0) == [])
        #expect(answer.apply(chunk(" b"), now: 0) == [.appended(" \n b")])
        #expect(answer.apply(chunk("<thi"), now: 0) == [.appended("<thi")])
        #expect(answer.apply(chunk("nk>x"), now: 0) == [.replaced])
        #expect(
            answer.content
                == "a \n b\n<details type=\"reasoning\" done=\"false\">\n<summary>Thinking…</summary>\n> x\n</details>"
        )
        #expect(answer.apply(chunk("y"), now: 0) == [.grown])
        #expect(answer.apply(chunk("</think>"), now: 3) == [.replaced])
        #expect(answer.apply(chunk("\n\nso"), now: 0) == [.appended("\nso")])
        #expect(answer.content == "a \n b\n\(thought("> xy", 3))\nso")
    }

    @Test func `chunks without text pass through`() {
        var answer = CompletionAccumulator()
        let role = CompletionChunk(["id": "x", "choices": [["delta": ["role": "assistant", "content": ""]]]])
        #expect(answer.apply(role, now: 0) == [.passthrough(role.json, isEmpty: false)])
        let end = CompletionChunk(["choices": [["delta": [:], "finish_reason": "stop"]], "usage": ["total_tokens": 1]])
        #expect(answer.apply(end, now: 0) == [.usage(["total_tokens": 1]), .passthrough(end.json, isEmpty: true)])
        #expect(answer.apply(CompletionChunk(["error": "no", "choices": []]), now: 0) == [.error("no")])
        #expect(answer.apply(CompletionChunk(["event": ["type": "execute"]]), now: 0) == [])
        #expect(answer.apply(CompletionChunk(["selected_model_id": "m"]), now: 0) == [.selectedModel("m")])
    }

    @Test(arguments: [
        ("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<reason>", "</reason>"),
        ("<reasoning>", "</reasoning>"),
        ("<thought>", "</thought>"), ("<Thought>", "</Thought>"), ("<think time=\"1\" a=\"b\">", "</think>"),
        ("<|begin_of_thought|>", "<|end_of_thought|>"), ("◁think▷", "◁/think▷"),
    ])
    func `a tag is found wherever it is cut`(opening: String, closing: String) {
        let text = Array("Well, \(opening)\nhm\n> q\n\n\(closing) so be it".unicodeScalars)
        for first in 0...text.count {
            for second in first...min(first + 30, text.count) {
                let pieces = [text[..<first], text[first..<second], text[second...]].map {
                    String(String.UnicodeScalarView($0))
                }
                #expect(answer(pieces) == "Well,\n\(thought("> hm\n> q"))\nso be it")
            }
        }
    }

    @Test(arguments: [
        "a <thinks> b", "a < think> b", "a <think", "a <thought\n\nabout> b", "<THINK>x</THINK>", "</think> a",
        "a <code_interpreter>b</code_interpreter>", "◁think", "<think \(String(repeating: "x", count: 600))> b",
    ])
    func `what is no tag is text`(text: String) {
        #expect(answer([text]) == text)
        #expect(answer(text.map { String($0) }) == text)
    }

    @Test func `several thoughts and thoughts at the start`() {
        #expect(answer(["<think>a</think><think>b</think>c"]) == "\(thought("> a"))\n\(thought("> b"))\nc")
        #expect(answer(["x<think>a</think>y<reason>b</reason>z"]) == "x\n\(thought("> a"))\ny\n\(thought("> b"))\nz")
    }

    @Test func `inside a thought only its own end counts`() {
        let tags = CompletionTags(findsCode: true)
        #expect(
            answer(["<think>a<think>b</thinking><code_interpreter>", "</think>c"], tags: tags)
                == "\(thought("> a<think>b</thinking><code_interpreter>"))\nc"
        )
    }

    @Test func `empty thoughts vanish`() {
        #expect(answer(["<think>\n\n</think>\n\nHello"]) == "Hello")
        #expect(answer(["A", "<think>", "</think>", "B"]) == "A\nB")
    }

    @Test func `words after a thought keep the space between them`() {
        #expect(answer(["<think>a</think>one ", "two"]) == "\(thought("> a"))\none two")
    }

    @Test func `a thought that never ends is closed at the end`() {
        #expect(answer(["<think>", "and then", " nothing"], seconds: 2.4) == thought("> and then nothing", 7))
    }

    @Test func `every kind of line end begins a line of a thought`() {
        #expect(
            answer(["<think>a\r\nb\rc\u{2028}d\u{B}e\n\n>f\n</think>x"])
                == "\(thought("> a\n> b\n> c\n> d\n> e\n> \n>f"))\nx"
        )
    }

    @Test(arguments: [false, ["[", "]"]] as [JSONValue])
    func `the chat may look for other tags or none`(tags: JSONValue) {
        #expect(answer(["<think>a</think>b"], tags: CompletionTags(reasoning: tags)) == "<think>a</think>b")
    }

    @Test func `a pair of tags replaces the list`() {
        #expect(answer(["a[[b", "]] c"], tags: CompletionTags(reasoning: ["[[", "]]"])) == "a\n\(thought("> b"))\nc")
        #expect(answer(["a**b**c"], tags: CompletionTags(reasoning: ["**", "**"])) == "a\n\(thought("> b"))\nc")
        for odd in [["", "x"], ["x"], [1, 2], "x", nil, true] as [JSONValue] {
            #expect(answer(["<think>a</think>b"], tags: CompletionTags(reasoning: odd)) == "\(thought("> a"))\nb")
        }
    }

    @Test func `a solution is labelled`() {
        let pieces = ["First. ", "<|begin_of_solution|>", "\n4", "2\n", "<|end_of_solution|>", "Bye"]
        #expect(answer(pieces) == "First.\nsolution: 42\nBye")
        #expect(answer(pieces, tags: CompletionTags(reasoning: false)) == pieces.joined())
    }

    @Test func `thinking in a field of its own`() {
        var answer = CompletionAccumulator()
        #expect(answer.apply(chunk(reasoning: "a"), now: 1) == [.replaced])
        #expect(answer.apply(chunk(reasoning: "\nb"), now: 2) == [.grown])
        #expect(
            answer.content
                == "<details type=\"reasoning\" done=\"false\">\n<summary>Thinking…</summary>\n> a\n> b\n</details>"
        )
        #expect(answer.apply(chunk(" c"), now: 4.9) == [.replaced])
        #expect(answer.apply(chunk("d"), now: 5) == [.appended("d")])
        #expect(answer.apply(chunk("f", reasoning: "e"), now: 6) == [.replaced])
        #expect(answer.content == "\(thought("> a\n> b", 3))\ncd\n\(thought("> e"))\nf")
        #expect(answer.rawContent == "<think>a\nb</think>\ncd\n<think>e</think>\nf")
    }

    @Test func `an answer is continued`() {
        var answer = CompletionAccumulator(continuing: " Once <think>upon</think> a time ")
        #expect(answer.content == "Once <think>upon</think> a time")
        #expect(answer.apply(chunk("there"), now: 0) == [.appended(" there")])
        #expect(answer.content == "Once <think>upon</think> a time there")
    }

    @Test func `a clock that goes back makes no negative time`() {
        var answer = CompletionAccumulator()
        _ = answer.apply(chunk(reasoning: "a"), now: 10)
        _ = answer.apply(chunk("b"), now: 5)
        #expect(answer.content == "\(thought("> a", 0))\nb")
    }

    @Test func `an endless answer is stopped`() {
        var answer = CompletionAccumulator(limit: 10)
        #expect(answer.apply(chunk("12345"), now: 0) == [.appended("12345")])
        #expect(answer.apply(chunk("678901"), now: 0).last == .stop)
        #expect(answer.apply(chunk("x"), now: 0) == [])
        #expect(answer.content == "12345")
    }

    @Test(arguments: 0..<60)
    func `the updates rebuild the content`(seed: Int) {
        var dice = Dice(state: UInt64(seed))
        let parts = [
            "word ", " \n", "\n\n", "<think>", "</think>", "<think x=\"1\">", "<", "日本🎉", "<|begin_of_solution|>",
            "<|end_of_solution|>",
            "◁think▷", "◁/think▷", "```", "\u{3000}", "<code_interpreter type=\"code\">", "</code_interpreter>",
            "<reason ", ">",
        ]
        let text = (0..<60).map { _ in parts.randomElement(using: &dice) ?? "" }.joined()
        var contents: Set<String> = []
        for longest in [1, 3, 10, 1000] {
            var answer = CompletionAccumulator(tags: CompletionTags(findsCode: true))
            var rebuilt = ""
            for piece in dice.cut(text, longest: longest) {
                for update in answer.apply(chunk(piece), now: 0) {
                    switch update {
                    case .appended(let growth): rebuilt += growth
                    case .grown, .replaced: rebuilt = answer.content
                    default: break
                    }
                }
                #expect(rebuilt == answer.content)
            }
            contents.insert(answer.content)
        }
        #expect(contents.count == 1, "the pieces make no difference")
    }
}
