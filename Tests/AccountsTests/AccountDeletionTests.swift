import Accounts
import Core
import HTTP
import Postgres
import Testing

@Suite(.database) struct AccountDeletionTests {
    /// What `AccountStore.delete` thinks of itself, since no foreign key does it.
    private static let handledByHand: Set = [
        "account_group.owner_id", "channel.account_id", "channel_reaction.account_id", "model.account_id",
        "prompt.account_id",
    ]
    /// What stays: posts in conversations of others, and sockets, which are closed.
    private static let staying: Set = ["channel_message.account_id", "socket_session.account_id"]

    /// A table that names accounts either goes with them by its foreign key, or is written down here.
    @Test func everyTableThatNamesAnAccountIsThoughtOf() throws {
        try TestServer.run { (server) throws in
            let rows = try server.connect().query(
                """
                select c.table_name || '.' || c.column_name from information_schema.columns c
                where c.table_schema = current_schema() and c.column_name in ('account_id', 'owner_id', 'user_id')
                    and not exists (
                        select from pg_constraint k
                        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
                        where k.contype = 'f' and k.confdeltype = 'c' and k.conrelid = format('%I', c.table_name)::regclass
                            and k.confrelid = 'account'::regclass and a.attname = c.column_name)
                """
            )
            #expect(Set(try rows.map { try $0.text(0) }) == Self.handledByHand.union(Self.staying))
        }
    }

    @Test func whatOthersUseGoesToTheFirstAdmin() throws {
        try TestServer.run { (server) throws in
            let boss = try server.account("boss", role: .admin, age: 100)
            let second = try server.account("second", role: .admin)
            let ann = try server.account("ann")
            let database = server.connect()
            try database.execute(
                """
                with m as (insert into model (id, account_id, base_model_id, name, created_at, updated_at)
                    values ('mine', \(ann.id), 'base', 'Mine', 1, 1)),
                p as (insert into prompt (command, account_id, title, content, updated_at)
                    values ('/mine', \(ann.id), 'Mine', 'x', 1)),
                g as (insert into account_group (id, owner_id, name, created_at, updated_at)
                    values ('g', \(ann.id), 'G', 1, 1)),
                c as (insert into channel (id, account_id, name, created_at, updated_at) values ('c', \(ann.id), 'C', 1, 1))
                insert into chat (id, account_id, title, body, created_at, updated_at)
                values ('chat', \(ann.id), 'Chat', '{}', 1, 1)
                """
            )
            try database.execute(
                """
                insert into channel_message (id, channel_id, account_id, content, created_at, updated_at)
                values ('m', 'c', \(ann.id), 'Hello', 1, 1)
                """
            )
            try database.execute(
                """
                insert into channel_reaction (message_id, account_id, name, created_at) values ('m', \(ann.id), 'x', 1)
                """
            )
            #expect(try server.call(.delete, "/api/v1/users/\(ann.id)", token: second.token).json == true)
            for (table, column) in [
                ("model", "account_id"), ("prompt", "account_id"), ("account_group", "owner_id"),
                ("channel", "account_id"),
            ] {
                let owner = try database.query("select \(unsafe: column) from \(unsafe: table)")[0].text(0)
                #expect(owner == boss.id, "\(table)")
            }
            #expect(try database.query("select content from channel_message")[0].text(0) == "Hello")
            for table in ["channel_reaction", "chat"] {
                #expect(try database.query("select from \(unsafe: table)").isEmpty, "\(table)")
            }
            for room in ["user:\(ann.id)", "plain:\(ann.id)"] {
                #expect(try server.allClosedRooms.contains(room))
            }
        }
    }

    /// Whatever an account's address is, an unknown one's costs the same: it is checked against the hash of some account.
    @Test func anUnknownAddressIsCheckedAgainstSomebodysHash() throws {
        try TestServer.run { (server) throws in
            let database = server.connect()
            #expect(try CredentialStore.stranger(to: "x@example.com", secret: "s", database) == nil)
            for name in ["one", "two", "three"] { _ = try server.account(name) }
            try database.execute("update credential set password_hash = account_id")
            let hashes = try (0..<40).map { number in
                try CredentialStore.stranger(to: "x\(number)@example.com", secret: "s", database)
            }
            #expect(Set(hashes).count == 3)
            let again = try (0..<40).map { number in
                try CredentialStore.stranger(to: "x\(number)@example.com", secret: "s", database)
            }
            #expect(hashes == again)
        }
    }
}
