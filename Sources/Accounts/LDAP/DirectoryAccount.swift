import Core
import HTTP
import Postgres

/// The account of somebody whom the directory vouches for: the one with the same address, or a new one.
enum DirectoryAccount {
    /// The lock of `SignUp`: of all who come at once, one is the first.
    private static let lock = 5_202_311

    static func settle(_ person: DirectoryPerson, _ context: Context) throws -> Account {
        let database = context.database
        return try database.transaction {
            let account = try AccountStore.find(email: person.email, database) ?? create(person, context)
            guard try CredentialStore.isActive(account.id, database) else {
                throw APIError.badRequest(DirectorySignIn.failed)
            }
            let settings = try context.settings
            guard settings[Setting.enableLDAPGroupManagement], !account.isAdmin, !person.groups.isEmpty else {
                return account
            }
            if settings[Setting.enableLDAPGroupCreation] {
                try createMissing(person.groups, for: account, database)
            }
            try GroupStore.setGroups(named: person.groups, of: account.id, database)
            try context.shared.accountHooks.membershipChanged(account.id, database)
            return try AccountStore.find(account.id, database) ?? account
        }
    }

    /// Whoever is in the directory may have an account, also while the sign-up form is closed. There is no password row: only the
    /// directory signs such an account in.
    private static func create(_ person: DirectoryPerson, _ context: Context) throws -> Account {
        let database = context.database
        try database.execute("select pg_advisory_xact_lock(\(lock))")
        if let account = try AccountStore.find(email: person.email, database) { return account }
        let isFirst = try AccountStore.isEmpty(database)
        let standard = Role(rawValue: try context.settings[Setting.defaultUserRole]) ?? .pending
        let account = try AccountStore.insert(
            NewAccount(email: person.email, name: person.name, role: isFirst ? .admin : standard, passwordHash: nil),
            database
        )
        if isFirst { try SettingsStore.save([(Setting.enableSignup, false)], database) }
        try context.shared.accountHooks.signedUp(account, database)
        return account
    }

    private static func createMissing(_ names: [String], for account: Account, _ database: Connection) throws {
        // One after the other, so that two people of one new group do not make it twice.
        try database.execute("select pg_advisory_xact_lock(hashtextextended('groups of the directory', 0))")
        let rows = try database.query("select name from account_group where name = any(\(names))")
        let present = Set(try rows.map { try $0.text(0) })
        for name in names where !present.contains(name) {
            _ = try GroupStore.insert(name: name, description: "", permissions: nil, owner: account.id, database)
        }
    }
}
