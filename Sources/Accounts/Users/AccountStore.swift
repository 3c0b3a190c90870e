import Core
import Crypto
import HTTP
package import Postgres

/// An account to be made.
package struct NewAccount: Sendable {
    package var email: String
    package var name: String
    package var role: Role
    package var profileImageURL = ProfilePicture.standard
    /// Nil for an account that can not sign in by password.
    package var passwordHash: String?

    package init(email: String, name: String, role: Role, passwordHash: String?) {
        self.email = email
        self.name = name
        self.role = role
        self.passwordHash = passwordHash
    }
}

package enum AccountStore {
    package static func find(_ id: String, _ database: Connection) throws -> Account? {
        try database.query("select \(Account.columns) from account a where a.id = \(id)").first.map(Account.init)
    }

    package static func find(email: String, _ database: Connection) throws -> Account? {
        try database.query("select \(Account.columns) from account a where lower(a.email) = lower(\(email))")
            .first.map(Account.init)
    }

    package static func isEmpty(_ database: Connection) throws -> Bool {
        try database.query("select not exists (select from account)")[0].bool(0)
    }

    /// The admin who has been there longest. Nobody else may change this account, so that there always is an admin.
    package static func primaryAdmin(_ database: Connection) throws -> Account? {
        try database.query(
            "select \(Account.columns) from account a where a.role = 'admin' order by a.created_at, a.position limit 1"
        ).first.map(Account.init)
    }

    /// - Throws: 400 when the address is taken.
    package static func insert(_ new: NewAccount, _ database: Connection) throws -> Account {
        let now = Clock.nowSeconds
        return try refusingTakenAddress {
            try database.transaction {
                let row = try database.query(
                    """
                    insert into account as a
                        (id, email, name, role, profile_image_url, last_active_at, created_at, updated_at)
                    values (\(Random.uuid()), \(new.email), \(new.name), \(new.role.rawValue), \(new.profileImageURL),
                        \(now), \(now), \(now))
                    returning \(Account.columns)
                    """
                )[0]
                let account = try Account(row: row)
                if let hash = new.passwordHash { try CredentialStore.set(hash, of: account.id, database) }
                return account
            }
        }
    }

    static func update(_ id: String, _ edit: AccountEdit, _ database: Connection) throws {
        _ = try refusingTakenAddress {
            try database.execute(
                """
                update account set role = \(edit.role.rawValue), name = \(edit.name), email = \(edit.email),
                    profile_image_url = \(edit.profileImageURL), updated_at = \(Clock.nowSeconds)
                where id = \(id)
                """
            )
        }
    }

    static func update(_ id: String, _ profile: Profile, _ database: Connection) throws {
        try database.execute(
            """
            update account set name = \(profile.name), profile_image_url = \(profile.profileImageURL), bio = \(profile.bio as String?),
                gender = \(profile.gender as String?), date_of_birth = \(profile.dateOfBirth as String?)::text::date,
                updated_at = \(Clock.nowSeconds)
            where id = \(id)
            """
        )
    }

    /// Notes that an account made a request. Writes at most once a minute.
    package static func touch(_ account: Account, _ database: Connection) throws {
        let now = Clock.nowSeconds
        guard now - account.lastActiveAt >= 60 else { return }
        try database.execute(
            "update account set last_active_at = \(now) where id = \(account.id) and last_active_at <= \(now - 60)"
        )
    }

    private static func refusingTakenAddress<R>(_ change: () throws -> R) throws -> R {
        do {
            return try change()
        } catch let error as PostgresError where error.isUniqueViolation && error.constraint == "account_email" {
            throw APIError.badRequest(Detail.emailTaken)
        }
    }
}
