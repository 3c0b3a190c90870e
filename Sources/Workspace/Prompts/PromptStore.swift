import Accounts
import Core
import Postgres

enum PromptStore {
    /// The newest first, in rows of `Prompt.columns` and `Owner.columns`: those that an account may read or write, or all of them
    /// for nil.
    static func list(_ right: AccessControl.Right, account: String?, _ database: Connection) throws -> Rows {
        let filter: SQL =
            account.map {
                "where \(AccessControl.condition(column: "p.access_control", owner: "p.account_id", account: $0, right))"
            } ?? ""
        return try database.query(
            """
            select \(Prompt.columns), \(Owner.columns) from prompt p left join account o on o.id = p.account_id
            \(filter) order by p.updated_at desc, p.command
            """
        )
    }

    static func find(_ command: String, _ database: Connection) throws -> Prompt? {
        try database.query("select \(Prompt.columns) from prompt p where p.command = \(command)").first.map(Prompt.init)
    }

    /// - Returns: nil when the command is taken.
    static func insert(_ form: PromptForm, owner: String, _ database: Connection) throws -> Prompt? {
        try database.query(
            """
            insert into prompt as p (command, account_id, title, content, access_control, updated_at)
            values (\(form.command), \(owner), \(form.title), \(form.content),
                \(form.accessControl.map { RawJSON(.object($0)) }), \(Clock.nowSeconds))
            on conflict (command) do nothing
            returning \(Prompt.columns)
            """
        ).first.map(Prompt.init)
    }

    /// Replaces all but the command and the owner.
    ///
    /// - Returns: nil when there is no such prompt any more.
    static func update(_ command: String, _ form: PromptForm, _ database: Connection) throws -> Prompt? {
        try database.query(
            """
            update prompt p set title = \(form.title), content = \(form.content),
                access_control = \(form.accessControl.map { RawJSON(.object($0)) }), updated_at = \(Clock.nowSeconds)
            where p.command = \(command)
            returning \(Prompt.columns)
            """
        ).first.map(Prompt.init)
    }

    static func delete(_ command: String, _ database: Connection) throws {
        try database.execute("delete from prompt where command = \(command)")
    }
}
