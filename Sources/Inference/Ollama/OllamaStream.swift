import Core
import Wire

/// Ollama's stream, a JSON object a line, as an event stream of `chat.completion.chunk`s. Takes bytes cut anywhere.
struct OllamaStream {
    private static let longestLine = 32 << 20

    private let template: CompletionTemplate
    private var lines = LineSplitter(limit: longestLine)
    private var calls = 0
    private var hasAnswer = false
    private var hasEnded = false

    init(_ template: CompletionTemplate) {
        self.template = template
    }

    mutating func feed(_ bytes: UnsafeRawBufferPointer) throws -> [UInt8] {
        var out: [UInt8] = []
        for line in try lines.feed(Array(bytes)) { read(line, into: &out) }
        return out
    }

    mutating func finish() throws -> [UInt8] {
        var out: [UInt8] = []
        if let line = try lines.finish() { read(line, into: &out) }
        if !hasAnswer { write(["error": ["message": "The answer of Ollama could not be read"]], to: &out) }
        return out + EventStreamWriter.done
    }

    private mutating func read(_ line: [UInt8], into out: inout [UInt8]) {
        guard !hasEnded, let json = try? JSONValue(parsing: line), json.object != nil else { return }
        hasAnswer = true
        let answer = OllamaAnswer(json: json)
        if let error = answer.error {
            write(["error": error.object == nil ? ["message": error] : error], to: &out)
            hasEnded = true
            return
        }
        let called = answer.toolCalls
        if !answer.text.isEmpty || !answer.reasoning.isEmpty || !called.isEmpty {
            write(numbered(template.chunk(text: answer.text, reasoning: answer.reasoning, toolCalls: called)), to: &out)
            calls += called.count
        }
        guard answer.isEnd else { return }
        hasEnded = true
        var end = template.chunk(usage: answer.usage)
        if var choice = end["choices"]?[0] {
            choice["finish_reason"] = .string(answer.finishReason(hasCalls: calls > 0))
            end["choices"] = [choice]
        }
        write(end, to: &out)
    }

    /// Calls of several lines are several calls, each with a number of its own.
    private func numbered(_ chunk: JSONValue) -> JSONValue {
        guard calls > 0, var choice = chunk["choices"]?[0], let called = choice["delta"]?["tool_calls"]?.array else {
            return chunk
        }
        choice["delta"]?["tool_calls"] = .array(
            called.enumerated().map { index, call in
                var call = call
                call["index"] = JSONValue(calls + index)
                return call
            }
        )
        var chunk = chunk
        chunk["choices"] = [choice]
        return chunk
    }

    private func write(_ json: JSONValue, to out: inout [UInt8]) {
        out += EventStreamWriter.event(json.bytes)
    }
}
