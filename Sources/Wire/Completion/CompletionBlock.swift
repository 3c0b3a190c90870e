import Core

/// A part of an answer. Texts are UTF-8 bytes.
enum CompletionBlock: Sendable, Equatable {
    case text([UInt8])
    /// `seconds` is nil while the model thinks.
    case reasoning([UInt8], tag: CompletionTag, seconds: Int?)
    case solution([UInt8])
    /// `output` is nil until the code has run.
    case code([UInt8], attributes: [String: String], output: JSONValue?)
    case toolCalls([ToolCall], results: [ToolResult])
}

extension CompletionBlock {
    /// Appends the block as clients show it and chats keep it.
    func write(to content: inout [UInt8]) {
        switch self {
        case .text(let text): Self.write(text, to: &content)
        case .solution(let text): Self.write(text, label: "solution: ", to: &content)
        case .reasoning(let text, _, let seconds): Self.writeThinking(text, seconds, to: &content)
        case .code(let code, let attributes, let output):
            Self.dropDanglingFence(of: &content)
            Self.startLine(&content)
            content += "<details type=\"code_interpreter\" "
            if let output {
                content +=
                    "done=\"true\" output=\"\(Self.escape(output.spacedText()))\">\n<summary>Analyzed</summary>\n"
            } else {
                content += "done=\"false\">\n<summary>Analyzing...</summary>\n"
            }
            content += "```\(attributes["lang"] ?? "")\n"
            content += code
            content += "\n```\n</details>\n"
        case .toolCalls(let calls, let results):
            Self.startLine(&content)
            for call in calls {
                if results.isEmpty { content.append(10) }
                Self.write(call, results.first { $0.callID == call.id }, to: &content)
            }
        }
    }

    /// Appends the block as a model is shown its own words. Tool calls are left out: they become messages of their own.
    func writeRaw(to content: inout [UInt8]) {
        switch self {
        case .text(let text): Self.write(text, to: &content)
        case .solution(let text): Self.write(text, label: "solution: ", to: &content)
        case .reasoning(let text, let tag, _):
            Self.startLine(&content)
            content += tag.opening
            content += text
            content += tag.closing + "\n"
        case .code(let code, let attributes, let output):
            Self.dropDanglingFence(of: &content)
            Self.startLine(&content)
            content += "<code_interpreter type=\"code\" lang=\"\(attributes["lang"] ?? "")\">\n"
            content += code
            content += "\n</code_interpreter>\n"
            if let output { content += "```output\n\(Self.escape(output.spacedText()))\n```\n" }
        case .toolCalls: Self.startLine(&content)
        }
    }

    private static func write(_ text: [UInt8], label: String = "", to content: inout [UInt8]) {
        let range = Blank.trim(text, in: text.indices)
        guard !range.isEmpty else { return }
        content += label
        content += text[range]
        content.append(10)
    }

    private static func writeThinking(_ text: [UInt8], _ seconds: Int?, to content: inout [UInt8]) {
        startLine(&content)
        if let seconds {
            content += "<details type=\"reasoning\" done=\"true\" duration=\"\(seconds)\">\n"
            content += "<summary>Thought for \(seconds) seconds</summary>\n"
        } else {
            content += "<details type=\"reasoning\" done=\"false\">\n<summary>Thinking…</summary>\n"
        }
        var isFirst = true
        Blank.forEachLine(of: text) { line in
            if !isFirst { content.append(10) }
            if text[line].first != UInt8(ascii: ">") { content += "> " }
            content += text[line]
            isFirst = false
        }
        content += "\n</details>\n"
    }

    /// The arguments are a text that holds JSON, so they are encoded twice; clients expect it. Unlike the reference,
    /// the id and the name are escaped as well, because a model chooses them.
    private static func write(_ call: ToolCall, _ result: ToolResult?, to content: inout [UInt8]) {
        content +=
            "<details type=\"tool_calls\" done=\"\(result != nil)\" id=\"\(escape(call.id))\" name=\"\(escape(call.name))\""
        content += " arguments=\"\(escape(JSONValue.string(call.arguments).spacedText()))\""
        if let result {
            let files = result.files.map { $0.isTruthy ? escape($0.spacedText()) : "" } ?? ""
            content += " result=\"\(escape(JSONValue.string(result.content).spacedText(asciiOnly: false)))\""
            content += " files=\"\(files)\" embeds=\"\(escape((result.embeds ?? "").spacedText()))\""
        }
        content += ">\n<summary>\(result == nil ? "Executing..." : "Tool Executed")</summary>\n</details>\n"
    }

    private static func startLine(_ content: inout [UInt8]) {
        if let last = content.last, last != 10 { content.append(10) }
    }

    /// Models like to open a fence before the code they want to run; the block brings its own.
    private static func dropDanglingFence(of content: inout [UInt8]) {
        let end = Blank.trimEnd(content, in: content.indices)
        var fences = 0
        var index = 0
        while index + 2 < end {
            let isFence = content[index] == 0x60 && content[index + 1] == 0x60 && content[index + 2] == 0x60
            fences += isFence ? 1 : 0
            index += isFence ? 3 : 1
        }
        guard fences % 2 == 1 else { return }
        var kept = end
        while kept > 0, content[kept - 1] == 0x60 { kept -= 1 }
        content.removeSubrange(Blank.trimEnd(content, in: 0..<kept)..<end)
    }

    private static func escape(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): bytes += "&amp;"
            case UInt8(ascii: "<"): bytes += "&lt;"
            case UInt8(ascii: ">"): bytes += "&gt;"
            case UInt8(ascii: "\""): bytes += "&quot;"
            case UInt8(ascii: "'"): bytes += "&#x27;"
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension [UInt8] {
    fileprivate static func += (bytes: inout [UInt8], text: String) {
        bytes.append(contentsOf: text.utf8)
    }
}
