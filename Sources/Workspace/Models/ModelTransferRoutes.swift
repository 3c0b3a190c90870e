import Accounts
import Core
import HTTP
import Postgres

/// Models as files that admins carry from one installation to another.
enum ModelTransferRoutes {
    static let all: [Route<Context>] = [
        Route(.get, "/api/v1/models/export", .admin, export),
        Route(.post, "/api/v1/models/import", .admin, `import`),
        Route(.post, "/api/v1/models/sync", .admin, sync),
    ]

    private static func export(_ context: Context) throws -> Response {
        try ModelRoutes.respond(WorkspaceModelStore.rows(.presets, context.database))
    }

    /// Adds models, and changes those that are there in what the file names. All or nothing. Entries without an id are passed over.
    private static func `import`(_ context: Context) throws -> Response {
        let entries = try objects(Form(context.request), isRequired: true)
        let owner = try context.account.id
        try context.database.transaction {
            let ids = entries.compactMap { $0["id"]?.string }
            let found = try WorkspaceModelStore.find(all: ids, context.database)
            let known = Dictionary(found.map { ($0.id, $0.json) }, uniquingKeysWith: { first, _ in first })
            let models = try entries.enumerated().compactMap { index, entry -> WorkspaceModelStore.Transferred? in
                guard let id = entry["id"], id.isTruthy else { return nil }
                var fields: JSONObject = ["meta": [:], "params": [:]]
                fields.merge(entry) { _, new in new }
                fields = (id.string.flatMap { known[$0] } ?? [:]).merging(fields) { _, new in new }
                return WorkspaceModelStore.Transferred(form: try form(fields, index))
            }
            try WorkspaceModelStore.upsert(models, owner: owner, context.database)
        }
        return .json(true)
    }

    /// Makes the workspace equal to the file: what it does not name is deleted.
    private static func sync(_ context: Context) throws -> Response {
        let entries = try objects(Form(context.request), isRequired: false)
        let owner = try context.account.id
        let models = try entries.enumerated().map { index, entry in
            let times = Form(object: entry, at: ["body", "models", JSONValue(index)])
            return WorkspaceModelStore.Transferred(form: try form(entry, index), createdAt: try times.int("created_at"))
        }
        let rows = try context.database.transaction {
            try WorkspaceModelStore.upsert(models, owner: owner, context.database)
            try WorkspaceModelStore.deleteAll(but: models.map(\.form.id), context.database)
            return try WorkspaceModelStore.rows(.all, context.database)
        }
        return try ModelRoutes.respond(rows)
    }

    private static func objects(_ form: Form, isRequired: Bool) throws -> [JSONObject] {
        if !isRequired, form["models"] == nil { return [] }
        return try form.list("models").enumerated().map { index, value in
            guard let object = value.object else {
                throw APIError.invalid(
                    "dict_type",
                    at: ["body", "models", JSONValue(index)],
                    "Input should be a valid dictionary",
                    input: value
                )
            }
            return object
        }
    }

    private static func form(_ fields: JSONObject, _ index: Int) throws -> WorkspaceModelForm {
        try WorkspaceModelForm(Form(object: fields, at: ["body", "models", JSONValue(index)]))
    }
}
