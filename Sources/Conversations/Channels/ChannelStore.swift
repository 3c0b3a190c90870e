import Accounts
import Core
import Crypto
package import Postgres

package enum ChannelStore {
    package static func find(_ id: String, _ database: Connection) throws -> Channel? {
        try database.query("select \(Channel.columns) from channel c where c.id = \(id)").first.map(Channel.init)
    }

    /// Keeps a channel from being deleted until the end of the transaction.
    static func hold(_ id: String, _ database: Connection) throws -> Channel? {
        try database.query("select \(Channel.columns) from channel c where c.id = \(id) for key share").first.map(
            Channel.init
        )
    }

    static func all(_ database: Connection) throws -> [Channel] {
        try database.query("select \(Channel.columns) from channel c order by c.created_at, c.id").map(Channel.init)
    }

    /// Those that an account reads by their access control. Being an admin does not count.
    static func all(readableBy account: String, _ database: Connection) throws -> [Channel] {
        try database.query(
            "select \(Channel.columns) from channel c where \(readable(by: account)) order by c.created_at, c.id"
        ).map(Channel.init)
    }

    static func ids(readableBy account: String, _ database: Connection) throws -> [String] {
        try database.query("select c.id from channel c where \(readable(by: account))").map { try $0.text(0) }
    }

    static func isReadable(_ id: String, by account: String, _ database: Connection) throws -> Bool {
        try !database.query("select from channel c where c.id = \(id) and \(readable(by: account))").isEmpty
    }

    /// Those whose access control names a group, whatever it may do.
    static func all(naming group: String, _ database: Connection) throws -> [Channel] {
        try database.query(
            """
            select \(Channel.columns) from channel c
            where jsonb_path_exists(c.access_control, '$.read.group_ids[*] ? (@ == $id)', jsonb_build_object('id', \(group)::text))
            """
        ).map(Channel.init)
    }

    private static func readable(by account: String) -> SQL {
        AccessControl.condition(column: "c.access_control", owner: "c.account_id", account: account, .read)
    }

    static func insert(_ form: ChannelForm, owner: String, _ database: Connection) throws -> Channel {
        let now = Clock.nowNanoseconds
        let rows = try database.query(
            """
            insert into channel as c (id, account_id, name, description, data, meta, access_control, created_at, updated_at)
            values (\(Random.uuid()), \(owner), \(form.name.lowercased()), \(form.text("description")), \(form.json("data")),
                \(form.json("meta")), \(form.json("access_control")), \(now), \(now))
            returning \(Channel.columns)
            """
        )
        return try Channel(row: rows[0])
    }

    /// Changes what the form has; nil when there is no such channel.
    static func update(_ id: String, _ form: ChannelForm, _ database: Connection) throws -> Channel? {
        var changes: [SQL] = [
            "name = \(form.name)", "updated_at = greatest(\(Clock.nowNanoseconds), c.updated_at + 1)",
        ]
        if form.has("description") { changes.append("description = \(form.text("description"))") }
        if form.has("data") { changes.append("data = \(form.json("data"))") }
        if form.has("meta") { changes.append("meta = \(form.json("meta"))") }
        if form.has("access_control") { changes.append("access_control = \(form.json("access_control"))") }
        return try database.query(
            "update channel c set \(SQL.join(changes, separator: ", ")) where c.id = \(id) returning \(Channel.columns)"
        ).first.map(Channel.init)
    }

    /// With its messages.
    static func delete(_ id: String, _ database: Connection) throws -> Bool {
        try database.execute("delete from channel where id = \(id)") > 0
    }
}
