import Accounts
import Core
import HTTP

extension Context {
    /// Whether the caller is an admin to whom access lists do not apply (`BYPASS_ADMIN_ACCESS_CONTROL`).
    var seesAllOfWorkspace: Bool {
        get throws { try account.isAdmin && settings[Setting.bypassAdminAccessControl] }
    }

    /// Refuses who lacks a permission of the workspace. A route's own check would say it in other words than clients know.
    func requireWorkspace(_ permission: String) throws {
        if try !allows(permission) { throw APIError.unauthorized(Detail.unauthorized) }
    }
}
