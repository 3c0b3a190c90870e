package import Core

/// All settings with their values and where these come from, for administrators at a terminal. Secrets are covered.
package struct SettingsReport: Sendable, CustomStringConvertible {
    package struct Line: Sendable, Equatable {
        package let name: String
        package let value: String
        package let origin: Settings.Origin
        package let meaning: String

        /// Where to change it, in words: `.env` stands for the file.
        package var originText: String {
            switch origin {
            case .environment: "environment"
            case .dotenv: ".env"
            case .database: "database"
            case .default: "default"
            }
        }
    }

    package let lines: [Line]
    /// Saved values that can not be used, and why.
    package let problems: [String]

    /// - Parameters:
    ///   - settings: with what the database has.
    ///   - part: only settings whose name contains this, in any case.
    package init(_ settings: Settings, matching part: String = "") {
        let part = part.uppercased()
        lines = Setting.all.filter { part.isEmpty || $0.name.uppercased().contains(part) }
            .map { key in
                Line(name: key.name, value: settings.shown(key), origin: settings.origin(of: key), meaning: key.meaning)
            }
            .sorted { $0.name < $1.name }
        problems = settings.problems.map(\.description)
    }

    /// Three columns: name, origin, value. A value of several lines, or a long one, is cut to one line.
    package var description: String {
        let width = lines.map(\.name.count).max() ?? 0
        let rows = lines.map { line in
            let name = line.name + String(repeating: " ", count: width - line.name.count)
            let origin = line.originText + String(repeating: " ", count: 11 - line.originText.count)
            return "\(name)  \(origin)  \(Self.oneLine(line.value))"
        }
        return (rows + problems.map { "! \($0)" }).joined(separator: "\n")
    }

    private static func oneLine(_ value: String) -> String {
        let line = value.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > 100 ? line.prefix(99) + "…" : line
    }
}
