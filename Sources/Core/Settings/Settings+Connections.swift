/// One address of a list of providers, with what belongs to it.
package struct ConfiguredConnection: Sendable, Equatable {
    /// Its place in the list, by which the API names it.
    package let index: Int
    package let url: String
    /// Empty when there is none.
    package let key: String
    /// `{enable, prefix_id, model_ids, tags, connection_type, …}`; an empty object when nothing is configured.
    package let config: JSONValue

    /// Connections are on unless somebody switched them off.
    package var isEnabled: Bool {
        config["enable"].map(\.isTruthy) ?? true
    }
}

extension Settings {
    /// OpenAI and what speaks like it. There is a key for each address: missing ones are empty, surplus ones do not count.
    package var openAIConnections: [ConfiguredConnection] {
        let keys = self[Setting.openAIAPIKeys]
        let configs = self[Setting.openAIAPIConfigs]
        return self[Setting.openAIAPIBaseURLs].enumerated().map { index, url in
            ConfiguredConnection(
                index: index,
                url: url,
                key: index < keys.count ? keys[index] : "",
                config: Settings.config(configs, index, url)
            )
        }
    }

    /// Ollama servers. Their keys are part of their configuration.
    package var ollamaConnections: [ConfiguredConnection] {
        let configs = self[Setting.ollamaAPIConfigs]
        return self[Setting.ollamaBaseURLs].enumerated().map { index, url in
            let config = Settings.config(configs, index, url)
            return ConfiguredConnection(index: index, url: url, key: config["key"]?.string ?? "", config: config)
        }
    }

    /// By index; older versions saved it by address.
    private static func config(_ configs: JSONValue, _ index: Int, _ url: String) -> JSONValue {
        let config = configs[String(index)] ?? configs[url]
        return config?.object == nil ? [:] : config ?? [:]
    }
}
