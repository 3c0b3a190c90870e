import Core
import HTTP

/// What clients send of a model: `{id, name, base_model_id?, meta, params, access_control?, is_active?}`.
///
/// `meta` gets the members that pages rely on; other members of it, and all of `params`, are only carried.
struct WorkspaceModelForm {
    /// In bytes. Postgres indexes texts of some 2700 bytes at most; nobody types a name that long.
    static let maximumIDLength = 256

    let id: String
    let baseModelID: String?
    let name: String
    let params: JSONObject
    let meta: JSONObject
    var accessControl: JSONObject?
    let isActive: Bool

    init(_ form: Form) throws {
        id = try form.string("id")
        baseModelID = try form.optionalString("base_model_id")
        name = try form.string("name")
        meta = try Self.complete(form.form("meta"))
        params = try form.dictionary("params")
        accessControl = try form.optionalDictionary("access_control")
        isActive = form["is_active"] == nil ? true : try form.bool("is_active")
        guard (1...Self.maximumIDLength).contains(id.utf8.count) else {
            throw APIError.badRequest("The model's id must have 1 to \(Self.maximumIDLength) bytes")
        }
    }

    private static func complete(_ form: Form) throws -> JSONObject {
        var meta = form.object
        if let picture = meta["profile_image_url"] {
            if !picture.isNull { _ = try form.string("profile_image_url") }
        } else {
            meta["profile_image_url"] = "/static/favicon.png"
        }
        meta["description"] = JSONValue(try form.optionalString("description"))
        meta["capabilities"] = try form.optionalDictionary("capabilities").map(JSONValue.object) ?? .null
        return meta
    }

    /// `{id, base_model_id, name, params, meta, access_control, is_active}`, as the store takes it.
    var json: JSONObject {
        [
            "id": .string(id), "base_model_id": JSONValue(baseModelID), "name": .string(name),
            "params": .object(params),
            "meta": .object(meta), "access_control": accessControl.map(JSONValue.object) ?? .null,
            "is_active": .bool(isActive),
        ]
    }
}
