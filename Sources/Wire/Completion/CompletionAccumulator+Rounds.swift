package import Core

/// What happens between two streams of one answer: tools are called, code is run, and the model is asked again.
extension CompletionAccumulator {
    /// Puts the calls this stream asked for into a block of their own. Empty when it asked for none.
    package mutating func openToolCalls() -> [CompletionUpdate] {
        let calls = gatherer.take()
        guard !calls.isEmpty else { return [] }
        close()
        open = OpenBlock(.toolCalls)
        open.calls = calls
        return [.replaced]
    }

    /// The calls that are to be made now.
    package var toolCalls: [ToolCall] { open.calls }

    /// Writes a call's arguments anew, so that what goes back to the model is JSON.
    package mutating func setArguments(_ arguments: String, ofCall index: Int) {
        guard open.calls.indices.contains(index) else { return }
        open.calls[index].arguments = arguments
    }

    package mutating func addToolResult(_ result: ToolResult) -> [CompletionUpdate] {
        guard open.kind == .toolCalls else { return [] }
        open.results.append(result)
        return [.replaced]
    }

    package mutating func closeToolCalls() {
        if open.kind == .toolCalls { close() }
    }

    /// Code that waits to be run.
    package struct PendingCode: Sendable, Equatable {
        package let code: String
        /// The attributes of the tag; only `type="code"` is to be run.
        package let attributes: [String: String]
    }

    package var pendingCode: PendingCode? {
        guard open.isCode else { return nil }
        return PendingCode(code: String(decoding: open.text, as: UTF8.self), attributes: open.attributes)
    }

    /// `output` is `{stdout, stderr, result}`, or a text when the code could not be run.
    package mutating func setCodeOutput(_ output: JSONValue) -> [CompletionUpdate] {
        guard open.isCode else { return [] }
        close(as: .code(open.text, attributes: open.attributes, output: output))
        return [.replaced]
    }

    /// The answer so far in the form in which a model is shown its own words.
    package var rawContent: String {
        Self.rawText(allBlocks)
    }

    /// The answer so far as messages for the next request: `{role: "assistant", content, tool_calls}`, and for each
    /// result `{role: "tool", tool_call_id, content}`.
    package var messages: [JSONValue] {
        var messages: [JSONValue] = []
        var said: [CompletionBlock] = []
        for block in allBlocks {
            guard case .toolCalls(let calls, let results) = block else {
                said.append(block)
                continue
            }
            messages.append([
                "role": "assistant", "content": .string(Self.rawText(said)), "tool_calls": .array(calls.map(\.json)),
            ])
            for result in results {
                messages.append([
                    "role": "tool", "tool_call_id": .string(result.callID), "content": .string(result.content),
                ])
            }
            said = []
        }
        let rest = Self.rawText(said)
        if !rest.isEmpty { messages.append(["role": "assistant", "content": .string(rest)]) }
        return messages
    }

    private var allBlocks: [CompletionBlock] {
        blocks + (open.block().map { [$0] } ?? [])
    }

    private static func rawText(_ blocks: [CompletionBlock]) -> String {
        var content: [UInt8] = []
        for block in blocks { block.writeRaw(to: &content) }
        return text(content)
    }
}
