import Core
import Postgres

/// The groups that a provider puts an account into. Blocked ones stay as they are.
struct ProviderGroups {
    private let names: [String]
    private let blocked: BlockedGroups
    private let creates: Bool
    private let permissions: RawJSON

    init(_ names: [String], _ settings: Settings) {
        blocked = BlockedGroups(settings[Setting.oauthBlockedGroups])
        self.names = names.filter { [blocked] in !blocked.contains($0) }
        creates = settings[Setting.enableOAuthGroupCreation]
        permissions = RawJSON(settings[Setting.userPermissions].text)
    }

    /// Leaves the groups that the provider does not name and joins those it does; to be called within a transaction.
    func apply(to account: Account, _ database: Connection) throws {
        if creates { try createMissing(for: account, database) }
        let left = try GroupStore.of(account: account.id, database)
            .filter { !names.contains($0.name) && !blocked.contains($0.name) }
        let ids = left.map(\.id)
        try database.execute("delete from membership where account_id = \(account.id) and group_id = any(\(ids))")
        try database.execute(
            """
            insert into membership (group_id, account_id)
            select g.id, \(account.id) from account_group g where g.name = any(\(names)) on conflict do nothing
            """
        )
    }

    private func createMissing(for account: Account, _ database: Connection) throws {
        let present = Set(
            try database.query("select name from account_group where name = any(\(names))").map { try $0.text(0) }
        )
        let missing = names.filter { !present.contains($0) }
        if missing.isEmpty { return }
        let owner = try AccountStore.primaryAdmin(database)?.id ?? account.id
        for name in missing {
            _ = try GroupStore.insert(
                name: name,
                description: "Group '\(name)' created automatically via OAuth.",
                permissions: permissions,
                owner: owner,
                database
            )
        }
    }
}
