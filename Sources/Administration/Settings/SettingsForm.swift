import Accounts
import Core
import HTTP
import Logging

/// A page of settings that the API shows and takes as one object, under the settings' own names.
struct SettingsForm: Sendable {
    struct Field: Sendable {
        let key: any AnySettingKey
        /// Whether null may stand for the value; then nothing is saved and the default counts.
        let allowsNull: Bool
        /// Whether it may be missing; then it stays as it is.
        let isOptional: Bool

        static func required(_ key: any AnySettingKey) -> Field {
            Field(key: key, allowsNull: false, isOptional: false)
        }
        static func nullable(_ key: any AnySettingKey) -> Field { Field(key: key, allowsNull: true, isOptional: false) }
        static func optional(_ key: any AnySettingKey) -> Field { Field(key: key, allowsNull: false, isOptional: true) }
    }

    let fields: [Field]

    func show(_ context: Context) throws -> Response {
        let settings = try context.settings
        return .json { json in
            json.object {
                for field in fields {
                    $0.key(field.key.name)
                    $0.value(settings.json(field.key))
                }
            }
        }
    }

    /// Answers with the values in force, which are not those of the form where the environment decides.
    func save(_ context: Context) throws -> Response {
        let form = try Form(secret: context.request)
        try context.change(fields.compactMap { field in try value(field, form).map { (field.key, $0) } })
        return try show(context)
    }

    private func value(_ field: Field, _ form: Form) throws -> JSONValue? {
        let name = field.key.name
        if !form.present(name) {
            if field.isOptional { return nil }
            if field.allowsNull, form[name] != nil { return .null }
        }
        return switch field.key.kind {
        case .bool: .bool(try form.bool(name))
        case .integer: JSONValue(try form.int(name))
        case .text: .string(try form.string(name))
        case .list: JSONValue(try form.strings(name))
        case .jsonList: .array(try form.list(name))
        case .json: .object(try form.dictionary(name))
        case .number: throw APIError.notImplemented("No page has a setting of this kind")
        }
    }
}

extension Context {
    /// Saves settings. What the environment decides is left as it is, with a line in the log, so that nobody wonders.
    func change(_ values: [(key: any AnySettingKey, value: JSONValue)]) throws {
        let current = try settings
        let administrator = try account.id
        var changes: [(key: any AnySettingKey, value: JSONValue)] = []
        for (key, value) in values {
            guard current.isFixed(key) else {
                changes.append((key, value))
                continue
            }
            if current.json(key) != value {
                shared.log.warning(
                    "A setting was saved that the environment overrides",
                    metadata: [
                        "setting": "\(key.name)", "origin": "\(current.origin(of: key).rawValue)",
                        "account": "\(administrator)",
                    ]
                )
            }
        }
        try save(changes)
    }
}
