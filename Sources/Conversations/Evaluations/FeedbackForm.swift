import Core
import HTTP

/// `{type, data?, meta?, snapshot?}`, as feedback is given and changed with it. Whose it is, its id and its times are not the form's to say.
struct FeedbackForm {
    let type: String
    let data: JSONObject?
    let meta: JSONObject?
    let snapshot: JSONObject?

    init(_ request: Request) throws {
        let form = try Form(request)
        type = try form.string("type")
        data = try form.present("data") ? Self.rating(form.form("data")) : nil
        meta = try form.optionalDictionary("meta")
        snapshot = try form.present("snapshot") ? Self.snapshot(form.form("snapshot")) : nil
    }

    /// A rating is a number or a word; all that a rating may say is there afterwards, as null if it was not said.
    private static func rating(_ form: Form) throws -> JSONObject {
        if form.present("rating"), form["rating"]?.string == nil { _ = try form.int("rating") }
        _ = try form.optionalStrings("sibling_model_ids")
        for key in ["model_id", "reason", "comment"] { _ = try form.optionalString(key) }
        return complete(form.object, with: ["rating", "model_id", "sibling_model_ids", "reason", "comment"])
    }

    private static func snapshot(_ form: Form) throws -> JSONObject {
        _ = try form.optionalDictionary("chat")
        return complete(form.object, with: ["chat"])
    }

    private static func complete(_ object: JSONObject, with keys: [String]) -> JSONObject {
        var object = object
        for key in keys where object[key] == nil { object[key] = JSONValue.null }
        return object
    }
}
