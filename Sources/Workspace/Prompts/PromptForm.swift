import Core
import HTTP

/// What clients send of a prompt: `{command, title, content, access_control?}`.
struct PromptForm {
    /// In bytes, with the slash.
    static let maximumCommandLength = 256

    let command: String
    let title: String
    let content: String
    var accessControl: JSONObject?

    init(_ form: Form) throws {
        command = try form.string("command")
        title = try form.string("title")
        content = try form.string("content")
        accessControl = try form.optionalDictionary("access_control")
    }

    /// The routes of a single prompt put the slash before the name, so that a command without one could never be found again.
    func checkCommand() throws {
        guard command.hasPrefix("/"), (2...Self.maximumCommandLength).contains(command.utf8.count) else {
            throw APIError.badRequest(
                "A prompt's command is a slash and a name, of \(Self.maximumCommandLength) bytes at most"
            )
        }
    }
}
