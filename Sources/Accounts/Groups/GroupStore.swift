import Core
import Crypto
package import Postgres

package enum GroupStore {
    package static func all(_ database: Connection) throws -> [Group] {
        try database.query("select \(Group.columns) from account_group g order by g.updated_at desc, g.id").map(
            Group.init
        )
    }

    /// The groups that an account is in.
    package static func of(account: String, _ database: Connection) throws -> [Group] {
        try database.query(
            """
            select \(Group.columns) from account_group g join membership own on own.group_id = g.id
            where own.account_id = \(account) order by g.updated_at desc, g.id
            """
        ).map(Group.init)
    }

    /// The ids of the groups that an account is in, for `AccessControl.allows`.
    package static func ids(of account: String, _ database: Connection) throws -> Set<String> {
        Set(try database.query("select group_id from membership where account_id = \(account)").map { try $0.text(0) })
    }

    package static func find(_ id: String, _ database: Connection) throws -> Group? {
        try database.query("select \(Group.columns) from account_group g where g.id = \(id)").first.map(Group.init)
    }

    static func insert(
        name: String,
        description: String,
        permissions: RawJSON?,
        owner: String,
        _ database: Connection
    ) throws -> Group? {
        let id = Random.uuid()
        let now = Clock.nowSeconds
        try database.execute(
            """
            insert into account_group (id, owner_id, name, description, permissions, created_at, updated_at)
            values (\(id), \(owner), \(name), \(description), \(permissions as RawJSON?), \(now), \(now))
            """
        )
        return try find(id, database)
    }

    /// Nil permissions or members stay as they are; ids of no account are left out. Nil when there is no such group.
    static func update(
        _ id: String,
        name: String,
        description: String,
        permissions: RawJSON?,
        members: [String]?,
        _ database: Connection
    ) throws -> Group? {
        try database.transaction {
            let count = try database.execute(
                """
                update account_group set name = \(name), description = \(description),
                    permissions = coalesce(\(permissions as RawJSON?), permissions), updated_at = \(Clock.nowSeconds)
                where id = \(id)
                """
            )
            if count == 0 { return nil }
            if let members {
                try database.execute(
                    "delete from membership where group_id = \(id) and account_id <> all(\(members))"
                )
                try add(members, to: id, database)
            }
            return try find(id, database)
        }
    }

    /// Nil when there is no such group.
    static func addMembers(_ members: [String], to id: String, _ database: Connection) throws -> Group? {
        try database.transaction {
            if try !touch(id, database) { return nil }
            try add(members, to: id, database)
            return try find(id, database)
        }
    }

    /// Nil when there is no such group.
    static func removeMembers(_ members: [String], from id: String, _ database: Connection) throws -> Group? {
        try database.transaction {
            if try !touch(id, database) { return nil }
            try database.execute("delete from membership where group_id = \(id) and account_id = any(\(members))")
            return try find(id, database)
        }
    }

    static func delete(_ id: String, _ database: Connection) throws {
        try database.execute("delete from account_group where id = \(id)")
    }

    /// Makes an account a member of exactly the groups with these names; names of no group are left out.
    package static func setGroups(named names: [String], of account: String, _ database: Connection) throws {
        try database.transaction {
            try database.execute(
                """
                delete from membership m using account_group g
                where m.group_id = g.id and m.account_id = \(account) and g.name <> all(\(names))
                """
            )
            try database.execute(
                """
                insert into membership (group_id, account_id)
                select g.id, \(account) from account_group g where g.name = any(\(names)) on conflict do nothing
                """
            )
        }
    }

    private static func add(_ members: [String], to id: String, _ database: Connection) throws {
        try database.execute(
            """
            insert into membership (group_id, account_id)
            select \(id), a.id from account a where a.id = any(\(members)) on conflict do nothing
            """
        )
    }

    private static func touch(_ id: String, _ database: Connection) throws -> Bool {
        try database.execute("update account_group set updated_at = \(Clock.nowSeconds) where id = \(id)") > 0
    }
}
