import Core
import Postgres

/// The statements behind the provider's view of groups.
enum SCIMGroupStore {
    static func find(_ id: String, _ database: Connection) throws -> SCIMGroup? {
        try database.query("select \(SCIMGroup.columns(withMembers: true)) from account_group g where g.id = \(id)")
            .first.map(SCIMGroup.init)
    }

    /// The group stays as it is until the end of the transaction.
    static func hold(_ id: String, _ database: Connection) throws -> SCIMGroup? {
        guard try !database.query("select from account_group where id = \(id) for update").isEmpty else { return nil }
        return try find(id, database)
    }

    static func list(_ ids: [String], withMembers: Bool, _ database: Connection) throws -> [SCIMGroup] {
        try database.query(
            "select \(SCIMGroup.columns(withMembers: withMembers)) from account_group g where g.id = any(\(ids))"
        )
        .map(SCIMGroup.init)
    }

    /// The group belongs to the first admin, as nobody signed in makes it.
    static func insert(_ edit: SCIMGroupEdit, _ database: Connection) throws -> String {
        let owner = try AccountStore.primaryAdmin(database)?.id ?? ""
        guard
            let group = try GroupStore.insert(
                name: edit.name,
                description: "",
                permissions: nil,
                owner: owner,
                database
            )
        else { throw SCIMError(500, "The group was not created") }
        try write(edit, group.id, database)
        return group.id
    }

    static func update(_ id: String, _ edit: SCIMGroupEdit, _ database: Connection) throws {
        try database.execute(
            "update account_group set name = \(edit.name), updated_at = \(Clock.nowSeconds) where id = \(id)"
        )
        try write(edit, id, database)
    }

    private static func write(_ edit: SCIMGroupEdit, _ id: String, _ database: Connection) throws {
        try database.execute("update account_group set scim_external_id = \(edit.externalID) where id = \(id)")
        if !edit.removed.isEmpty {
            try database.execute("delete from membership where group_id = \(id) and account_id = any(\(edit.removed))")
        }
        if edit.added.isEmpty { return }
        let ids = edit.added.map(\.id)
        let displays = edit.added.map { $0.display ?? "" }
        let missing = try database.query(
            "select n.id from unnest(\(ids)) as n (id) where not exists (select from account a where a.id = n.id) limit 1"
        )
        if let row = missing.first {
            throw SCIMError.invalid(.invalidValue, "There is no user with the id \(String(try row.text(0).prefix(64)))")
        }
        try database.execute(
            """
            insert into membership (group_id, account_id, scim_display)
            select \(id), a.id, nullif(nullif(n.display, ''), a.name)
            from unnest(\(ids), \(displays)) as n (id, display) join account a on a.id = n.id
            on conflict (group_id, account_id) do update set scim_display = excluded.scim_display
            """
        )
    }
}
