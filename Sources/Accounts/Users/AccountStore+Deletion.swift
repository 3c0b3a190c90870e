import Postgres

extension AccountStore {
    /// What others go on using when its owner goes: the table, and its column with the owner's id.
    private static let handedOver: [(table: SQL, owner: SQL)] = [
        ("model", "account_id"), ("prompt", "account_id"), ("channel", "account_id"), ("account_group", "owner_id"),
    ]

    /// Deletes an account, ends what runs in its name, and closes its sockets.
    ///
    /// What is the account's alone goes with it, by the tables' foreign keys: chats, folders, tags, notes, memories, feedback, sessions, keys,
    /// memberships. Models, prompts, channels and groups go to the admin who has been there longest. What it wrote in channels
    /// stays, without a name, as a part of other people's conversations.
    package static func delete(_ id: String, _ context: Context) throws {
        let database = context.database
        try database.transaction {
            try context.shared.accountHooks.accountDeleted(id, database)
            let heir = try database.query(
                "select id from account where role = 'admin' and id <> \(id) order by created_at, position limit 1"
            ).first?.text(0)
            if let heir {
                for (table, owner) in handedOver {
                    try database.execute("update \(table) set \(owner) = \(heir) where \(owner) = \(id)")
                }
            }
            try database.execute("delete from channel_reaction where account_id = \(id)")
            try database.execute("delete from account where id = \(id)")
            context.closeSockets(ofAccount: id)
        }
    }
}
