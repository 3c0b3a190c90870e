import Core
import Postgres

/// Many models at once, each in one statement however many there are.
extension WorkspaceModelStore {
    /// A model as another installation had it.
    struct Transferred {
        let form: WorkspaceModelForm
        /// Nil: now, or what it was here.
        var createdAt: Int?
    }

    /// Inserts models and replaces those that are there. Of one id the last one counts. Owners of models that are there stay;
    /// `owner` is that of the others.
    static func upsert(_ models: [Transferred], owner: String, _ database: Connection) throws {
        var rows: JSONObject = [:]
        for model in models {
            var row = model.form.json
            row["created_at"] = JSONValue(model.createdAt)
            rows[model.form.id] = .object(row)
        }
        guard !rows.isEmpty else { return }
        let now = Clock.nowSeconds
        try database.execute(
            """
            insert into model (id, account_id, base_model_id, name, params, meta, access_control, is_active, created_at, updated_at)
            select t.id, \(owner), t.base_model_id, t.name, t.params, t.meta, t.access_control, t.is_active,
                coalesce(t.created_at, \(now)), \(now)
            from jsonb_to_recordset(\(RawJSON(.array(Array(rows.values))))) as t (
                id text, base_model_id text, name text, params jsonb, meta jsonb, access_control jsonb, is_active boolean,
                created_at bigint)
            on conflict (id) do update set base_model_id = excluded.base_model_id, name = excluded.name, params = excluded.params,
                meta = excluded.meta, access_control = excluded.access_control, is_active = excluded.is_active,
                updated_at = excluded.updated_at
            """
        )
    }

    static func deleteAll(but ids: [String], _ database: Connection) throws {
        try database.execute("delete from model where id <> all(\(ids))")
    }
}
