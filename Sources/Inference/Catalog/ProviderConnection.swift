package import Accounts
package import Core
import Crypto
import HTTP

/// One OpenAI-compatible provider as an administrator configured it.
package struct ProviderConnection: Sendable {
    /// Its place in the list of connections, by which clients name it.
    package let index: Int
    /// Without a slash at the end.
    package let url: String
    package let key: String
    package let config: JSONValue

    /// The enabled connections. The default one, OpenAI's own address without a key, is no connection yet.
    package static func enabled(_ settings: Settings) -> [ProviderConnection] {
        guard settings[Setting.enableOpenAIAPI] else { return [] }
        return all(settings).filter { $0.isEnabled && !($0.key.isEmpty && $0.isOpenAI) }
    }

    package static func all(_ settings: Settings) -> [ProviderConnection] {
        settings.openAIConnections.enumerated().map { index, connection in
            ProviderConnection(index: index, url: connection.url, key: connection.key, config: connection.config)
        }
    }

    package init(index: Int, url: String, key: String, config: JSONValue) {
        self.index = index
        self.url = url.withoutSlash
        self.key = key
        self.config = config
    }

    package var isEnabled: Bool { config["enable"]?.bool ?? true }
    package var isOpenAI: Bool { url.contains("api.openai.com") }
    package var isAzure: Bool { config["azure"]?.isTruthy ?? false }
    package var apiVersion: String { config["api_version"]?.string ?? "2023-03-15-preview" }
    package var connectionType: String { config["connection_type"]?.string ?? "external" }
    package var tags: [JSONValue] { config["tags"]?.array ?? [] }

    /// Put before each model id, so that two providers may offer the same one.
    package var prefix: String? {
        config["prefix_id"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// When set, the provider is not asked which models it has.
    package var fixedModels: [String] {
        config["model_ids"]?.array?.compactMap(\.string) ?? []
    }

    /// Under which the provider's list is kept; another address, key or configuration has another.
    package var fingerprint: String {
        Digest.sha256Hex([url, key, config.text].joined(separator: "\u{1F}"))
    }

    /// Whose request it is, for providers that are told.
    package struct Sender: Sendable {
        package let id: String
        package let name: String
        package let email: String
        package let role: String
        /// The sender's own token, for connections that pass it on.
        package var token: String?
        package var chatID: String?

        package init(_ account: Account, token: String? = nil, chatID: String? = nil) {
            id = account.id
            name = account.name
            email = account.email
            role = account.role.rawValue
            self.token = token
            self.chatID = chatID
        }

        /// What providers are told, where the administrator has them told.
        func headers(_ settings: Settings) -> [(String, String)] {
            guard settings[Setting.enableForwardUserInfoHeaders] else { return [] }
            let name = name.split(separator: " ", omittingEmptySubsequences: false).map {
                PercentEncoding.encode(String($0))
            }
            var headers = [
                ("X-OpenWebUI-User-Name", name.joined(separator: " ")), ("X-OpenWebUI-User-Id", id),
                ("X-OpenWebUI-User-Email", email), ("X-OpenWebUI-User-Role", role),
            ]
            if let chatID { headers.append(("X-OpenWebUI-Chat-Id", PercentEncoding.encode(chatID))) }
            return headers
        }
    }

    package func headers(for sender: Sender?, _ settings: Settings) -> [(String, String)] {
        var headers = [("Content-Type", "application/json")]
        if url.contains("openrouter.ai") {
            headers += [("HTTP-Referer", "https://openwebui.com/"), ("X-Title", "Open WebUI")]
        }
        headers += sender?.headers(settings) ?? []
        switch config["auth_type"]?.string ?? "bearer" {
        case "bearer": headers.append(("Authorization", "Bearer \(key)"))
        case "session": if let token = sender?.token { headers.append(("Authorization", "Bearer \(token)")) }
        default: break
        }
        for (name, value) in config["headers"]?.object ?? [:] {
            if let value = value.string { headers.append((name, value)) }
        }
        if isAzure { headers += [("api-key", key), ("api-version", apiVersion)] }
        return headers
    }
}
