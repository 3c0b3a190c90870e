import Core
import Inference
import Outbound

/// Whether the model providers can be reached, all at once and for a few seconds.
enum ProviderCheck {
    private static let patience = 10.0

    static func all(_ settings: Settings) -> [Finding] {
        let connections = ProviderConnection.enabled(settings)
        if connections.isEmpty {
            return [
                .doubtful(
                    "providers",
                    "none is connected; only the demonstration model answers.",
                    "Connect one in the admin panel, or set OPENAI_API_BASE_URLS and OPENAI_API_KEYS."
                )
            ]
        }
        let requests = connections.map { ProviderFetch.request($0, timeout: patience, settings) }
        let answers = HTTPClient(policy: .administrator).sendAll(requests, deadline: patience)
        return zip(connections, answers).map { connection, answer in
            // Not the whole address: it may have a secret in it.
            let name = "provider \(connection.index + 1)"
            switch answer {
            case .failure(let error):
                return .bad(
                    name,
                    error.message,
                    "See the address of the connection, the name server, and the firewall."
                )
            case .success(let answer) where answer.status == 401 || answer.status == 403:
                return .bad(name, "refuses the key (\(answer.status))", "Give the connection a valid key.")
            case .success(let answer) where answer.status != 200 && connection.fixedModels.isEmpty:
                return .doubtful(
                    name,
                    "answers \(answer.status) when asked for its models",
                    "See that the address ends where its API begins (often /v1), or name its models in the connection."
                )
            case .success:
                return .good(name, "answers")
            }
        }
    }
}
