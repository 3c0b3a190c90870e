import Accounts
import Core
import HTTP

extension Context {
    /// Whether the caller is an admin to whom access lists do not apply (`BYPASS_ADMIN_ACCESS_CONTROL`).
    var seesAllOfWorkspace: Bool {
        get throws { try account.isAdmin && settings[Setting.bypassAdminAccessControl] }
    }

    /// The access that a form gives, as far as the caller may: without the permission nothing is opened to everybody that was not so before.
    func published(_ control: JSONObject?, wasPublic: Bool = false, _ permission: String) throws -> JSONObject? {
        try control != nil || wasPublic || allows(permission) ? control : [:]
    }

    /// Refuses who lacks a permission of the workspace. A route's own check would say it in other words than clients know.
    func requireWorkspace(_ permission: String) throws {
        if try !allows(permission) { throw APIError.unauthorized(Detail.unauthorized) }
    }
}
