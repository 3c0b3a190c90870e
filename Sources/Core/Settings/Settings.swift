/// All settings as they are at one moment. Values never change within a snapshot; a change gives another one.
///
/// Highest first: the environment, the `.env` file, what administrators saved in the database, the default.
///
///     let settings = try Settings(source: .process())
///     if settings[Setting.enableSignup] { … }
package final class Settings: Sendable {
    package enum Origin: String, Sendable {
        case environment
        case dotenv
        case database
        case `default`
    }

    struct Entry {
        var value: SettingValue
        let origin: Origin
    }

    /// What the environment and the `.env` file set; a save can not change it.
    private let fixed: [String: Entry]
    private let entries: [String: Entry]
    /// Saved values that are of the wrong kind and therefore not used. Worth a line in the log.
    package let problems: [SettingsProblem]
    /// What accounts may do where neither a group nor an administrator says otherwise, from the `USER_PERMISSIONS_*` variables.
    package let defaultPermissions: JSONValue

    /// - Throws: ``SettingsError`` with everything in the environment that can not be read.
    package convenience init(source: Source, database: [String: JSONValue] = [:]) throws(SettingsError) {
        var fixed: [String: Entry] = [:]
        var problems = source.problems
        for key in Setting.all {
            for name in [key.name] + key.aliases {
                guard let variable = source.variables[name] else { continue }
                do throws(SettingsProblem) {
                    guard let value = try key.parse(variable.text, from: variable.name) else { continue }
                    fixed[key.name] = Entry(value: value, origin: variable.origin)
                    break
                } catch {
                    problems.append(error)
                }
            }
        }
        Settings.adjust(fixed: &fixed)
        problems += Settings.contradictions(in: fixed)
        if !problems.isEmpty { throw SettingsError(problems: problems) }
        self.init(fixed: fixed, database: database)
    }

    /// The defaults alone.
    package convenience init() {
        self.init(fixed: [:], database: [:])
    }

    private init(fixed: [String: Entry], database: [String: JSONValue]) {
        var entries = fixed
        var problems: [SettingsProblem] = []
        let reads = Settings.databaseRules(fixed)
        for key in Setting.all where entries[key.name] == nil {
            if let path = key.storedPath, reads.isRead(path), let saved = database[path] ?? database[key.name] {
                do throws(SettingsProblem) {
                    if let value = try key.convert(saved) {
                        entries[key.name] = Entry(value: value, origin: .database)
                        continue
                    }
                } catch {
                    problems.append(error)
                }
            }
            let inherited = key.inherits.flatMap { fixed[$0]?.value }
            entries[key.name] = Entry(value: inherited ?? key.defaultValue, origin: .default)
        }
        self.fixed = fixed
        self.problems = problems
        defaultPermissions = Settings.permissions { entries[$0]?.value == .bool(true) }
        Settings.derive(&entries, permissions: defaultPermissions)
        self.entries = entries
    }

    /// The same environment with other saved values, by ``AnySettingKey/storedPath`` or by name. Null counts as not saved.
    package func merging(database: [String: JSONValue]) -> Settings {
        Settings(fixed: fixed, database: database)
    }

    package subscript<Value>(_ key: SettingKey<Value>) -> Value {
        entries[key.name].flatMap { Value($0.value) } ?? key.default
    }

    /// The value as the API shows it.
    package func json(_ key: some AnySettingKey) -> JSONValue {
        (entries[key.name]?.value ?? key.defaultValue).json
    }

    package func origin(of key: some AnySettingKey) -> Origin {
        entries[key.name]?.origin ?? .default
    }

    /// Whether the environment or the `.env` file decides, so that saving another value has no effect.
    package func isFixed(_ key: some AnySettingKey) -> Bool {
        fixed[key.name] != nil
    }

    /// The value for people's eyes: secrets that are set are covered.
    package func shown(_ key: some AnySettingKey) -> String {
        let value = json(key)
        guard key.isSecret else { return value.string ?? value.text }
        return value.isTruthy ? "•••" : ""
    }
}

extension Settings {
    /// Which saved values count: `ENABLE_PERSISTENT_CONFIG` for all, `ENABLE_OAUTH_PERSISTENT_CONFIG` for those under `oauth.`.
    struct DatabaseRules {
        let all: Bool
        let oauth: Bool

        func isRead(_ path: String) -> Bool {
            all && (oauth || !path.hasPrefix("oauth."))
        }
    }

    private static func databaseRules(_ fixed: [String: Entry]) -> DatabaseRules {
        func isOn(_ key: SettingKey<Bool>) -> Bool {
            fixed[key.name].map { $0.value == .bool(true) } ?? key.default
        }
        return DatabaseRules(
            all: isOn(Setting.enablePersistentConfig),
            oauth: isOn(Setting.enableOAuthPersistentConfig)
        )
    }
}
