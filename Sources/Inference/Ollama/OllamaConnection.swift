package import Core
import Crypto
package import HTTP
package import Outbound

/// One Ollama server ("node") as an administrator configured it.
package struct OllamaConnection: Sendable {
    /// Its place in the list of nodes, by which clients name it.
    package let index: Int
    /// Without a slash at the end.
    package let url: String
    package let key: String
    package let config: JSONValue

    package static func enabled(_ settings: Settings) -> [OllamaConnection] {
        guard settings[Setting.enableOllamaAPI] else { return [] }
        return all(settings).filter { $0.isEnabled && !$0.url.isEmpty }
    }

    package static func all(_ settings: Settings) -> [OllamaConnection] {
        settings.ollamaConnections.map { connection in
            OllamaConnection(
                index: connection.index,
                url: connection.url,
                key: connection.key,
                config: connection.config
            )
        }
    }

    package init(index: Int, url: String, key: String, config: JSONValue) {
        self.index = index
        self.url = url.withoutSlash
        self.key = key
        self.config = config
    }

    package var isEnabled: Bool { config["enable"]?.bool ?? true }
    /// Nodes run on this site's own machines, unless somebody says otherwise.
    package var connectionType: String { config["connection_type"]?.string ?? "local" }
    package var tags: [JSONValue] { config["tags"]?.array ?? [] }

    /// Put before each model's name, so that two nodes may offer different models of one name.
    package var prefix: String? {
        config["prefix_id"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// When set, the node's other models are not offered.
    package var allowedModels: [String] {
        config["model_ids"]?.array?.compactMap(\.string) ?? []
    }

    /// Under which the node's list is kept; another address, key or configuration has another.
    package var fingerprint: String {
        Digest.sha256Hex(["ollama", url, key, config.text].joined(separator: "\u{1F}"))
    }

    package func id(of name: String) -> String {
        prefix.map { "\($0).\(name)" } ?? name
    }

    /// The node's own name of a model.
    package func name(of id: String) -> String {
        guard let prefix, id.hasPrefix(prefix + ".") else { return id }
        return String(id.dropFirst(prefix.count + 1))
    }

    package func headers(for sender: ProviderConnection.Sender?, _ settings: Settings) -> [(
        name: String, value: String
    )] {
        var headers = [(name: "Content-Type", value: "application/json")]
        headers += sender?.headers(settings).map { (name: $0.0, value: $0.1) } ?? []
        if !key.isEmpty { headers.append((name: "Authorization", value: "Bearer \(key)")) }
        return headers
    }

    /// A question that is answered at once or not at all.
    package func question(_ path: String, timeout: Double, _ settings: Settings) -> HTTPRequest {
        HTTPRequest(
            url: url + path,
            headers: headers(for: nil, settings),
            connectTimeout: timeout,
            totalTimeout: timeout
        )
    }

    /// A request to the node. Its answer may be as long in coming as the settings allow.
    package func request(
        _ method: HTTP.Method = .post,
        _ path: String,
        body: JSONValue?,
        for sender: ProviderConnection.Sender?,
        _ settings: Settings
    ) -> HTTPRequest {
        HTTPRequest(
            method: method.rawValue,
            url: url + path,
            headers: headers(for: sender, settings),
            body: body?.bytes,
            connectTimeout: 10,
            totalTimeout: settings[Setting.aiohttpClientTimeout].map(Double.init),
            idleTimeout: settings[Setting.providerSilenceLimit].map(Double.init),
            maximumBody: 256 << 20
        )
    }
}
