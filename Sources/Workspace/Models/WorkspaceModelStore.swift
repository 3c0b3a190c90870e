import Accounts
import Core
package import Postgres

package enum WorkspaceModelStore {
    package static func all(_ database: Connection) throws -> [WorkspaceModel] {
        try database.query("select \(WorkspaceModel.columns) from model m order by m.created_at, m.id").map(
            WorkspaceModel.init
        )
    }

    package static func find(_ id: String, _ database: Connection) throws -> WorkspaceModel? {
        try database.query("select \(WorkspaceModel.columns) from model m where m.id = \(id)").first.map(
            WorkspaceModel.init
        )
    }

    static func find(all ids: [String], _ database: Connection) throws -> [WorkspaceModel] {
        try database.query("select \(WorkspaceModel.columns) from model m where m.id = any(\(ids))").map(
            WorkspaceModel.init
        )
    }

    /// Presets with their owners, in rows of `WorkspaceModel.columns` and `Owner.columns`: those that an account may change, or all
    /// of them for nil.
    static func presets(writableBy account: String?, _ database: Connection) throws -> Rows {
        let filter: SQL =
            account.map {
                "and \(AccessControl.condition(column: "m.access_control", owner: "m.account_id", account: $0, .write))"
            } ?? ""
        return try database.query(
            """
            select \(WorkspaceModel.columns), \(Owner.columns) from model m left join account o on o.id = m.account_id
            where m.base_model_id is not null \(filter) order by m.created_at, m.id
            """
        )
    }

    /// Rows of `WorkspaceModel.columns`: what administrators changed of providers' models, presets, or both.
    static func rows(_ kind: Kind, _ database: Connection) throws -> Rows {
        let filter: SQL =
            switch kind {
            case .presets: "where m.base_model_id is not null"
            case .overrides: "where m.base_model_id is null"
            case .all: ""
            }
        return try database.query("select \(WorkspaceModel.columns) from model m \(filter) order by m.created_at, m.id")
    }

    enum Kind {
        case presets, overrides, all
    }

    /// - Returns: nil when there is a model with this id already.
    static func insert(_ form: WorkspaceModelForm, owner: String, _ database: Connection) throws -> WorkspaceModel? {
        let now = Clock.nowSeconds
        return try database.query(
            """
            insert into model as m (id, account_id, base_model_id, name, params, meta, access_control, is_active, created_at, updated_at)
            values (\(form.id), \(owner), \(form.baseModelID), \(form.name), \(RawJSON(.object(form.params))),
                \(RawJSON(.object(form.meta))), \(form.accessControl.map { RawJSON(.object($0)) }), \(form.isActive), \(now), \(now))
            on conflict (id) do nothing
            returning \(WorkspaceModel.columns)
            """
        ).first.map(WorkspaceModel.init)
    }

    /// Replaces all but the id, the owner and the time of creation.
    ///
    /// - Returns: nil when there is no such model any more.
    static func update(_ id: String, _ form: WorkspaceModelForm, _ database: Connection) throws -> WorkspaceModel? {
        try database.query(
            """
            update model m set base_model_id = \(form.baseModelID), name = \(form.name), params = \(RawJSON(.object(form.params))),
                meta = \(RawJSON(.object(form.meta))), access_control = \(form.accessControl.map { RawJSON(.object($0)) }),
                is_active = \(form.isActive), updated_at = \(Clock.nowSeconds)
            where m.id = \(id)
            returning \(WorkspaceModel.columns)
            """
        ).first.map(WorkspaceModel.init)
    }

    /// - Returns: nil when there is no such model any more.
    static func toggle(_ id: String, _ database: Connection) throws -> WorkspaceModel? {
        try database.query(
            """
            update model m set is_active = not is_active, updated_at = \(Clock.nowSeconds) where m.id = \(id)
            returning \(WorkspaceModel.columns)
            """
        ).first.map(WorkspaceModel.init)
    }

    static func delete(_ id: String, _ database: Connection) throws {
        try database.execute("delete from model where id = \(id)")
    }

    static func deleteAll(_ database: Connection) throws {
        try database.execute("delete from model")
    }
}
