/// The configuration file of a new installation: every setting, commented out, with its meaning and its default, in the syntax of an
/// environment file (systemd.exec(5)), which a `.env` file shares.
package struct SettingsTemplate: CustomStringConvertible {
    package let description: String

    /// - Parameter introduction: lines that stand before the settings; each becomes a comment.
    package init(introduction: [String]) {
        let head = introduction.map { $0.isEmpty ? "#" : "# \($0)" }
        description = (head + Setting.sections.flatMap(Self.section)).joined(separator: "\n") + "\n"
    }

    private static func section(_ section: SettingsSection) -> [String] {
        let line = "# ---- \(section.title) "
        return ["", line + String(repeating: "-", count: max(0, 100 - line.count))] + section.keys.flatMap(entry)
    }

    private static func entry(_ key: any AnySettingKey) -> [String] {
        let secret = key.isSecret ? " Secret." : ""
        guard let text = key.defaultText else {
            return ["", "# \(key.meaning)\(secret) The default is a text of several lines.", "#\(key.name)="]
        }
        return ["", "# \(key.meaning)\(secret)", "#\(key.name)=\(quoted(text))"]
    }

    /// Quotes only what needs it, so that systemd and readers of `.env` files agree: single quotes around a text without quote and
    /// backslash, otherwise double ones, in which a backslash stands before a double quote and before another backslash.
    static func quoted(_ text: String) -> String {
        let plain = text.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                || "_./:@,;+-*=".utf8.contains($0)
        }
        if plain { return text }
        guard text.contains(where: { $0 == "'" || $0 == "\\" }) else { return "'\(text)'" }
        let escaped = text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
        return "\"\(String(escaped))\""
    }
}

/// Settings that belong together, as the configuration file and the manual show them.
package struct SettingsSection {
    package let title: String
    package let keys: [any AnySettingKey]
}

extension Setting {
    /// All settings, each once.
    package static var sections: [SettingsSection] {
        let known = [
            SettingsSection(title: "The server", keys: server),
            SettingsSection(title: "Size of the pools", keys: pools),
            SettingsSection(title: "Seeing what the server does", keys: status),
            SettingsSection(title: "Accounts and sign-in", keys: accounts),
            SettingsSection(title: "Limits", keys: limits),
            SettingsSection(title: "OAuth, OpenID Connect and SCIM", keys: oauth),
            SettingsSection(title: "LDAP", keys: ldap),
            SettingsSection(title: "What accounts may do", keys: permissions.map(\.key)),
            SettingsSection(title: "The client", keys: interface),
            SettingsSection(title: "Channels", keys: channels),
            SettingsSection(title: "OpenAI-compatible providers", keys: openAI),
            SettingsSection(title: "Ollama", keys: ollama),
            SettingsSection(title: "Titles, tags and other small tasks", keys: tasks),
            SettingsSection(title: "Code", keys: code),
            SettingsSection(title: "Files", keys: files),
            SettingsSection(title: "Text extraction", keys: extraction),
            SettingsSection(title: "Retrieval", keys: retrieval),
            SettingsSection(title: "Web search", keys: webSearch),
            SettingsSection(title: "Images", keys: images),
            SettingsSection(title: "Speech", keys: audio),
        ]
        let shown = Set(known.flatMap { $0.keys.map(\.name) })
        let others = all.filter { !shown.contains($0.name) }
        return others.isEmpty ? known : known + [SettingsSection(title: "Others", keys: others)]
    }
}

extension AnySettingKey {
    /// The default as it is written in an environment file; nil for a text of several lines.
    package var defaultText: String? {
        let text: String
        switch (defaultValue, kind) {
        case (.none, _): text = ""
        case (.bool(let value), _): text = value ? "true" : "false"
        case (.text(let value), _): text = value
        case (.list(let values), .list(let separator, _)): text = values.joined(separator: String(separator))
        case (let value, _): text = value.json.text
        }
        return text.contains("\n") ? nil : text
    }
}
