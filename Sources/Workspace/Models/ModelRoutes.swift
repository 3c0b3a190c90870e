import Accounts
import Core
import HTTP
import Postgres

/// The workspace's models. Ids hold slashes, so that most routes take them in the query.
enum ModelRoutes {
    static let all: [Route<Context>] = [
        Route(.get, "/api/v1/models/", .verified, list),
        Route(.get, "/api/v1/models/base", .admin, overrides),
        Route(.post, "/api/v1/models/create", .verified, create),
        Route(.post, "/api/v1/models", .verified, create),
        Route(.get, "/api/v1/models/model", .verified) { try show($0, $0.request.requiredQuery("id")) },
        Route(.get, "/api/v1/models/{id...}", .verified) { try show($0, $0.parameter("id")) },
        Route(.get, "/api/v1/models/model/profile/image", .verified, picture),
        Route(.post, "/api/v1/models/model/toggle", .verified, toggle),
        Route(.post, "/api/v1/models/model/update", .verified, update),
        Route(.delete, "/api/v1/models/model/delete", .verified, delete),
        Route(.delete, "/api/v1/models/delete/all", .admin, deleteAll),
    ]

    private static let publishing = "sharing.public_models"
    static let idTaken = "Uh-oh! This model id is already registered. Please choose another model id string."

    /// The presets that the caller may change; all of them for admins who see everything.
    private static func list(_ context: Context) throws -> Response {
        let account = try context.seesAllOfWorkspace ? nil : context.account.id
        let rows = try WorkspaceModelStore.presets(writableBy: account, context.database)
        return try .json { json in
            try json.array(of: rows) { json, row in
                try json.object {
                    try WorkspaceModel.writeMembers(row, &$0)
                    $0.key("user")
                    try Owner.write(row, from: WorkspaceModel.columnCount, &$0)
                }
            }
        }
    }

    private static func overrides(_ context: Context) throws -> Response {
        try respond(WorkspaceModelStore.rows(.overrides, context.database))
    }

    private static func create(_ context: Context) throws -> Response {
        try context.requireWorkspace("workspace.models")
        var form = try WorkspaceModelForm(Form(context.request))
        try checkBase(form, of: nil, context)
        form.accessControl = try context.published(form.accessControl, Self.publishing)
        guard let model = try WorkspaceModelStore.insert(form, owner: context.account.id, context.database) else {
            throw APIError.unauthorized(idTaken)
        }
        return .json(.object(model.json))
    }

    /// Null for whom it is not shared with: pages ask for whatever a chat names. The system prompt is for those who may change the model.
    private static func show(_ context: Context, _ id: String) throws -> Response {
        let model = try find(id, context)
        guard try context.seesAllOfWorkspace || allows(.read, model, context) else { return .json(.null) }
        var shown = JSONValue.object(model.json)
        if try !context.account.isAdmin, try !allows(.write, model, context) { shown["params"]?["system"] = .none }
        return .json(shown)
    }

    /// A model without a base changes a provider's own, for everybody: that is for admins. A preset may stand on whatever its owner may use,
    /// which is looked at with each question; so nobody but the owner moves it to another base.
    private static func checkBase(_ form: WorkspaceModelForm, of model: WorkspaceModel?, _ context: Context) throws {
        let account = try context.account
        if account.isAdmin { return }
        if let model, form.baseModelID == model.baseModelID { return }
        guard form.baseModelID != nil, model == nil || model?.ownerID == account.id else {
            throw APIError.badRequest(Detail.accessProhibited)
        }
    }

    private static func picture(_ context: Context) throws -> Response {
        let model = try WorkspaceModelStore.find(context.request.requiredQuery("id"), context.database)
        return ModelPicture.response(for: model?.meta["profile_image_url"]?.string)
    }

    private static func toggle(_ context: Context) throws -> Response {
        let model = try writable(context, or: .unauthorized(Detail.unauthorized))
        return try respond(WorkspaceModelStore.toggle(model.id, context.database))
    }

    /// The id in the query says which; the form's own does not count.
    private static func update(_ context: Context) throws -> Response {
        var form = try WorkspaceModelForm(Form(context.request))
        let model = try writable(context, or: .badRequest(Detail.accessProhibited))
        try checkBase(form, of: model, context)
        let isPublic = model.accessControl == nil
        form.accessControl = try context.published(form.accessControl, wasPublic: isPublic, Self.publishing)
        return try respond(WorkspaceModelStore.update(model.id, form, context.database))
    }

    private static func delete(_ context: Context) throws -> Response {
        let model = try writable(context, or: .unauthorized(Detail.unauthorized))
        try WorkspaceModelStore.delete(model.id, context.database)
        return .json(true)
    }

    private static func deleteAll(_ context: Context) throws -> Response {
        try WorkspaceModelStore.deleteAll(context.database)
        return .json(true)
    }

    /// Rows of `WorkspaceModel.columns` as a list.
    static func respond(_ rows: Rows) throws -> Response {
        try .json { json in
            try json.array(of: rows) { json, row in
                try json.object { try WorkspaceModel.writeMembers(row, &$0) }
            }
        }
    }

    private static func respond(_ model: WorkspaceModel?) throws -> Response {
        guard let model else { throw APIError.unauthorized(Detail.notFound) }
        return .json(.object(model.json))
    }

    private static func find(_ id: String, _ context: Context) throws -> WorkspaceModel {
        guard let model = try WorkspaceModelStore.find(id, context.database) else {
            throw APIError.unauthorized(Detail.notFound)
        }
        return model
    }

    /// The model that the query names.
    ///
    /// - Throws: `refusal` unless the caller is an admin, the owner, or one it is shared with for writing.
    private static func writable(_ context: Context, or refusal: APIError) throws -> WorkspaceModel {
        let model = try find(context.request.requiredQuery("id"), context)
        guard try context.account.isAdmin || allows(.write, model, context) else { throw refusal }
        return model
    }

    private static func allows(_ right: AccessControl.Right, _ model: WorkspaceModel, _ context: Context) throws -> Bool
    {
        let account = try context.account
        return AccessControl.allows(
            model.accessControl,
            right,
            account: account.id,
            groupIDs: Set(account.groupIDs),
            owner: model.ownerID
        )
    }
}
