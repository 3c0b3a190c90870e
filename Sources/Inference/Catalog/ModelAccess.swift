package import Accounts
package import Core
package import Postgres

/// Which models an account may see and use.
package struct ModelAccess {
    private let account: Account
    private let settings: Settings
    private let seesAll: Bool

    package init(_ context: Context) throws {
        try self.init(account: context.account, settings: context.settings)
    }

    package init(account: Account, settings: Settings) {
        self.account = account
        self.settings = settings
        seesAll =
            settings[Setting.bypassModelAccessControl]
            || (account.isAdmin && settings[Setting.bypassAdminAccessControl])
    }

    package func mayUse(_ model: CatalogModel) -> Bool {
        if seesAll { return true }
        return switch model.reader {
        case .everybody: true
        case .administrators: account.isAdmin
        case .accordingTo(let owner, let control):
            AccessControl.allows(
                control,
                .read,
                account: account.id,
                groupIDs: Set(account.groupIDs),
                owner: owner ?? ""
            )
        }
    }

    package func mayChange(_ model: CatalogModel) -> Bool {
        if account.isAdmin { return true }
        guard case .accordingTo(let owner, let control) = model.reader else { return false }
        return AccessControl.allows(
            control,
            .write,
            account: account.id,
            groupIDs: Set(account.groupIDs),
            owner: owner ?? ""
        )
    }

    /// Whether the model may be asked now. Reading a preset is enough, even if its base is closed, as long as its owner may use that base:
    /// so administrators can open a closed model in one form, and nobody can open it for himself.
    package func mayAsk(_ model: CatalogModel, in catalog: Catalog, _ database: Connection) throws -> Bool {
        guard mayUse(model) else { return false }
        guard case .preset(let base) = model.source, let base = catalog.base(base), !mayUse(base) else { return true }
        guard let owner = model.row?.ownerID, owner != account.id, let other = try Account.find(owner, database) else {
            return false
        }
        return ModelAccess(account: other, settings: settings).mayUse(base)
    }

    /// Shuts the presets of an account that stand on models which it may not use. To be called before they go to an admin, who may use every
    /// model, and with whom they would open it to their readers.
    package static func shutPresets(of id: String, _ settings: LiveSettings, _ database: Connection) throws {
        guard let account = try Account.find(id, database) else { return }
        let catalog = try CatalogCache.process.catalog(settings, database)
        let access = ModelAccess(account: account, settings: settings.current)
        let rows = try database.query(
            "select id, base_model_id from model where account_id = \(id) and base_model_id is not null"
        )
        for row in rows {
            if let base = catalog[try row.text(1)], access.mayUse(base) { continue }
            try database.execute("update model set access_control = '{}' where id = \(row.text(0))")
        }
    }
}
