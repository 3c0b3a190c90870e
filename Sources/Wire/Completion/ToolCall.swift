package import Core

/// A call of a tool that the model asks for.
package struct ToolCall: Sendable, Equatable {
    package var id: String
    package var name: String
    /// JSON text, as the model wrote it; not always valid.
    package var arguments: String
    /// The call as the provider first sent it: members of its own (thought signatures, say) have to go back to it.
    private var base: JSONValue

    package init(id: String, name: String, arguments: String) {
        self.init(["id": .string(id), "type": "function"])
        self.name = name
        self.arguments = arguments
    }

    /// - Parameter json: `{id, type, function: {name, arguments}}`, or the first delta of a call; anything may be
    ///   missing.
    package init(_ json: JSONValue) {
        base = json.object == nil ? [:] : json
        id = json["id"]?.string ?? ""
        name = json["function"]?["name"]?.string ?? ""
        arguments = Self.arguments(of: json)
    }

    /// `{…, id, function: {name, arguments}}`
    package var json: JSONValue {
        var json = base
        var function = base["function"]?.object == nil ? [:] : base["function"] ?? [:]
        function["name"] = .string(name)
        function["arguments"] = .string(arguments)
        json["id"] = .string(id)
        json["function"] = function
        return json
    }

    mutating func merge(_ delta: JSONValue) {
        if id.isEmpty { id = delta["id"]?.string ?? "" }
        name += delta["function"]?["name"]?.string ?? ""
        arguments += Self.arguments(of: delta)
    }

    /// A few providers send the arguments as an object instead of a text.
    private static func arguments(of json: JSONValue) -> String {
        switch json["function"]?["arguments"] {
        case .string(let text): text
        case .object(let members): JSONValue.object(members).text
        default: ""
        }
    }
}

/// What a call gave.
package struct ToolResult: Sendable, Equatable {
    package var callID: String
    /// Told to the model, and shown.
    package var content: String
    /// A list of `{type, url}`, or nil.
    package var files: JSONValue?
    /// A list of HTML texts or addresses, or nil.
    package var embeds: JSONValue?

    package init(callID: String, content: String, files: JSONValue? = nil, embeds: JSONValue? = nil) {
        self.callID = callID
        self.content = content
        self.files = files
        self.embeds = embeds
    }
}

/// Puts the pieces of a stream's tool calls together by their `index`; pieces without one belong nowhere and are
/// dropped.
struct ToolCallGatherer: Sendable {
    /// A model that asks for more at once has lost its way.
    static let maximumCalls = 256

    private(set) var calls: [ToolCall] = []
    private var positions: [Int: Int] = [:]

    mutating func add(_ deltas: [JSONValue]) {
        for delta in deltas {
            guard let index = delta["index"]?.int else { continue }
            if let position = positions[index] {
                calls[position].merge(delta)
            } else if calls.count < Self.maximumCalls {
                positions[index] = calls.count
                calls.append(ToolCall(delta))
            }
        }
    }

    mutating func take() -> [ToolCall] {
        defer { self = ToolCallGatherer() }
        return calls
    }
}
