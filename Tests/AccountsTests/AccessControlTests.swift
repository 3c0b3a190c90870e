import Accounts
import Core
import Postgres
import Testing

@Suite(.database) struct AccessControlTests {
    /// Who asks: the owner, a listed account, a member of a listed group, anybody else.
    private static let askers = ["owner", "ann", "member", "stranger"]
    private static let listed: JSONValue = [
        "read": ["user_ids": ["ann"], "group_ids": ["g"]], "write": ["user_ids": [], "group_ids": ["g"]],
    ]
    /// A stored value, and who of the askers may read and write.
    private static let truth: [(control: JSONValue?, read: [Bool], write: [Bool])] = [
        (nil, [true, true, true, true], [true, false, false, false]),
        (.null, [true, true, true, true], [true, false, false, false]),
        ([:], [true, false, false, false], [true, false, false, false]),
        (listed, [true, true, true, false], [true, false, true, false]),
        (["write": ["user_ids": ["ann"]]], [true, false, false, false], [true, true, false, false]),
        (
            ["read": ["user_ids": "ann", "group_ids": ["g": 1]]], [true, false, false, false],
            [true, false, false, false]
        ),
        (["read": [["ann"]]], [true, false, false, false], [true, false, false, false]),
        (["read": ["user_ids": [1, .null, "ann"]]], [true, true, false, false], [true, false, false, false]),
        ("ann", [true, false, false, false], [true, false, false, false]),
        (["read", "ann"], [true, false, false, false], [true, false, false, false]),
    ]

    @Test func theTableHoldsInSwiftAndInSQL() throws {
        try TestServer.run { (server) throws in
            let database = server.connect()
            let member = try AccountStore.insert(
                NewAccount(email: "m@example.com", name: "M", role: .user, passwordHash: nil),
                database
            ).id
            try database.script(
                """
                insert into account_group (id, owner_id, name, created_at, updated_at) values ('g', 'x', 'g', 1, 1);
                create table thing (owner_id text not null, access_control jsonb)
                """
            )
            try database.execute("insert into membership (group_id, account_id) values ('g', \(member))")
            for (control, read, write) in Self.truth {
                try database.execute("delete from thing")
                try database.execute(
                    "insert into thing values ('owner', \(control.map { RawJSON($0.text) } as RawJSON?))"
                )
                for (index, asker) in Self.askers.enumerated() {
                    let account = asker == "member" ? member : asker
                    let groups = try GroupStore.ids(of: account, database)
                    for (right, expected) in [(AccessControl.Right.read, read[index]), (.write, write[index])] {
                        #expect(
                            AccessControl.allows(control, right, account: account, groupIDs: groups, owner: "owner")
                                == expected,
                            "\(asker) \(right) \(control?.text ?? "nil")"
                        )
                        let condition = AccessControl.condition(
                            column: "t.access_control",
                            owner: "t.owner_id",
                            account: account,
                            right
                        )
                        let rows = try database.query("select \(condition) from thing t")
                        #expect(
                            try rows[0].bool(0) == expected,
                            "\(asker) \(right) \(control?.text ?? "nil") in SQL"
                        )
                    }
                }
            }
        }
    }

    @Test func aChannelWithoutARuleIsWrittenByEverybody() throws {
        try TestServer.run { (server) throws in
            let database = server.connect()
            for (control, expected) in [(JSONValue?.none, true), (.null, true), ([:], false)] {
                #expect(
                    AccessControl.allows(
                        control,
                        .write,
                        account: "ann",
                        groupIDs: [],
                        owner: "owner",
                        everyoneWrites: true
                    ) == expected
                )
                let condition = AccessControl.condition(
                    column: "t.c",
                    owner: "t.o",
                    account: "ann",
                    .write,
                    everyoneWrites: true
                )
                let json = control.map { RawJSON($0.text) } as RawJSON?
                let rows = try database.query(
                    "select \(condition) from (select 'owner' as o, \(json as RawJSON?) as c) t"
                )
                #expect(try rows[0].bool(0) == expected)
            }
        }
    }
}
