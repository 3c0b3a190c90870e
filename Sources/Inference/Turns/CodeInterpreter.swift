import Core
import Crypto
import Events
import Wire

/// Code that a model wants to have run: the page that asked runs it, in the browser's own sandbox, and its output goes back to the model.
enum CodeInterpreter {
    /// How often one answer may have code run.
    static let maximumRounds = 5

    private static let defaultInstruction = """
        You can run Python code. To do so, write it between <code_interpreter type="code" lang="python"> and </code_interpreter>, \
        without a code fence, and stop there. It is run in the user's browser, and you get what it prints. State survives between runs. \
        There is no network access and no shell. Print whatever you want to see; show plots with matplotlib. Then go on with your answer, \
        using the output, and do not repeat it in full.
        """

    /// Tells the model how to call the interpreter, at the end of the last question.
    static func instruct(_ messages: inout [JSONValue], _ settings: Settings) {
        let template = settings[Setting.codeInterpreterPromptTemplate]
        let text = template.isEmpty ? defaultInstruction : template
        guard let index = messages.lastIndex(where: { $0["role"]?.string == "user" }) else { return }
        if let content = messages[index]["content"]?.string {
            messages[index]["content"] = .string("\(content)\n\(text)")
        } else if var parts = messages[index]["content"]?.array {
            parts.append(["type": "text", "text": .string(text)])
            messages[index]["content"] = .array(parts)
        }
    }

    /// - Returns: `{stdout, stderr, result}`; a page that does not answer yields an output that says so.
    static func run(_ code: CompletionAccumulator.PendingCode, _ events: TurnEvents) -> JSONValue {
        guard code.attributes["type"] == "code" else {
            return ["stdout": "", "stderr": "Only code can be run.", "result": nil]
        }
        let request: JSONValue = [
            "id": .string(Random.uuid()), "code": .string(code.code), "session_id": .string(events.place.sessionID),
        ]
        do {
            let output = try events.call("execute:python", request)
            return output.object != nil ? output : ["stdout": output, "stderr": "", "result": nil]
        } catch {
            return ["stdout": "", "stderr": "The page that should run the code did not answer.", "result": nil]
        }
    }
}
