import Core
import Crypto
import HTTP
import Postgres

/// The statements behind the provider's view of accounts.
enum SCIMUserStore {
    static func find(_ id: String, _ database: Connection) throws -> SCIMUser? {
        try database.query("select \(SCIMUser.columns(withGroups: true)) from account a where a.id = \(id)")
            .first.map(SCIMUser.init)
    }

    /// The account stays as it is until the end of the transaction.
    static func hold(_ id: String, _ database: Connection) throws -> SCIMUser? {
        guard try !database.query("select from account where id = \(id) for update").isEmpty else { return nil }
        return try find(id, database)
    }

    static func list(_ ids: [String], withGroups: Bool, _ database: Connection) throws -> [SCIMUser] {
        try database.query("select \(SCIMUser.columns(withGroups: withGroups)) from account a where a.id = any(\(ids))")
            .map(SCIMUser.init)
    }

    static func insert(_ edit: SCIMUserEdit, _ database: Connection) throws -> String {
        try checkFree(edit, except: nil, database)
        var new = NewAccount(email: edit.email, name: edit.name, role: edit.role, passwordHash: nil)
        if let picture = edit.picture { new.profileImageURL = picture }
        return try refusingTaken(edit) {
            let account = try AccountStore.insert(new, database)
            try writeOwn(edit, account.id, database)
            return account.id
        }
    }

    static func update(_ id: String, _ edit: SCIMUserEdit, _ database: Connection) throws {
        try checkFree(edit, except: id, database)
        try refusingTaken(edit) {
            try database.execute(
                """
                update account set email = \(edit.email), name = \(edit.name), role = \(edit.role.rawValue),
                    profile_image_url = coalesce(\(edit.picture), profile_image_url), updated_at = \(Clock.nowSeconds)
                where id = \(id)
                """
            )
            try writeOwn(edit, id, database)
        }
    }

    private static func writeOwn(_ edit: SCIMUserEdit, _ id: String, _ database: Connection) throws {
        let stored = edit.stored.isEmpty ? nil : RawJSON(.object(edit.stored))
        try database.execute(
            """
            update account set scim_user_name = \(edit.userName), scim_external_id = \(edit.externalID), scim = \(stored)
            where id = \(id)
            """
        )
    }

    /// No two accounts have one address, nor one name by which providers know them.
    private static func checkFree(_ edit: SCIMUserEdit, except id: String?, _ database: Connection) throws {
        let name = (edit.userName ?? edit.email).lowercased()
        let taken = try database.query(
            """
            select exists (select from account a where a.id is distinct from \(id) and (lower(a.email) = \(edit.email.lowercased())
                or lower(a.scim_user_name) = \(name) or (a.scim_user_name is null and lower(a.email) = \(name))))
            """
        )[0].bool(0)
        if taken { throw Self.taken(edit) }
    }

    /// What came between the check and the change.
    private static func refusingTaken<R>(_ edit: SCIMUserEdit, _ change: () throws -> R) throws -> R {
        do {
            return try change()
        } catch let error as PostgresError where error.isUniqueViolation {
            throw taken(edit)
        } catch let error as APIError where error.detail.string == Detail.emailTaken {
            throw taken(edit)
        }
    }

    private static func taken(_ edit: SCIMUserEdit) -> SCIMError {
        .taken("User with email \(edit.userName ?? edit.email) already exists")
    }
}
