package import Accounts
package import Core

/// Which models an account may see and use.
package struct ModelAccess {
    private let account: Account
    private let seesAll: Bool

    package init(_ context: Context) throws {
        try self.init(account: context.account, settings: context.settings)
    }

    package init(account: Account, settings: Settings) {
        self.account = account
        seesAll =
            settings[Setting.bypassModelAccessControl] || (account.isAdmin && settings[Setting.bypassAdminAccessControl])
    }

    package func mayUse(_ model: CatalogModel) -> Bool {
        if seesAll { return true }
        return switch model.reader {
        case .everybody: true
        case .administrators: account.isAdmin
        case .accordingTo(let owner, let control):
            AccessControl.allows(control, .read, account: account.id, groupIDs: Set(account.groupIDs), owner: owner ?? "")
        }
    }
}
