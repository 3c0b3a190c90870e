/// Values that follow from others.
extension Settings {
    static let openAIAddress = "https://api.openai.com/v1"

    /// Brings what the environment says into the form that the rest of the product reads.
    static func adjust(fixed: inout [String: Entry]) {
        func change<Value>(_ key: SettingKey<Value>, _ body: (Value) -> Value) {
            guard let entry = fixed[key.name], let value = Value(entry.value) else { return }
            fixed[key.name] = Entry(value: body(value).settingValue, origin: entry.origin)
        }
        change(Setting.openAIAPIBaseURLs) { urls in
            urls.map { $0.isEmpty ? openAIAddress : $0.withoutSlash }
        }
        change(Setting.ollamaBaseURLs) { urls in
            // OLLAMA_API_BASE_URL, an alias, names the path below which Ollama answers.
            urls.map { $0.withoutSlash.hasSuffix("/api") ? String($0.withoutSlash.dropLast(4)) : $0.withoutSlash }
        }
        change(Setting.webUIName) { $0.isEmpty || $0 == "Open WebUI" ? "Open WebUI" : "\($0) (Open WebUI)" }
        change(Setting.contentExtractionEngine) { $0.lowercased() }
        change(Setting.whisperLanguage) { $0.lowercased() }
        change(Setting.auditLogLevel) { $0.uppercased() }
        change(Setting.databaseURL, plainDatabaseURL)
        if let url = composedDatabaseURL(fixed) {
            fixed[Setting.databaseURL.name] = Entry(value: .text(url), origin: .environment)
        }
    }

    /// Values that are well-formed alone but can not work.
    static func contradictions(in fixed: [String: Entry]) -> [SettingsProblem] {
        func text(_ key: SettingKey<String>) -> String? {
            fixed[key.name].flatMap { String($0.value) }
        }
        var problems: [SettingsProblem] = []
        if let lifetime = text(Setting.jwtExpiresIn), TokenLifetime(lifetime) == nil {
            problems.append(
                SettingsProblem(Setting.jwtExpiresIn.name, "not a duration such as 4w, 12h or -1 (for ever)")
            )
        }
        if let method = text(Setting.oauthCodeChallengeMethod), !method.isEmpty, method != "S256" {
            problems.append(SettingsProblem(Setting.oauthCodeChallengeMethod.name, "only S256 is possible"))
        }
        if let level = text(Setting.auditLogLevel),
            !["NONE", "METADATA", "REQUEST", "REQUEST_RESPONSE"].contains(level)
        {
            problems.append(
                SettingsProblem(Setting.auditLogLevel.name, "not NONE, METADATA, REQUEST or REQUEST_RESPONSE")
            )
        }
        return problems
    }

    /// Defaults that are other settings' values, and switches that turn others off.
    static func derive(_ entries: inout [String: Entry], permissions: JSONValue) {
        func value<Value>(_ key: SettingKey<Value>) -> Value {
            entries[key.name].flatMap { Value($0.value) } ?? key.default
        }
        func setDefault<Value>(_ key: SettingKey<Value>, _ value: Value) {
            if entries[key.name]?.origin == .default { entries[key.name]?.value = value.settingValue }
        }
        let urls = value(Setting.openAIAPIBaseURLs)
        let keys = value(Setting.openAIAPIKeys)
        if let index = urls.firstIndex(of: openAIAddress), index < keys.count {
            for key in [
                Setting.ragOpenAIAPIKey, Setting.imagesOpenAIAPIKey, Setting.audioSTTOpenAIAPIKey,
                Setting.audioTTSOpenAIAPIKey,
            ] { setDefault(key, keys[index]) }
        }
        if let url = value(Setting.ollamaBaseURLs).first { setDefault(Setting.ragOllamaBaseURL, url) }
        setDefault(Setting.userPermissions, permissions)
        if !value(Setting.webUIAuth) { entries[Setting.enableSignup.name]?.value = .bool(false) }
        if value(Setting.offlineMode) { entries[Setting.enableVersionUpdateCheck.name]?.value = .bool(false) }
    }

    /// Python deployments name their driver in the scheme (`postgresql+psycopg2://`), which libpq does not know.
    private static func plainDatabaseURL(_ url: String) -> String {
        guard let colon = url.firstRange(of: "://"), let plus = url[..<colon.lowerBound].firstIndex(of: "+") else {
            return url
        }
        return String(url[..<plus]) + url[colon.lowerBound...]
    }

    /// From `DATABASE_TYPE` and the other parts; they count when all of them are there, and go before `DATABASE_URL`.
    private static func composedDatabaseURL(_ fixed: [String: Entry]) -> String? {
        func part(_ key: SettingKey<String>) -> String? {
            fixed[key.name].flatMap { String($0.value) }.flatMap { $0.isEmpty ? nil : $0 }
        }
        guard let type = part(Setting.databaseType), let host = part(Setting.databaseHost),
            let port = part(Setting.databasePort),
            let name = part(Setting.databaseName), let user = part(Setting.databaseUser)
        else { return nil }
        let password = part(Setting.databasePassword).map { ":\($0)" } ?? ""
        return plainDatabaseURL("\(type)://\(user)\(password)@\(host):\(port)/\(name)")
    }
}

extension String {
    /// An address without the slash at its end, to which paths are added.
    package var withoutSlash: String {
        hasSuffix("/") ? String(dropLast()) : self
    }
}
