import Core
import Crypto
import Wire

/// One object of Ollama's answer, whole or a line of its stream: `{message: {content, thinking, tool_calls}, done, …}`.
struct OllamaAnswer {
    let json: JSONValue

    var text: String { json["message"]?["content"]?.string ?? json["response"]?.string ?? "" }
    var reasoning: String { json["message"]?["thinking"]?.string ?? "" }
    var isEnd: Bool { json["done"]?.isTruthy ?? false }
    /// Why there is no answer, or no more of it.
    var error: JSONValue? { json["error"]?.nonNull }

    var toolCalls: [ToolCall] {
        (json["message"]?["tool_calls"]?.array ?? []).map { json in
            var call = ToolCall(json)
            if call.arguments.isEmpty { call.arguments = "{}" }
            let id = call.id.isEmpty ? "call_\(Random.uuid())" : call.id
            return ToolCall(id: id, name: call.name, arguments: call.arguments)
        }
    }

    /// In the words of OpenAI.
    func finishReason(hasCalls: Bool) -> String {
        json["done_reason"]?.string == "length" ? "length" : hasCalls ? "tool_calls" : "stop"
    }

    /// Token counts as OpenAI names them, beside Ollama's own; times are nanoseconds.
    var usage: JSONValue {
        let (prompt, answer) = (count("prompt_eval_count"), count("eval_count"))
        let seconds = count("total_duration") / 1_000_000_000
        var usage: JSONValue = [
            "response_token/s": rate(answer, count("eval_duration")),
            "prompt_token/s": rate(prompt, count("prompt_eval_duration")),
        ]
        let own = [
            "total_duration", "load_duration", "prompt_eval_count", "prompt_eval_duration", "eval_count",
            "eval_duration",
        ]
        for key in own { usage[key] = JSONValue(count(key)) }
        usage["prompt_tokens"] = JSONValue(prompt)
        usage["completion_tokens"] = JSONValue(answer)
        usage["total_tokens"] = JSONValue(prompt + answer)
        usage["approximate_total"] = "\(seconds / 3600)h\(seconds % 3600 / 60)m\(seconds % 60)s"
        usage["completion_tokens_details"] = [
            "reasoning_tokens": 0, "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0,
        ]
        return usage
    }

    /// A whole answer as a `chat.completion`.
    func completion(_ template: CompletionTemplate) -> JSONValue {
        var answer = CompletionAnswer()
        answer.text = text
        answer.reasoning = reasoning
        answer.toolCalls = toolCalls
        answer.finishReason = finishReason(hasCalls: !answer.toolCalls.isEmpty)
        answer.usage = usage
        return template.completion(answer)
    }

    /// Never negative and never so large that a sum could not be made: a node is not trusted to count.
    private func count(_ key: String) -> Int {
        min(max(json[key]?.int ?? 0, 0), 1 << 60)
    }

    private func rate(_ tokens: Int, _ nanoseconds: Int) -> JSONValue {
        guard nanoseconds > 0 else { return "N/A" }
        return JSONValue((Double(tokens) / Double(nanoseconds) * 1e11).rounded() / 100)
    }
}
