import Core
import Testing

@testable import Wire

@Suite struct DeltaPacerTests {
    private func deltas(_ listener: Listener) -> Int {
        listener.events.filter { if case .delta = $0 { true } else { false } }.count
    }

    @Test func `short content is told whole and long content by deltas`() {
        var listener = Listener()
        for _ in 0..<300 { listener.hear(chunk("word ")) }
        listener.end()
        #expect(listener.events[0] == .content("word") && listener.events[1] == .content("word word"))
        #expect(deltas(listener) == 198)
        #expect(listener.events.last == .delta(" word"))
        #expect(listener.shown == listener.answer.content)
    }

    @Test func `deltas are gathered and the rest is flushed`() {
        var listener = Listener(chunkSize: 10)
        for _ in 0..<42 { listener.hear(chunk(String(repeating: "w", count: 49) + " ")) }
        #expect(listener.events.count == 4)
        #expect(listener.events.last == .delta(String(repeating: " " + String(repeating: "w", count: 49), count: 10)))
        listener.end()
        #expect(listener.events.count == 5 && listener.shown == listener.answer.content)
        listener.end()
        #expect(listener.events.count == 5)
    }

    @Test func `chunks without text keep their place among what is gathered`() {
        var listener = Listener(chunkSize: 3)
        let role = CompletionChunk(["choices": [["delta": ["role": "assistant"]]]])
        let end = CompletionChunk(["choices": [["delta": [:], "finish_reason": "stop"]]])
        listener.hear(role)
        listener.hear(chunk("a"))
        listener.hear(end)
        #expect(listener.events == [.passthrough(end.json)], "an empty delta is not counted and not held back")
        listener.hear(chunk("b"))
        #expect(listener.events.dropFirst() == [.content("ab"), .passthrough(role.json)])
    }

    @Test func `usage, errors and the chosen model are told at once`() {
        var listener = Listener(chunkSize: 100)
        listener.hear(CompletionChunk(["usage": ["total_tokens": 1]]))
        listener.hear(CompletionChunk(["error": ["message": "no"]]))
        listener.hear(CompletionChunk(["selected_model_id": "m"]))
        #expect(
            listener.events.map(\.data) == [
                ["usage": ["total_tokens": 1]], ["error": ["message": "no"]], ["selected_model_id": "m"],
            ]
        )
    }

    @Test func `events have the shapes of the client`() {
        #expect(CompletionEvent.content("a").data == ["content": "a"])
        #expect(CompletionEvent.delta("a").data == ["choices": [["index": 0, "delta": ["content": "a"]]]])
        #expect(CompletionEvent.passthrough(["id": "x"]).data == ["id": "x"])
    }

    @Test func `a continued answer begins with the whole`() {
        let before = String(repeating: "long ", count: 30_000)
        var listener = Listener(CompletionAccumulator(continuing: before))
        listener.hear(chunk("more"))
        listener.hear(chunk(" more"))
        #expect(listener.events == [.content(before + "more"), .delta(" more")])
    }

    @Test func `a client that comes back gets the whole`() {
        var listener = Listener()
        for _ in 0..<200 { listener.hear(chunk("word ")) }
        listener.shown = "something else"
        listener.pacer.resync()
        listener.hear(chunk("x"))
        #expect(listener.shown == listener.answer.content)
    }

    @Test func `long thinking is told again when time has passed`() {
        var listener = Listener()
        listener.hear(chunk(reasoning: String(repeating: "a", count: 100_000)))
        listener.hear(chunk(reasoning: "b"))
        #expect(listener.events.count == 1)
        listener.now = 2
        listener.hear(chunk(reasoning: "c"))
        #expect(listener.events.count == 1)
        listener.now = 4
        listener.hear(chunk(reasoning: "d"))
        #expect(listener.events.count == 2 && listener.shown == listener.answer.content)
    }

    @Test func `a megabyte in 100 000 deltas costs its length`() {
        var listener = Listener(CompletionAccumulator(tags: CompletionTags(findsCode: true)))
        for _ in 0..<100_000 { listener.hear(chunk("ten bytes<")) }
        listener.end()
        #expect(listener.shown == listener.answer.content && listener.shown.utf8.count == 1_000_000)
        #expect(listener.told < 1_020_000)
    }

    @Test func `a megabyte of thinking costs a few times its length`() {
        var listener = Listener()
        for _ in 0..<100_000 { listener.hear(chunk(reasoning: "ten bytes<")) }
        listener.hear(chunk("so"))
        listener.end()
        #expect(listener.shown == listener.answer.content)
        #expect(listener.told < 10_000_000)
    }

    @Test func `so do thousands of little thoughts`() {
        var listener = Listener()
        for _ in 0..<4_000 { listener.hear(chunk("a<think>b</think>")) }
        listener.end()
        #expect(listener.shown == listener.answer.content)
        #expect(listener.told < 20 * listener.shown.utf8.count)
    }

    @Test func `tags in one great chunk are all found`() {
        var answer = CompletionAccumulator()
        _ = answer.apply(chunk(String(repeating: "é<think>b</think>", count: 20_000)), now: 0)
        #expect(answer.blocks.count == 40_000)
    }

    @Test(arguments: 0..<40)
    func `whatever is told, the client ends with the content`(seed: Int) {
        var dice = Dice(state: UInt64(seed))
        var listener = Listener(
            CompletionAccumulator(tags: CompletionTags(findsCode: true)),
            chunkSize: [1, 2, 7][seed % 3]
        )
        let parts = [
            String(repeating: "many words ", count: 20), " ", "\n", "<think>", "</think>", "日本🎉",
            "<|begin_of_solution|>", "<|end_of_solution|>",
            "<code_interpreter>", "</code_interpreter>", "<",
        ]
        for round in 0..<5 {
            let text = (0..<40).map { _ in parts.randomElement(using: &dice) ?? "" }.joined()
            for piece in dice.cut(text, longest: 30) {
                listener.hear(
                    Bool.random(using: &dice) || !piece.hasPrefix("m") ? chunk(piece) : chunk(reasoning: piece)
                )
                listener.now += Double.random(in: 0...0.5, using: &dice)
                if dice.next() % 20 == 0 {
                    listener.take(listener.pacer.flush(listener.answer, now: listener.now))
                    #expect(listener.shown == listener.answer.content)
                }
            }
            listener.hear(
                chunk(calls: [["index": 0, "id": .string("c\(round)"), "function": ["name": "f", "arguments": "{}"]]])
            )
            listener.end()
            #expect(listener.shown == listener.answer.content)
            if listener.answer.pendingCode != nil { listener.hear(listener.answer.setCodeOutput(["stdout": "1"])) }
            listener.hear(listener.answer.openToolCalls())
            listener.hear(listener.answer.addToolResult(ToolResult(callID: "c\(round)", content: "r")))
            listener.answer.closeToolCalls()
        }
        listener.end()
        #expect(listener.shown == listener.answer.content)
    }
}
