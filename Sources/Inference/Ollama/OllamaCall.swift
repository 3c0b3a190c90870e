import Accounts
import Core
import Events
import Outbound

/// A call of Ollama's own API, as it waits in the queue: `{path, node, body}`.
struct OllamaCall {
    let path: String
    let node: Int
    let body: JSONValue

    init(path: String, node: Int, body: JSONValue) {
        self.path = path
        self.node = node
        self.body = body
    }

    init(_ json: JSONObject) {
        path = json["path"]?.string ?? ""
        node = json["node"]?.int ?? -1
        body = json["body"] ?? .null
    }

    var json: JSONObject {
        ["path": .string(path), "node": JSONValue(node), "body": body]
    }
}

extension TurnRunner {
    /// Passes the node's own bytes on. Its refusal is told in the shape of ours, with its status.
    func pass(
        _ call: OllamaCall,
        _ surroundings: Surroundings,
        _ turn: Turn,
        to writer: PassedAnswer,
        _ control: TurnControl
    ) throws {
        let connections = OllamaConnection.all(surroundings.settings)
        guard surroundings.settings[Setting.enableOllamaAPI], connections.indices.contains(call.node) else {
            throw CompletionSource.Failure(message: "There is no such Ollama node any more.")
        }
        let sender = ProviderConnection.Sender(surroundings.account, token: turn.token)
        let request = connections[call.node].request(
            .post,
            call.path,
            body: call.body,
            for: sender,
            surroundings.settings
        )
        var refused: CompletionSource.Head?
        try source.send(
            request,
            control: control,
            longest: request.maximumBody,
            isInterrupted: { false },
            onHead: { head in
                guard head.status < 400 else { return refused = head }
                writer.head(status: head.status, headers: [("Content-Type", head.contentType)])
            },
            onData: { bytes in
                guard let refused else { return writer.write(Array(bytes)) }
                writer.head(status: refused.status, headers: [("Content-Type", "application/json")])
                writer.write(JSONValue.object(["detail": OllamaRefusal.detail(Array(bytes))]).bytes)
            }
        )
        if let refused, !writer.hasHead {
            writer.head(status: refused.status, headers: [("Content-Type", "application/json")])
            writer.write(JSONValue.object(["detail": OllamaRefusal.detail([])]).bytes)
        }
    }
}

/// What a node says when it refuses: `{"error": …}`.
enum OllamaRefusal {
    static func detail(_ body: [UInt8]) -> JSONValue {
        (try? JSONValue(parsing: body))?["error"]?.nonNull ?? .string(ConnectionRoutes.connectionError)
    }
}
