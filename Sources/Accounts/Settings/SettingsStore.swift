package import Core
package import Postgres

/// The settings that administrators saved.
package enum SettingsStore {
    package static func version(_ database: Connection) throws -> Int {
        try database.query("select version from setting_version").first?.int(0) ?? 0
    }

    /// All saved values by name, and their version.
    package static func load(_ database: Connection) throws -> (values: [String: JSONValue], version: Int) {
        let rows = try database.query(
            "select v.version, s.name, s.value from setting_version v left join setting s on true"
        )
        var values: [String: JSONValue] = [:]
        for row in rows {
            guard let name = row.textOrNull(1) else { continue }
            values[name] = try JSONValue(parsing: row.text(2))
        }
        return (values, try rows.first?.int(0) ?? 0)
    }

    package static func save(_ values: [(key: any AnySettingKey, value: JSONValue)], _ database: Connection) throws {
        guard !values.isEmpty else { return }
        try database.execute(
            """
            insert into setting (name, value)
            select name, value::jsonb from unnest(\(values.map(\.key.name)), \(values.map(\.value.text))) as saved (name, value)
            on conflict (name) do update set value = excluded.value, updated_at = now()
            where setting.value is distinct from excluded.value
            """
        )
    }
}
