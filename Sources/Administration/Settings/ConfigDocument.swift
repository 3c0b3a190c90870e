import Accounts
import Core
import HTTP
import Postgres

/// All saved settings as one nested object, as the reference stores and exports them.
enum ConfigDocument {
    /// A document is written by a server; more entries than this are no configuration.
    static let maximumEntries = 5000

    /// What is saved; settings that nobody saved are not in it.
    static func saved(_ database: Connection) throws -> JSONValue {
        Settings.nested(database: try SettingsStore.load(database).values)
    }

    /// The settings of a document by name. Entries of no known setting are kept under their path: they belong to an older or newer
    /// version, and an export has them again. Null stands for nothing saved.
    ///
    /// - Throws: 400 that names every known setting whose value is of another kind.
    static func values(of document: JSONValue) throws -> [String: JSONValue] {
        var values: [String: JSONValue] = [:]
        for (path, value) in Settings.flattened(document) where !value.isNull {
            values[Setting.byPath[path]?.name ?? path] = value
        }
        guard values.count <= maximumEntries else { throw APIError.tooLarge("The configuration has too many entries") }
        let problems = Settings().merging(database: values).problems
        guard problems.isEmpty else {
            throw APIError.badRequest("Nothing was imported. " + problems.map(\.description).joined(separator: "; "))
        }
        return values
    }

    /// Makes what is saved equal to the values.
    static func replace(with values: [String: JSONValue], _ database: Connection) throws {
        let names = Array(values.keys)
        try database.transaction {
            try database.execute("delete from setting where name <> all(\(names))")
            try database.execute(
                """
                insert into setting (name, value)
                select name, value::jsonb from unnest(\(names), \(values.values.map(\.text))) as given (name, value)
                on conflict (name) do update set value = excluded.value, updated_at = now()
                where setting.value is distinct from excluded.value
                """
            )
        }
    }
}
